import { problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import type { EmergencyQuestion } from '../../records/types.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = {
  identifier: 'valueIdentifier',
  name: 'valueString',
  birthDate: 'valueDate',
  postcode: 'valueString',
} as const

/** Who is asked for. Throws `bad-request` where it is neither a whole identifier, nor name, birth date and postcode together, or both. */
const questionOf = (resource: Resource | undefined): EmergencyQuestion => {
  const { identifier, name, birthDate, postcode } = inputOf(resource, INPUT)
  const described = name !== undefined || birthDate !== undefined || postcode !== undefined
  if (described && identifier !== undefined)
    throw problem(
      'bad-request',
      'parameter-conflict',
      'Ask either by identifier, or by name, birthDate and postcode: together they could mean two people.',
      { expression: 'Parameters.parameter' },
    )
  if (described) {
    if (name === undefined || birthDate === undefined || postcode === undefined)
      throw problem(
        'bad-request',
        'parameter-missing',
        'Without an identifier a person is asked for by name, birthDate and postcode, all three: fewer could mean another person.',
        { expression: 'Parameters.parameter', code: 'required' },
      )
    return { demographics: { name, birthDate, postcode } }
  }
  if (identifier === undefined)
    throw problem(
      'bad-request',
      'parameter-missing',
      'Say who is asked for: identifier (valueIdentifier), or name (valueString), birthDate (valueDate) and postcode (valueString).',
      { expression: 'Parameters.parameter', code: 'required' },
    )
  const { system, value } = identifier
  if (typeof system !== 'string' || system === '' || typeof value !== 'string' || value === '')
    throw problem(
      'bad-request',
      'identifier-incomplete',
      'The identifier needs system and value: a value alone could mean another person.',
      { expression: 'Parameters.parameter[0].value', code: 'required' },
    )
  return { identifier: { system, value } }
}

/**
 * What a crew must know now of the person with this identifier, or of the one whom name, birth date and postcode fit: the answer that was
 * rendered when the plan last changed, looked up and sent as it is (model.md section 5).
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
    const { body } = await records.emergency(cx, questionOf(resource))
    return { status: 200, body }
  },
}
