/** Extensions by their definitions, wherever they stand (http://hl7.org/fhir/R4/extensibility.html). */
import type { StructureDefinition, StructureDefinitionContext } from 'fhir/r4.js'
import { R4_MODEL } from '../definitions/path-model.ts'
import { lineageOf, remember } from '../definitions/tables.ts'
import { rememberFor } from '../definitions/terminology/value-set.ts'
import {
  compile,
  type Environment,
  type Expression,
  evaluate,
  FhirPathFault,
  holds,
} from '../fhir/fhirpath/fhirpath.ts'
import { propertiesNamed } from './children.ts'
import type { Engine } from './engine.ts'
import { shownValue } from './finding.ts'
import { isNode } from './invariants/invariant.ts'
import type { ElementNode } from './profile/tree.ts'
import { fixedOf } from './profile/values.ts'
import { isAbsolute } from './references.ts'
import { findingAt, rootOf, type Spot } from './spot.ts'

/** Addresses that HL7 keeps for extensions of other versions and of its tools: without a definition nothing can be said of them. */
const ELSEWHERE = /^http:\/\/hl7\.org\/fhir\/(?:\d\.\d\/|tools\/)?StructureDefinition\//
/** Addresses that are kept for examples (RFC 2606), those that R4's own examples take for that, and DICOM's, which has no definitions. */
const EXAMPLE = /^https?:\/\/(?:[^/]*\.)?(?:example\.(?:org|com|net)|acme\.(?:org|com)|nema\.org)(?:[/:]|$)/

/** Where R4 (4.0.1) itself uses extensions of its own, and their definitions name another place: the place that is meant. */
const MEANT: ReadonlyMap<string, readonly string[]> = new Map([
  ['http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type', ['ElementDefinition.type']],
  ['http://hl7.org/fhir/StructureDefinition/regex', ['ElementDefinition.type']],
  [
    'http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version',
    ['DomainResource', 'ElementDefinition'],
  ],
])

export type Kind = 'extension' | 'modifierExtension'

/** Reports what is wrong with the address of an extension and where it stands. Returns its definition, where that is known. */
export const definitionOf = (spot: Spot, kind: Kind, engine: Engine): StructureDefinition | undefined => {
  const url = isNode(spot.value) ? spot.value['url'] : undefined
  if (typeof url !== 'string') return undefined
  if (!isAbsolute(url)) {
    checkRelative(spot, url, engine)
    return undefined
  }
  const structure = engine.definitions.structure(url)
  if (structure === undefined) {
    reportUnknown(spot, url, kind, engine)
    return undefined
  }
  if (structure.type !== 'Extension') {
    engine.report(
      findingAt(spot, 'extension-not-one', 'structure', `The address ${url} is of a definition that is no extension.`, {
        value: shownValue(url),
        expected: 'the address of an extension',
        hint: 'Check the address.',
      }),
    )
    return undefined
  }
  checkModifier(spot, structure, kind, engine)
  checkContext(spot, structure, kind, engine)
  return structure
}

const reportUnknown = (spot: Spot, url: string, kind: Kind, engine: Engine): void => {
  engine.unchecked('extensions', url)
  const isModifier = kind === 'modifierExtension'
  const mayBe = ELSEWHERE.test(url) || EXAMPLE.test(url)
  engine.report(
    findingAt(
      spot,
      isModifier ? 'modifier-extension-unknown' : 'extension-unknown',
      mayBe && !isModifier ? 'not-found' : 'extension',
      isModifier
        ? `The modifier extension ${url} is not known here. It may change what all else means, so it cannot be passed over.`
        : `The extension ${url} is not known here, so its content was not checked.`,
      {
        severity: mayBe && !isModifier ? 'information' : 'error',
        value: shownValue(url),
        expected: 'the address of an extension whose definition is loaded',
        hint: 'Load the package that defines it, or check its address.',
      },
    ),
  )
}

/** Within an extension another one is named by its code alone, which the definition of the outer one must have. */
const checkRelative = (spot: Spot, url: string, engine: Engine): void => {
  const { parent } = spot
  const known = parent?.type === 'Extension' ? knownWithin(parent, engine) : undefined
  if (known === 'not known' || known?.has(url) === true) return
  engine.report(
    findingAt(
      spot,
      'extension-part-unknown',
      'extension',
      parent?.type === 'Extension'
        ? `The extension around it defines no part "${url}".`
        : 'The address of an extension must be an absolute URL.',
      {
        value: shownValue(url),
        expected: known === undefined ? 'an absolute URL' : `one of ${[...known].join(', ')}`,
        hint: 'Check its spelling against the definition.',
      },
    ),
  )
}

const knownWithin = (outer: Spot, engine: Engine): ReadonlySet<string> | 'not known' => {
  const url = isNode(outer.value) ? outer.value['url'] : undefined
  if (typeof url !== 'string') return 'not known'
  const node = isAbsolute(url) ? engine.library.tree(url) : undefined
  // A part of a part is told by the definition of the outermost one, which is held to as a whole.
  return node === undefined ? 'not known' : partsOf(node)
}

const partsOf = rememberFor(
  (node: ElementNode): ReadonlySet<string> =>
    new Set(
      (node.children.get('extension')?.slices ?? []).flatMap((slice) => {
        const url = slice.children.get('url')
        const fixed = url === undefined ? slice.sliceName : fixedOf(url.definition)?.value
        return typeof fixed === 'string' ? [fixed] : []
      }),
    ),
)

const checkModifier = (spot: Spot, structure: StructureDefinition, kind: Kind, engine: Engine): void => {
  const isModifier = structure.snapshot?.element[0]?.isModifier === true
  if (isModifier === (kind === 'modifierExtension')) return
  engine.report(
    findingAt(
      spot,
      isModifier ? 'extension-is-modifier' : 'extension-no-modifier',
      'extension',
      isModifier
        ? `The extension ${structure.url} changes what other elements mean, so it must stand under modifierExtension.`
        : `The extension ${structure.url} changes nothing that other elements mean, so it must stand under extension.`,
      {
        value: shownValue(structure.url),
        profile: structure.url,
        hint: `Move it to ${isModifier ? 'modifierExtension' : 'extension'}.`,
      },
    ),
  )
}

/** Later versions name the types that define something, which all have an address, a version and a status. */
export const isCanonicalResource = (type: string): boolean =>
  ['url', 'version', 'status', 'experimental'].every((name) => propertiesNamed(type, name).length > 0)

const withoutChoice = (path: string): string => path.replaceAll('[x]', '')

/** The paths by which the place of an element can be named: from each type around it on, down to it. */
const pathsOf = (spot: Spot): ReadonlySet<string> => {
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

const checkContext = (spot: Spot, structure: StructureDefinition, kind: Kind, engine: Engine): void => {
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
