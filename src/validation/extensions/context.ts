/** Whether an extension may stand where it stands (http://hl7.org/fhir/R4/defining-extensions.html#context). */
import type { StructureDefinition, StructureDefinitionContext } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { lineageOf, remember } from '../../definitions/tables.ts'
import {
  compile,
  type Environment,
  type Expression,
  evaluate,
  FhirPathFault,
  holds,
} from '../../fhir/fhirpath/fhirpath.ts'
import { propertiesNamed } from '../children.ts'
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { isAbsolute } from '../references/references.ts'
import { findingAt, rootOf, type Spot } from '../spot.ts'

/** Where R4 (4.0.1) itself uses extensions of its own, and their definitions name another place: the place that is meant. */
const MEANT: ReadonlyMap<string, readonly string[]> = new Map([
  ['http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type', ['ElementDefinition.type']],
  ['http://hl7.org/fhir/StructureDefinition/regex', ['ElementDefinition.type']],
  [
    'http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version',
    ['DomainResource', 'ElementDefinition'],
  ],
  [
    // Statements for R4 say it of these too, and the definition of later versions names them.
    'http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation',
    ['CapabilityStatement.rest.resource', 'CapabilityStatement.rest.resource.supportedProfile'],
  ],
])

/** Later versions name the types that define something, which all have an address, a version and a status. */
export const isCanonicalResource = (type: string): boolean =>
  ['url', 'version', 'status', 'experimental'].every((name) => propertiesNamed(type, name).length > 0)

const withoutChoice = (path: string): string => path.replaceAll('[x]', '')

/** The paths by which the place of an element can be named: from each type around it on, down to it. */
export const pathsOf = (spot: Spot): ReadonlySet<string> => {
  const paths = new Set<string>(lineageOf(spot.type))
  let below = ''
  for (let at: Spot | undefined = spot; at !== undefined; at = at.parent) {
    if (below !== '') for (const type of lineageOf(at.type)) paths.add(`${type}.${below}`)
    if (at.resource === at) {
      if (at === spot && isCanonicalResource(at.type)) paths.add('CanonicalResource').add('MetadataResource')
      break
    }
    below = below === '' ? at.name : `${at.name}.${below}`
  }
  return paths
}

const isAt = (
  { type, expression }: StructureDefinitionContext,
  spot: Spot,
  structure: StructureDefinition,
  engine: Engine,
): boolean => {
  if (type === 'extension') {
    const url = isNode(spot.value) ? spot.value['url'] : undefined
    return spot.type === 'Extension' && (url === expression || expression.split('#')[0] === url)
  }
  if (type === 'fhirpath') return isFoundBy(expression, spot, engine)
  const [profile = '', path] = expression.includes('#') ? expression.split('#') : ['', expression]
  const wanted = withoutChoice(path ?? '')
  // What is for every element is for resources as well (http://hl7.org/fhir/R4/defining-extensions.html#context).
  if (wanted === '*' || wanted === 'Element') return true
  if (profile === '' && isAbsolute(wanted)) return expressionOfProfile(wanted, spot, engine)
  return pathsOf(spot).has(wanted) || structure.url === wanted
}

/** A context may name a profile by its address: the element must be of the type that it is of. */
const expressionOfProfile = (canonical: string, spot: Spot, engine: Engine): boolean => {
  const type = engine.definitions.structure(canonical)?.type
  return type === undefined || lineageOf(spot.type).includes(type)
}

const expressionOf = remember((text): Expression | false => {
  try {
    return compile(text, R4_MODEL)
  } catch (error) {
    if (error instanceof FhirPathFault) return false
    throw error
  }
})

const environmentAt = (spot: Spot, engine: Engine): Environment => ({
  resource: spot.resource,
  rootResource: rootOf(spot),
  resolve: (reference) => engine.resolve(spot, reference),
})

/** What `ask` answers; true where that cannot be told, because of the expression. */
const orTrue = (ask: () => boolean): boolean => {
  try {
    return ask()
  } catch (error) {
    if (error instanceof FhirPathFault) return true
    throw error
  }
}

/** True where an expression on the resource finds an element among others. */
const isFoundBy = (text: string, spot: Spot, engine: Engine): boolean => {
  const expression = expressionOf(text)
  if (expression === false) return true
  return orTrue(() =>
    evaluate(expression, spot.resource, environmentAt(spot, engine)).some(({ value, companion }) =>
      typeof value === 'object' ? value === spot.value : companion !== undefined && companion === spot.companion,
    ),
  )
}

/** True where a rule about the use of an extension holds of the element that has it. */
const holdsOf = (text: string, spot: Spot, holder: Spot, engine: Engine): boolean => {
  const expression = expressionOf(text)
  const environment = { ...environmentAt(spot, engine), variables: { extension: [spot] } }
  return expression === false || orTrue(() => holds(expression, holder, environment) !== false)
}

/** Reports an extension on an element that its definition is not for. */
export const checkContext = (spot: Spot, structure: StructureDefinition, kind: string, engine: Engine): void => {
  const { context = [], contextInvariant = [], url } = structure
  const holder = spot.parent
  if (holder === undefined) return
  const isMeant = (): boolean => {
    const paths = MEANT.get(url)
    return paths?.some((path) => pathsOf(holder).has(path)) === true
  }
  if (context.length > 0 && !context.some((one) => isAt(one, holder, structure, engine)) && !isMeant()) {
    const allowed = context.map(({ expression }) => expression).join(', ')
    engine.report(
      findingAt(
        spot,
        'extension-context',
        'extension',
        `The extension ${url} must not be used here. It is for ${allowed}.`,
        {
          value: shownValue(url),
          expected: `on ${allowed}`,
          profile: url,
          hint: `Move it to where it belongs, or use another ${kind}.`,
        },
      ),
    )
    return
  }
  for (const invariant of contextInvariant) {
    if (!holdsOf(invariant, spot, holder, engine)) {
      engine.report(
        findingAt(
          spot,
          'extension-context',
          'extension',
          `The extension ${url} may only be used where ${invariant} holds.`,
          {
            value: shownValue(url),
            expected: invariant,
            profile: url,
            hint: 'Leave it out here.',
          },
        ),
      )
    }
  }
}
