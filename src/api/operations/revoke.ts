import { problem } from '../../fhir/outcome.ts'
import { requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { stored } from '../respond.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { reason: 'valueCode', text: 'valueString' } as const

const REASONS = ['withdrawn', 'person-died', 'entered-in-error'] as const
type Reason = (typeof REASONS)[number]

/** Ends an active plan for a reason, and answers with the plan as it now is; recipients are told to use it no longer. */
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
    const { reason, text } = inputOf(resource, INPUT, ['reason', 'text'])
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
    const { changed } = await records.revoke(
      cx,
      id,
      { code: reason as Reason, text: text as string },
      requiredVersion(conditions),
    )
    const plan = changed.find(({ stored }) => stored.type === 'CarePlan' && stored.id === id)
    if (plan === undefined) throw new Error('a revocation that did not change its plan')
    return stored(200, plan.stored)
  },
}
