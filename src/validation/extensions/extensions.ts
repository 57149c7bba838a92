/** Extensions by their definitions, wherever they stand (http://hl7.org/fhir/R4/extensibility.html). */
import type { StructureDefinition } from 'fhir/r4.js'
import { rememberFor } from '../../definitions/terminology/value-set.ts'
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import type { ElementNode } from '../profile/tree.ts'
import { fixedOf } from '../profile/values.ts'
import { isAbsolute } from '../references/references.ts'
import { findingAt, type Spot } from '../spot.ts'
import { checkContext, pathsOf } from './context.ts'
import { crossVersionFault } from './cross-version.ts'

/** Addresses that HL7 keeps for extensions of other versions and of its tools: without a definition nothing can be said of them. */
const ELSEWHERE = /^http:\/\/hl7\.org\/fhir\/(?:\d\.\d\/|tools\/)?StructureDefinition\//
/** Addresses that are kept for examples (RFC 2606), those that R4's own examples take for that, and DICOM's, which has no definitions. */
const EXAMPLE = /^https?:\/\/(?:[^/]*\.)?(?:example\.(?:org|com|net)|acme\.(?:org|com)|nema\.org)(?:[/:]|$)/

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
  const { parent: holder } = spot
  const fault = holder === undefined ? undefined : crossVersionFault(url, () => pathsOf(holder))
  if (fault !== undefined) {
    const { key, text, ...more } = fault
    engine.report(findingAt(spot, key, 'extension', text, { ...more, value: shownValue(url) }))
    return
  }
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
