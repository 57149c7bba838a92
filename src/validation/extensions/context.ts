/** Whether an extension may stand where it stands (http://hl7.org/fhir/R4/defining-extensions.html#context). */
import type { StructureDefinition, StructureDefinitionContext } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { lineageOf, remember } from '../../definitions/tables.ts'
import { rememberFor } from '../../definitions/terminology/value-set.ts'
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
export const isCanonicalResource = remember((type) =>
  ['url', 'version', 'status', 'experimental'].every((name) => propertiesNamed(type, name).length > 0),
)

/** The types that an element is of, as a context may name them. */
const namesOf = (spot: Spot): readonly string[] =>
  spot.resource === spot && isCanonicalResource(spot.type)
    ? [...lineageOf(spot.type), 'CanonicalResource', 'MetadataResource']
    : lineageOf(spot.type)

/** Goes through the paths by which the place of an element can be named: from each type around it on, down to it. Ends where `visit` says true, and says so. */
const isNamedSo = (spot: Spot, visit: (types: readonly string[], below: string) => boolean): boolean => {
  if (visit(namesOf(spot), '')) return true
  let below = ''
  for (let at = spot; at.resource !== at && at.parent !== undefined; at = at.parent) {
    below = `.${at.name}${below}`
    if (visit(lineageOf(at.parent.type), below)) return true
  }
  return false
}

/** The paths by which the place of an element can be named. */
export const pathsOf = (spot: Spot): ReadonlySet<string> => {
  const paths = new Set<string>()
  isNamedSo(spot, (types, below) => {
    for (const type of types) paths.add(type + below)
    return false
  })
  return paths
}

const isAtPath = (spot: Spot, path: string): boolean =>
  isNamedSo(spot, (types, below) =>
    below === ''
      ? types.includes(path)
      : path.endsWith(below) && types.includes(path.slice(0, path.length - below.length)),
  )

/** A context as it is said: a path, in a profile where one is named. */
type Place = Readonly<{
  kind: StructureDefinitionContext['type']
  said: string
  path: string
  /** True for a path that is the address of a profile. */
  isAddress: boolean
}>

const placeOf = ({ type, expression }: StructureDefinitionContext): Place => {
  const [profile = '', path = ''] = expression.includes('#') ? expression.split('#') : ['', expression]
  return {
    kind: type,
    said: expression,
    path: path.replaceAll('[x]', ''),
    isAddress: profile === '' && isAbsolute(path),
  }
}

/** Where the definition of an extension says that it may stand, read once. */
const placesOf = rememberFor(({ context = [] }: StructureDefinition) => context.map(placeOf))

const isAt = ({ kind, said, path, isAddress }: Place, spot: Spot, address: string, engine: Engine): boolean => {
  if (kind === 'extension') {
    const url = isNode(spot.value) ? spot.value['url'] : undefined
    return spot.type === 'Extension' && (url === said || said.split('#')[0] === url)
  }
  if (kind === 'fhirpath') return isFoundBy(said, spot, engine)
  // What is for every element is for resources as well (http://hl7.org/fhir/R4/defining-extensions.html#context).
  if (path === '*' || path === 'Element') return true
  if (isAddress) return expressionOfProfile(path, spot, engine)
  return isAtPath(spot, path) || address === path
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
  const { contextInvariant = [], url } = structure
  const holder = spot.parent
  if (holder === undefined) return
  const places = placesOf(structure)
  const isMeant = (): boolean => MEANT.get(url)?.some((path) => isAtPath(holder, path)) === true
  if (places.length > 0 && !places.some((one) => isAt(one, holder, url, engine)) && !isMeant()) {
    const allowed = places.map(({ said }) => said).join(', ')
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
