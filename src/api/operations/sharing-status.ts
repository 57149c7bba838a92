import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { SharingStatus } from '../../records/types.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'
import { difficultyParts, editionParts, group, instantPart } from './sharing-parts.ts'

/** For each recipient: what it should hold of this person, what has reached it, what it stored and showed, and what last went wrong. */
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
    const { epoch, recipients } = await records.sharingStatus(cx, id)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'inStep', valueBoolean: recipients.every(({ outstanding }) => !outstanding) },
        { name: 'epoch', valueUnsignedInt: epoch },
        ...recipients.map((status) => ({ name: 'recipient', part: partsOf(status) })),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const partsOf = (row: SharingStatus['recipients'][number]): ParametersParameter[] => [
  { name: 'id', valueString: row.recipient },
  { name: 'name', valueString: row.name },
  { name: 'role', valueCode: row.role },
  { name: 'inStep', valueBoolean: !row.outstanding },
  { name: 'wanted', part: editionParts(row.wantedEpoch, row.wantedSequence, row.wantedAt, row.wantedState) },
  ...group('received', editionParts(row.receivedEpoch, row.receivedSequence, row.receivedAt)),
  ...group('confirmed', editionParts(row.confirmedEpoch, row.confirmedSequence, row.confirmedAt, row.confirmedState)),
  ...group('shown', editionParts(row.shownEpoch, row.shownSequence, row.shownAt)),
  ...difficultyParts(row),
  ...instantPart('unverifiedSince', row.unverifiedSince),
]
