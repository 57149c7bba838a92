/** What a Coding is called (http://hl7.org/fhir/R4/datatypes-definitions.html#Coding.display). */
import type { Concept, LoadedCodeSystem } from '../../definitions/terminology/code-system.ts'
import { displaysOf, listedDisplays, sameText } from '../../definitions/terminology/validation.ts'
import { childOrSelf } from '../children.ts'
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { findingAt, rootOf, type Spot } from '../spot.ts'
import { isSameLanguage } from '../values/language.ts'
import { codingsOf, isOfOtherVersion, textIn } from './said.ts'

const noLimit = { spend() {} }

/** A value set may call its codes otherwise than their system does: what a bound Coding is called by it is no fault. */
export const acceptNames = (spot: Spot, valueSet: string, engine: Engine): void => {
  for (const coding of codingsOf(spot)) {
    if (!engine.misnamed.has(coding)) continue
    const [system, code, display] = ['system', 'code', 'display'].map((name) => textIn(coding, name))
    if (system === undefined || code === undefined || display === undefined) continue
    const listed = listedDisplays(noLimit, engine.definitions.valueSet(valueSet), { system, code })
    if (listed.some((one) => sameText(one, display))) engine.misnamed.delete(coding)
  }
}

/** What R4 itself binds a Coding to, or the concept that it is part of. */
const boundTo = (spot: Spot, { library }: Engine): string | undefined => {
  const { parent } = spot
  const holder = parent?.type === 'CodeableConcept' ? parent : spot
  return holder.parent === undefined
    ? undefined
    : library.baseElement(holder.parent.type, holder.name)?.binding?.valueSet
}

/** A text without its case, spaces and punctuation. */
const wordsOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')

/** True where it can be told what a concept is called in the language of the resource. */
const isToldIn = (spot: Spot, { concept }: Concept, { resource }: LoadedCodeSystem): boolean => {
  const wanted = textIn(rootOf(spot).value, 'language')
  if (wanted === undefined) return true
  const told = [resource.language ?? 'en', ...(concept.designation ?? []).flatMap(({ language }) => language ?? [])]
  return told.some((one) => isSameLanguage(one, wanted))
}

/** The display is one of those of the code (http://hl7.org/fhir/R4/datatypes.html#Coding). */
export const checkDisplay = (spot: Spot, concept: Concept, loaded: LoadedCodeSystem, engine: Engine): void => {
  const display = textIn(spot.value, 'display')
  const displays = displaysOf(concept)
  if (display === undefined || displays.length === 0 || displays.some((one) => sameText(one, display))) return
  const isTold = isToldIn(spot, concept, loaded)
  const hasOtherMarks = displays.some((one) => wordsOf(one) === wordsOf(display))
  engine.misnamed.set(
    spot.value,
    findingAt(
      childOrSelf(spot, 'display'),
      'display-mismatch',
      'code-invalid',
      `This is not what ${loaded.resource.url} calls the code ${concept.concept.code}${isTold ? '' : ', which has no name in the language of the resource'}.`,
      {
        severity: isTold && loaded.whole && !hasOtherMarks && !isOfOtherVersion(spot, loaded) ? 'error' : 'warning',
        value: shownValue(display),
        expected: displays.slice(0, 3).join(' or '),
        hint: 'Check that the code is the one that is meant, then leave the display out or use its own.',
      },
    ),
  )
  const bound = boundTo(spot, engine)
  if (bound !== undefined) acceptNames(spot, bound, engine)
}
