import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { DeriveAt } from './derived.ts'
import { currentPlan } from './emergency/current-plan.ts'
import { identity } from './emergency/identity.ts'
import { fitting, type Limits } from './emergency/limits.ts'
import { code, group, moment } from './emergency/part.ts'
import type { PersonRecord } from './person.ts'
import { type Reading, readPerson } from './summary/reading.ts'
import { type ReadSharing, sharingText } from './summary/sharing.ts'
import { SHARING_WORDING } from './summary/wording.ts'

export type EmergencyAnswer = Readonly<{ outcome: 'current-plan' | 'no-plan' | 'withheld'; answer: Parameters }>

/**
 * What `$emergency-view` answers about a person who is known (model.md section 5), rendered when the plan changes. Parameters stand in a fixed
 * order; `cpr` is always there in a `current-plan` answer: where none is recorded it says so (`recorded` false, `recommendation` unknown),
 * so that its absence cannot be read as a recommendation. Text of a plan appears in `current-plan` only; `withheld` holds nothing
 * of the record but the codes and dates of the sharing decisions. At most MOST_BYTES: see CUTS.
 */
export const emergencyAnswer = (person: PersonRecord, at: DeriveAt): EmergencyAnswer =>
  emergencyAnswerOf(readPerson(person, at.now), at)

/** `emergencyAnswer` of a record that has been read already. */
export const emergencyAnswerOf = (reading: Reading, at: DeriveAt): EmergencyAnswer => {
  if (reading.sharing.state === 'withheld') return answer('withheld', at, () => withheld(reading.sharing))
  if (reading.plans.length === 0) return answer('no-plan', at, (limits) => noPlan(reading, at, limits))
  return answer('current-plan', at, (limits) => currentPlan(reading, at, limits))
}

const answer = (
  outcome: EmergencyAnswer['outcome'],
  { now, sequence }: DeriveAt,
  more: (limits: Limits) => ParametersParameter[],
): EmergencyAnswer => ({
  outcome,
  answer: fitting((limits) => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'outcome', valueCode: outcome },
      { name: 'asOf', valueInstant: now.toISOString() },
      { name: 'sequence', valueUnsignedInt: sequence },
      ...more(limits),
    ],
  })),
})

const NO_PLAN =
  'The person is known here and no plan is in force. This says nothing about what they would want: infer nothing from it. ' +
  'If you are shown a copy of a plan, it is not in force here: ask the GP practice.'

const noPlan = (reading: Reading, { now, confirmed }: DeriveAt, limits: Limits): ParametersParameter[] => [
  identity(reading.identity, limits),
  { name: 'lastConfirmed', valueInstant: confirmed ?? now.toISOString() },
  { name: 'message', valueString: NO_PLAN },
]

const WITHHELD =
  'Nothing about this person may be shown here, and whether there is a plan is not said. This is a decision about sharing, not about treatment: ' +
  'infer nothing from it about what the person would want. Ask the person, those with them, or the GP practice.'

/** Of decisions that contradict each other the latest are shown, no more than this. */
const MOST_DECISIONS = 3

const withheld = ({ decisions, policy }: ReadSharing): ParametersParameter[] => [
  ...(decisions.length === 0
    ? [group('sharing', [{ name: 'display', valueString: 'No agreement to sharing is in force' }])]
    : decisions
        .slice(0, MOST_DECISIONS)
        .map(({ decision, recordedOn }) =>
          group('sharing', [
            code('decision', decision, SHARING_WORDING),
            { name: 'display', valueString: sharingText(decision) },
            moment('recordedOn', recordedOn),
          ]),
        )),
  { name: 'policy', valueString: policy },
  { name: 'message', valueString: WITHHELD },
]
