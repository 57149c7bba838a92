/** Codes against the value sets that elements are bound to (http://hl7.org/fhir/R4/terminologies.html#strength). */
import type { ElementDefinitionBinding, ValueSet } from 'fhir/r4.js'
import { type Answer, isUnknown } from '../../definitions/terminology/answer.ts'
import type { Engine } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { findingAt, type Spot } from '../spot.ts'
import type { Codes } from './codes.ts'
import { acceptNames } from './display.ts'
import { furtherBindings } from './further-bindings.ts'
import { codingsOf, textIn } from './said.ts'

const answerOf = (codes: Codes, valueSet: string | ValueSet, coding: unknown, type: string): Answer | undefined => {
  if (typeof coding === 'string') return codes.isIn(valueSet, undefined, coding)
  const code = textIn(coding, 'code')
  const system = textIn(coding, 'system')
  if (code === undefined) return undefined
  // A unit without a system is no code at all (http://hl7.org/fhir/R4/datatypes.html#Quantity).
  if (system === undefined) return type === 'Quantity' ? undefined : false
  return codes.isIn(valueSet, system, code)
}

/** Whether what an element says in codes is in a value set: yes, no, not to be told; undefined where it says nothing in codes. */
export const membership = (
  codes: Codes,
  spot: Pick<Spot, 'value' | 'type'>,
  valueSet: string | ValueSet,
): Answer | undefined => {
  let answer: Answer | undefined
  for (const coding of codingsOf(spot)) {
    const one = answerOf(codes, valueSet, coding, spot.type)
    if (one === true) return true
    // What cannot be told outweighs a no.
    if (one !== undefined && !isUnknown(answer)) answer = one
  }
  return answer
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

/** Types of FHIRPath itself: every snapshot of R4 says by one what an id is, and the value set of types has none of them. */
const FHIRPATH_TYPE = 'http://hl7.org/fhirpath/System.'

const SEVERITIES = { required: 'error', extensible: 'warning', preferred: 'information', example: undefined } as const

export type BindingCheck = (spot: Spot, engine: Engine) => void

/** The check of a binding; undefined where nothing is demanded. `profile` is the definition whose rule it is. */
export const bindingCheck = (binding: ElementDefinitionBinding, profile: string): BindingCheck | undefined => {
  const { strength, valueSet } = binding
  const severity = SEVERITIES[strength]
  const further = furtherBindings(binding)
  if ((severity === undefined || valueSet === undefined) && further.length === 0) return undefined

  const boundTo = (set: string, level: 'error' | 'warning' | 'information'): BindingCheck => {
    const isStrict = level === 'error'
    // Most findings are of this kind: what they all say is written once.
    const absent = `This has no code, and one of the value set ${set} ${isStrict ? 'is needed' : 'should be given where one fits'}.`
    const other = `This is not in the value set ${set}, from which it ${isStrict ? 'must' : 'should'} be.`
    const expected = `a code of ${set}`
    const hint = isStrict
      ? 'Use one of its codes, in its system.'
      : 'Use one of its codes where one means the same; another code only where none does.'
    return (spot, engine) => {
      const answer = membership(engine.codes, spot, set)
      if (answer === true || (typeof spot.value === 'string' && spot.value.startsWith(FHIRPATH_TYPE))) return
      if (isUnknown(answer)) {
        engine.unchecked('valueSets', set)
        return
      }
      if (
        answer === undefined &&
        (spot.type !== 'CodeableConcept' || level === 'information' || spot.value === undefined)
      )
        return
      engine.report(
        findingAt(spot, 'code-not-in-value-set', 'code-invalid', answer === undefined ? absent : other, {
          // Text alone is how an extensible binding is meant to be left.
          severity: answer === undefined && !isStrict ? 'information' : level,
          value: shownValue(spot.value),
          expected,
          profile,
          hint,
        }),
      )
    }
  }
  const own = severity === undefined || valueSet === undefined ? undefined : boundTo(valueSet, severity)
  const others = further.map((one) => ({ ...one, check: boundTo(one.valueSet, one.severity) }))

  return (spot, engine) => {
    if (!BINDABLE.has(spot.type)) return
    if (valueSet !== undefined && engine.misnamed.size > 0) acceptNames(spot, valueSet, engine)
    own?.(spot, engine)
    for (const one of others) if (membership(engine.codes, spot, one.valueSet) !== undefined) one.check(spot, engine)
  }
}
