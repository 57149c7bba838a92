import { entriesOf } from '../bundle/entry.ts'
import { childrenNamed, childrenOf } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { type Check, expressionOf, findingAt, type Run, rootOf, type Spot } from '../spot.ts'
import { isSameLanguage } from '../values/language.ts'
import { wrongAddresses } from './addresses.ts'
import { readNarrative } from './narrative.ts'

const MOST_FAULTS = 20

const divOf = (narrative: Spot): string | undefined => {
  const div = isNode(narrative.value) ? narrative.value['div'] : undefined
  return typeof div === 'string' ? div : undefined
}

const textOf = childrenOf('text')
const sectionsOf = childrenOf('section')

/** The narratives of a resource and of the sections of a Composition. */
const narrativesOf = (holder: Spot): readonly Spot[] => {
  const own = textOf(holder).filter(({ type }) => type === 'Narrative')
  const hasSections = holder.type === 'Composition' || holder.type === 'Composition.section'
  return hasSections ? [...own, ...sectionsOf(holder).flatMap(narrativesOf)] : own
}

/** The ids of all elements below one, and of the resources in it. */
const idsIn = (value: unknown, into: Set<string>): void => {
  if (Array.isArray(value)) for (const item of value) idsIn(item, into)
  else if (isNode(value))
    for (const name in value) {
      const child = value[name]
      if (typeof child === 'object') idsIn(child, into)
      else if (name === 'id' && typeof child === 'string') into.add(child)
    }
}

/** What a link within a resource may lead to: elements of its narratives, and by their ids those of the resource, such as an Attachment. */
const targetsIn = (root: Spot, into: Set<string>): void => {
  idsIn(root.value, into)
  for (const resource of [root, ...childrenNamed(root, 'contained')]) {
    for (const narrative of narrativesOf(resource))
      for (const target of readNarrative(divOf(narrative) ?? '', MOST_FAULTS).targets) into.add(target)
  }
}

const targets = new WeakMap<object, ReadonlySet<string>>()

/** What such a link may lead to, looked through once: in the resource, or elsewhere in the Bundle that it is shown with. */
const targetsAround = (spot: Spot): ReadonlySet<string> => {
  const root = rootOf(spot)
  let whole = root
  for (let at = root.parent; at !== undefined; at = at.parent) if (at.type === 'Bundle') whole = at
  const known = targets.get(whole.value as object)
  if (known !== undefined) return known
  const found = new Set<string>()
  if (whole === root) targetsIn(root, found)
  else for (const { resource } of entriesOf(whole)) if (resource !== undefined) targetsIn(resource, found)
  targets.set(whole.value as object, found)
  return found
}

const LANGUAGE = /^<div\b[^<>]*?\s(?:xml:)?lang\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')/

/** Who reads a narrative aloud goes by its language (http://hl7.org/fhir/R4/narrative.html#lang). */
const checkLanguage = (narrative: Spot, div: string, run: Run): void => {
  const { language } = narrative.resource.value as Readonly<{ language?: unknown }>
  if (typeof language !== 'string') return
  const [, one, other] = LANGUAGE.exec(div) ?? []
  const said = one ?? other
  if (said === undefined || isSameLanguage(said, language)) return
  run.report({
    ...findingAt(
      narrative,
      'narrative-language',
      'business-rule',
      'The narrative says that it is in another language than the resource.',
      {
        severity: 'warning',
        value: shownValue(said),
        expected: language,
        hint: 'Check the language of both.',
      },
    ),
    expression: `${expressionOf(narrative)}.div`,
  })
}

const checkAddresses = (narrative: Spot, div: string, run: Run): void => {
  for (const address of wrongAddresses(div))
    run.report({
      ...findingAt(
        narrative,
        'narrative-address',
        'value',
        address === ''
          ? 'A link or image of the narrative has no address.'
          : 'A link or image of the narrative has characters in its address that no address has.',
        {
          value: shownValue(address),
          expected: 'an address without spaces, braces, backslashes and the like',
          hint: 'Correct the address, or write such characters with %.',
        },
      ),
      expression: `${expressionOf(narrative)}.div`,
    })
}

/**
 * The narratives of a resource: where their links within it lead, and what is wrong with them besides the first fault, which is told with the
 * structure (http://hl7.org/fhir/R4/narrative.html#xhtml).
 */
export const checkNarratives: Check = (spot, run) => {
  for (const narrative of narrativesOf(spot)) {
    const div = divOf(narrative)
    if (div === undefined) continue
    checkAddresses(narrative, div, run)
    checkLanguage(narrative, div, run)
    // One without a fault and without a link within the resource has been read with the structure.
    if (!(run.hasNarrativeFault || div.includes('#'))) continue
    const { faults, links } = readNarrative(div, MOST_FAULTS)
    const at = findingAt(narrative, '', 'invalid', '')
    const expression = `${at.expression}.div`
    for (const { key, what, place } of faults.slice(1))
      run.report({
        ...at,
        key,
        code: key === 'narrative-unsafe' ? 'security' : 'invariant',
        rule: key === 'txt-2' ? 'txt-2' : 'txt-1',
        text: `The narrative ${what}, at ${place}.`,
        expression,
      })
    if (links.length === 0) continue
    const known = targetsAround(spot)
    for (const { to, place } of links)
      if (!known.has(to))
        run.report({
          ...at,
          key: 'narrative-link',
          text: `A link of the narrative leads to nothing in the resource, at ${place}.`,
          expression,
          value: shownValue(`#${to}`),
          expected: 'the id of an element in the resource or in its narrative',
          hint: 'Give the element that is meant this id, or leave the link out.',
        })
  }
}
