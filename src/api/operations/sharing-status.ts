import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { SharingStatus } from '../../records/types.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** For each recipient: what it should hold of this person, what it has confirmed, since when, and what last went wrong. */
export const sharingStatus: Operation = {
  code: 'sharing-status',
  type: 'Patient',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: {},
  purpose: 'sharing',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const statuses = await records.sharingStatus(cx, id)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'inStep', valueBoolean: statuses.every((status) => status.inStep) },
        ...statuses.map((status) => ({ name: 'recipient', part: partsOf(status) })),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const partsOf = ({
  recipient,
  name,
  role,
  wanted,
  confirmed,
  inStep,
  attempts,
  nextAttempt,
  lastError,
}: SharingStatus): ParametersParameter[] => [
  { name: 'id', valueString: recipient },
  { name: 'name', valueString: name },
  { name: 'role', valueCode: role },
  { name: 'inStep', valueBoolean: inStep },
  { name: 'wanted', part: stateParts(wanted.state, wanted.sequence, wanted.since) },
  ...(confirmed === undefined
    ? []
    : [{ name: 'confirmed', part: stateParts(confirmed.state, confirmed.sequence, confirmed.at) }]),
  { name: 'attempts', valueUnsignedInt: attempts },
  ...(nextAttempt === undefined ? [] : [{ name: 'nextAttempt', valueInstant: nextAttempt }]),
  ...(lastError === undefined ? [] : [{ name: 'lastError', valueString: lastError }]),
]

const stateParts = (state: string, sequence: number, since: string): ParametersParameter[] => [
  { name: 'state', valueCode: state },
  { name: 'sequence', valueUnsignedInt: sequence },
  { name: 'since', valueInstant: since },
]
