import { problem } from '../../fhir/outcome.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { identifier: 'valueIdentifier' } as const

/**
 * What a crew must know now of the person with this identifier: the answer that was rendered when the plan last changed, looked up
 * and sent as it is (`current-plan`, `no-plan`, `withheld`, `not-found`; model.md section 5).
 */
export const emergencyView: Operation = {
  code: 'emergency-view',
  type: 'Patient',
  level: 'type',
  methods: ['POST'],
  scope: 'r',
  body: 'resource',
  purpose: 'emergency',
  input: INPUT,
  hint: 'An identifier of a person must not stand in a URL: POST a Parameters resource with the parameter identifier.',
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    const { system, value } = inputOf(resource, INPUT, ['identifier']).identifier ?? {}
    if (typeof system !== 'string' || system === '' || typeof value !== 'string' || value === '') {
      throw problem(
        'bad-request',
        'identifier-incomplete',
        'The identifier needs system and value: a value alone could mean another person.',
        {
          expression: 'Parameters.parameter[0].value',
          code: 'required',
        },
      )
    }
    const { body } = await records.emergency(cx, { system, value })
    return { status: 200, body }
  },
}
