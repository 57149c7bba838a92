import { type Issue, issue, Problem, problem } from '../../fhir/outcome.ts'
import type { Revocation } from '../../records/types.ts'
import { requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { clinicianOf } from './clinician.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'
import { changedPlan } from './plan-changed.ts'

const INPUT = {
  reason: 'valueCode',
  text: 'valueString',
  who: 'valueReference',
  role: 'valueString',
  died: 'valueDateTime',
  place: 'valueCodeableConcept',
} as const

const REASONS = ['withdrawn', 'person-died', 'entered-in-error'] as const
type Reason = (typeof REASONS)[number]

/**
 * Ends an active plan for a reason, and answers with the plan as it now is; recipients are told to use it no longer. Where the person has
 * died, when and where can be said with it.
 */
export const revoke: Operation = {
  code: 'revoke',
  type: 'CarePlan',
  level: 'instance',
  methods: ['POST'],
  scope: 'u',
  body: 'resource',
  purpose: 'care',
  input: INPUT,
  handle: async ({ cx, id, query, resource, conditions }, { records }) => {
    refuseParameters(query)
    const { reason, text, who, role, died, place } = inputOf(resource, INPUT, ['reason', 'text'])
    if (!(REASONS as readonly (string | undefined)[]).includes(reason)) {
      throw problem(
        'bad-request',
        'reason-unknown',
        `The reason must be one of ${REASONS.join(', ')}. To replace a plan, submit another that replaces it.`,
        {
          expression: 'reason',
          code: 'code-invalid',
        },
      )
    }
    if (reason !== 'person-died') refuseDeath({ died, place })
    const revocation: Revocation = {
      code: reason as Reason,
      text: text as string,
      death: died === undefined && place === undefined ? undefined : { died, place },
      clinician: who === undefined ? undefined : clinicianOf(who, { role }),
    }
    return changedPlan(await records.revoke(cx, id, revocation, requiredVersion(conditions)), id)
  },
}

/** A death beside another reason would be lost, or end the wrong plan. */
const refuseDeath = (given: Readonly<Record<string, unknown>>): void => {
  const issues: Issue[] = Object.entries(given).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          issue(
            'parameter-misplaced',
            name,
            `${name} belongs to the reason person-died. Leave it out, or give that reason.`,
            {
              code: 'invalid',
            },
          ),
        ],
  )
  if (issues.length > 0) throw new Problem('bad-request', issues)
}
