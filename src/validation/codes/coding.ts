/** What is wrong with a Coding by itself (http://hl7.org/fhir/R4/datatypes.html#Coding): its system, its code, what it is called. */
import {
  type Concept,
  isAbstract,
  isInactive,
  type LoadedCodeSystem,
} from '../../definitions/terminology/code-system.ts'
import { displaysOf, listedDisplays, sameText } from '../../definitions/terminology/validation.ts'
import { childOrSelf } from '../children.ts'
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { findingAt, rootOf, type Spot } from '../spot.ts'
import { checkSystem } from '../values/datatypes.ts'
import { hasForm } from './code-forms.ts'

export const textIn = (value: unknown, name: string): string | undefined => {
  const found = isNode(value) ? value[name] : undefined
  return typeof found === 'string' ? found : undefined
}

/** What a value says in codes: of a concept each coding, of a plain code only the code. */
export const codingsOf = ({ value, type }: Pick<Spot, 'value' | 'type'>): readonly unknown[] => {
  if (type === 'CodeableConcept') {
    const list = isNode(value) ? value['coding'] : undefined
    return Array.isArray(list) ? list : []
  }
  return value === undefined ? [] : [value]
}

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

const mainLanguage = (language: string): string => language.toLowerCase().split(/[-_]/)[0] as string

/** True where it can be told what a concept is called in the language of the resource. */
const isToldIn = (spot: Spot, { concept }: Concept, { resource }: LoadedCodeSystem): boolean => {
  const wanted = textIn(rootOf(spot).value, 'language')
  if (wanted === undefined) return true
  const told = [resource.language ?? 'en', ...(concept.designation ?? []).flatMap(({ language }) => language ?? [])]
  return told.some((one) => mainLanguage(one) === mainLanguage(wanted))
}

/** True for a Coding of another version of its system than the one that is known: what it has or calls otherwise may be right there. */
const isOfOtherVersion = (spot: Spot, { resource }: LoadedCodeSystem): boolean => {
  const version = textIn(spot.value, 'version')
  return version !== undefined && resource.version !== undefined && version !== resource.version
}

/** The display is one of those of the code (http://hl7.org/fhir/R4/datatypes.html#Coding). */
const checkDisplay = (spot: Spot, concept: Concept, loaded: LoadedCodeSystem, engine: Engine): void => {
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

const checkUse = (spot: Spot, concept: Concept, system: string, engine: Engine): void => {
  if (!isInactive(concept) && !isAbstract(concept)) return
  engine.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'code-not-for-use',
      'business-rule',
      `This code of ${system} is ${isAbstract(concept) ? 'only there to group others' : 'no longer in use'}.`,
      {
        severity: 'warning',
        value: shownValue(concept.concept.code),
        hint: isAbstract(concept) ? 'Choose one of those below it.' : 'Choose the one that took its place.',
      },
    ),
  )
}

/** A code of a system that is made by a grammar has its form. Returns whether the system is one. */
export const checkForm = (spot: Spot, system: string, code: string | undefined, engine: Engine): boolean => {
  const isOne = code === undefined ? undefined : hasForm(system, code)
  if (isOne !== false) return isOne === true
  engine.report(
    findingAt(childOrSelf(spot, 'code'), 'code-unknown', 'code-invalid', `No code of ${system} is written like this.`, {
      value: shownValue(code),
      expected: `a code by the grammar of ${system}`,
      hint: 'Check its spelling and its case, and whether another system is meant.',
    }),
  )
  return true
}

const checkUnloaded = (spot: Spot, system: string, engine: Engine): void => {
  if (checkForm(spot, system, textIn(spot.value, 'code'), engine)) return
  if (engine.definitions.valueSet(system) === undefined) {
    checkSystem(spot, engine)
    engine.unchecked('codeSystems', system)
    return
  }
  engine.report(
    findingAt(
      childOrSelf(spot, 'system'),
      'system-is-value-set',
      'code-invalid',
      'This system is the address of a value set, not of a code system.',
      {
        value: shownValue(system),
        expected: 'the address of a code system',
        hint: 'Name the code system that the code is from.',
      },
    ),
  )
}

const checkUnknown = (spot: Spot, code: string, loaded: LoadedCodeSystem, engine: Engine): void => {
  const { resource, whole } = loaded
  const system = resource.url ?? ''
  if (isOfOtherVersion(spot, loaded)) {
    engine.unchecked('codeSystems', `${system}|${textIn(spot.value, 'version')}`)
    return
  }
  if (!whole) engine.unchecked('codeSystems', system)
  // Of a fragment it is known that there are more codes; where none are there, nothing is.
  if (!whole && resource.content !== 'fragment') return
  engine.report(
    findingAt(
      childOrSelf(spot, 'code'),
      'code-unknown',
      'code-invalid',
      whole
        ? `The code system ${system} has no such code.`
        : `The part of the code system ${system} that is known here has no such code.`,
      {
        severity: whole ? 'error' : 'warning',
        value: shownValue(code),
        expected: `a code of ${system}`,
        hint: 'Check its spelling and its case, and whether another system is meant.',
      },
    ),
  )
}

/** The unit of a quantity, where it is of UCUM, is written by its grammar (http://hl7.org/fhir/R4/datatypes.html#Quantity). */
export const checkQuantity = (spot: Spot, engine: Engine): void => {
  const system = textIn(spot.value, 'system')
  if (system !== undefined) checkForm(spot, system, textIn(spot.value, 'code'), engine)
}

/** A code means nothing but in its system (http://hl7.org/fhir/R4/datatypes-definitions.html#Coding.system). */
const reportWithoutSystem = (spot: Spot, code: string, engine: Engine): void =>
  engine.report(
    findingAt(
      spot,
      'coding-without-system',
      'business-rule',
      'This code has no system, so nobody can tell what it means.',
      {
        severity: 'warning',
        value: shownValue(code),
        expected: 'the address of a code system',
        hint: 'Add the system that the code is from.',
      },
    ),
  )

/** What is wrong with a Coding by itself: a system that is none, a code that its system does not have, a display that is not its. */
export const checkCoding = (spot: Spot, engine: Engine): void => {
  const system = textIn(spot.value, 'system')
  const code = textIn(spot.value, 'code')
  if (system === undefined) {
    if (code !== undefined) reportWithoutSystem(spot, code, engine)
    return
  }
  const loaded = engine.codes.system(system)
  if (loaded === undefined) {
    checkUnloaded(spot, system, engine)
    return
  }
  if (loaded.resource.content === 'supplement') {
    engine.report(
      findingAt(
        childOrSelf(spot, 'system'),
        'system-is-supplement',
        'code-invalid',
        'This system is a supplement, which adds to the codes of another system and has none of its own.',
        {
          value: shownValue(system),
          expected: loaded.resource.supplements ?? 'the address of a code system',
          hint: 'Name the code system that it supplements.',
        },
      ),
    )
    return
  }
  if (code === undefined) return
  const concept = loaded.find(code)
  if (concept === undefined) {
    checkUnknown(spot, code, loaded, engine)
    return
  }
  checkUse(spot, concept, system, engine)
  checkDisplay(spot, concept, loaded, engine)
}
