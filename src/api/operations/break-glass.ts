import type { Parameters } from 'fhir/r4.js'
import { problem } from '../../fhir/outcome.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { reason: 'valueString' } as const

/** A reason is for others to read: so short says nothing, so long is no reason. */
const LENGTH = { least: 10, most: 500 }

/** Opens a person's record to somebody who has signed in and may not see it, to read, for an hour; those who have to know are told. */
export const breakGlass: Operation = {
  code: 'break-glass',
  type: 'Patient',
  level: 'instance',
  methods: ['POST'],
  scope: 'r',
  body: 'resource',
  purpose: 'emergency',
  input: INPUT,
  hint: 'POST a Parameters resource with the reason.',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    const { reason = '' } = inputOf(resource, INPUT, ['reason'])
    const given = reason.trim()
    if (given.length < LENGTH.least || given.length > LENGTH.most) {
      throw problem(
        'bad-request',
        'reason-length',
        `A reason has ${LENGTH.least} to ${LENGTH.most} characters: say in a sentence why you need to see this record now. Others will read it.`,
        { expression: 'reason', code: 'value' },
      )
    }
    const { until, review } = await records.breakGlass(cx, id, given)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'until', valueInstant: until.toISOString() },
        { name: 'review', valueReference: { reference: review } },
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}
