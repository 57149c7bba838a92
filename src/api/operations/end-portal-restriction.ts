import type { Parameters } from 'fhir/r4.js'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = {} as const

/** Ends what a patient hides from themself at portals, which they cannot see and so cannot change. */
export const endPortalRestriction: Operation = {
  code: 'end-portal-restriction',
  type: 'Consent',
  level: 'type',
  methods: ['POST'],
  scope: 'u',
  body: 'optional-resource',
  purpose: 'care',
  input: INPUT,
  hint: 'POST it, without a body.',
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, INPUT)
    const { ended, hidden } = await records.endPortalRestriction(cx)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        ...ended.map((reference) => ({ name: 'ended', valueReference: { reference } })),
        { name: 'hidden', valueBoolean: hidden },
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}
