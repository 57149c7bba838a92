/** Codes against the value sets that elements are bound to (http://hl7.org/fhir/R4/terminologies.html#strength). */
import type { ElementDefinitionBinding } from 'fhir/r4.js'
import { type Answer, isUnknown, some } from '../definitions/terminology/answer.ts'
import { isAbstract, isInactive } from '../definitions/terminology/code-system.ts'
import { displaysOf, sameText } from '../definitions/terminology/validation.ts'
import { childrenNamed } from './children.ts'
import type { Codes } from './codes.ts'
import { checkSystem } from './datatypes.ts'
import type { Engine } from './engine.ts'
import { shownValue } from './finding.ts'
import { isNode } from './invariants/invariant.ts'
import { findingAt, type Spot } from './spot.ts'

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'

const textIn = (value: unknown, name: string): string | undefined => {
  const found = isNode(value) ? value[name] : undefined
  return typeof found === 'string' ? found : undefined
}

/** What a value says in codes: of a concept each coding, of a plain code only the code. */
const codingsOf = ({ value, type }: Pick<Spot, 'value' | 'type'>): readonly unknown[] => {
  if (type === 'CodeableConcept') {
    const list = isNode(value) ? value['coding'] : undefined
    return Array.isArray(list) ? list : []
  }
  return value === undefined ? [] : [value]
}

const answerOf = (codes: Codes, valueSet: string, coding: unknown, type: string): Answer | undefined => {
  if (typeof coding === 'string') return codes.isIn(valueSet, undefined, coding)
  const code = textIn(coding, 'code')
  const system = textIn(coding, 'system')
  if (code === undefined) return undefined
  // A unit without a system is no code at all (http://hl7.org/fhir/R4/datatypes.html#Quantity).
  if (system === undefined) return type === 'Quantity' ? undefined : false
  return codes.isIn(valueSet, system, code)
}

/** Whether what an element says in codes is in a value set: yes, no, not to be told; undefined where it says nothing in codes. */
export const membership = (codes: Codes, spot: Pick<Spot, 'value' | 'type'>, valueSet: string): Answer | undefined => {
  const answers = codingsOf(spot).flatMap((coding) => answerOf(codes, valueSet, coding, spot.type) ?? [])
  return answers.length === 0 ? undefined : some(answers)
}

/** Types whose values can be bound (http://hl7.org/fhir/R4/terminologies.html#4.1). */
const BINDABLE: ReadonlySet<string> = new Set([
  'code',
  'Coding',
  'CodeableConcept',
  'Quantity',
  'string',
  'uri',
  'url',
  'canonical',
])

const SEVERITIES = { required: 'error', extensible: 'warning', preferred: 'information', example: undefined } as const

export type BindingCheck = (spot: Spot, engine: Engine) => void

/** The check of a binding; undefined where nothing is demanded. `profile` is the definition whose rule it is. */
export const bindingCheck = (binding: ElementDefinitionBinding, profile: string): BindingCheck | undefined => {
  const { strength, valueSet, extension = [] } = binding
  const severity = SEVERITIES[strength]
  const limit = extension.find(({ url }) => url === MAX_VALUE_SET)
  const most = limit?.valueCanonical ?? limit?.valueUri
  if ((severity === undefined || valueSet === undefined) && most === undefined) return undefined

  const check = (spot: Spot, engine: Engine, set: string, level: 'error' | 'warning' | 'information'): void => {
    const answer = membership(engine.codes, spot, set)
    if (answer === true) return
    if (isUnknown(answer)) {
      engine.unchecked('valueSets', set)
      return
    }
    if (
      answer === undefined &&
      (spot.type !== 'CodeableConcept' || level === 'information' || spot.value === undefined)
    )
      return
    const strictly = level === 'error'
    engine.report(
      findingAt(
        spot,
        'code-not-in-value-set',
        'code-invalid',
        answer === undefined
          ? `This has no code, and one of the value set ${set} ${strictly ? 'is needed' : 'should be given where one fits'}.`
          : `This is not in the value set ${set}, from which it ${strictly ? 'must' : 'should'} be.`,
        {
          // Text alone is how an extensible binding is meant to be left.
          severity: answer === undefined && !strictly ? 'information' : level,
          value: shownValue(spot.value),
          expected: `a code of ${set}`,
          profile,
          hint: strictly
            ? 'Use one of its codes, in its system.'
            : 'Use one of its codes where one means the same; another code only where none does.',
        },
      ),
    )
  }

  return (spot, engine) => {
    if (!BINDABLE.has(spot.type)) return
    if (severity !== undefined && valueSet !== undefined) check(spot, engine, valueSet, severity)
    if (most !== undefined && membership(engine.codes, spot, most) !== undefined) check(spot, engine, most, 'error')
  }
}

/** What is wrong with a Coding by itself: a system that is none, a code that its system does not have, a display that is not its. */
export const checkCoding = (spot: Spot, engine: Engine): void => {
  const system = textIn(spot.value, 'system')
  const code = textIn(spot.value, 'code')
  if (system === undefined) return
  const at = (name: string): Spot => childrenNamed(spot, name)[0] ?? spot
  const loaded = engine.codes.system(system)
  if (loaded === undefined) {
    if (engine.definitions.valueSet(system) !== undefined) {
      engine.report(
        findingAt(
          at('system'),
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
    } else {
      checkSystem(spot, engine)
      engine.unchecked('codeSystems', system)
    }
    return
  }
  if (code === undefined) return
  const concept = loaded.concepts.get(code)
  if (concept === undefined) {
    if (!loaded.whole) {
      engine.unchecked('codeSystems', system)
      return
    }
    engine.report(
      findingAt(at('code'), 'code-unknown', 'code-invalid', `The code system ${system} has no such code.`, {
        value: shownValue(code),
        expected: `a code of ${system}`,
        hint: 'Check its spelling and its case, and whether another system is meant.',
      }),
    )
    return
  }
  if (isInactive(concept) || isAbstract(concept)) {
    engine.report(
      findingAt(
        at('code'),
        'code-not-for-use',
        'business-rule',
        `This code of ${system} is ${isAbstract(concept) ? 'only there to group others' : 'no longer in use'}.`,
        {
          severity: 'warning',
          value: shownValue(code),
          hint: isAbstract(concept) ? 'Choose one of those below it.' : 'Choose the one that took its place.',
        },
      ),
    )
  }
  const display = textIn(spot.value, 'display')
  const displays = displaysOf(concept)
  if (display !== undefined && displays.length > 0 && !displays.some((one) => sameText(one, display))) {
    engine.report(
      findingAt(
        at('display'),
        'display-mismatch',
        'code-invalid',
        `This is not what ${system} calls the code ${code}.`,
        {
          severity: 'warning',
          value: shownValue(display),
          expected: displays.slice(0, 3).join(' or '),
          hint: 'Check that the code is the one that is meant, then leave the display out or use its own.',
        },
      ),
    )
  }
}
