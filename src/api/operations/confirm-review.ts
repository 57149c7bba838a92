import type { Reference } from 'fhir/r4.js'
import { requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { CLINICIAN, clinicianOf } from './clinician.ts'
import { dayIn } from './day.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'
import { changedPlan } from './plan-changed.ts'

const INPUT = { ...CLINICIAN, when: 'valueInstant', nextReview: 'valueDate', signature: 'valueString' } as const

/** Records that a plan in force was reviewed and still stands, word for word; answers with the plan. */
export const confirmReview: Operation = {
  code: 'confirm-review',
  type: 'CarePlan',
  level: 'instance',
  methods: ['POST'],
  scope: 'u',
  body: 'resource',
  purpose: 'care',
  input: INPUT,
  handle: async ({ cx, id, query, resource, conditions }, { records }) => {
    refuseParameters(query)
    const { who, when, nextReview, signature, ...rest } = inputOf(resource, INPUT, ['who', 'role'])
    const committed = await records.confirmReview(
      cx,
      id,
      {
        clinician: clinicianOf(who as Reference, rest),
        when: when ?? cx.now.toISOString(),
        nextReview: nextReview === undefined ? undefined : dayIn(nextReview, 'nextReview'),
        signature,
      },
      requiredVersion(conditions),
    )
    return changedPlan(committed, id)
  },
}
