import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { SenderHealth } from '../../records/sharing/received.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** Whether the summaries that are held here can be trusted to be current, by the word of those who send them. */
export const sharingHealth: Operation = {
  code: 'sharing-health',
  type: 'Bundle',
  level: 'type',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  purpose: 'care',
  input: {},
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const { held, senders } = await records.received.health(cx)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'held', valueUnsignedInt: held },
        ...senders.map((sender) => ({ name: 'sender', part: partsOf(sender) })),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const partsOf = ({
  sender,
  recipient,
  outOfDateSince,
  heardAt,
  expected,
  signed,
  signature,
}: SenderHealth): ParametersParameter[] => [
  { name: 'id', valueString: sender },
  { name: 'recipient', valueString: recipient },
  { name: 'state', valueCode: outOfDateSince === undefined ? 'current' : 'may-be-out-of-date' },
  ...(outOfDateSince === undefined
    ? []
    : [
        { name: 'since', valueInstant: outOfDateSince },
        {
          name: 'message',
          valueString: `May be out of date since ${outOfDateSince}. Plans may have changed or been withdrawn. Ask the GP practice.`,
        },
      ]),
  { name: 'heardAt', valueInstant: heardAt },
  { name: 'expected', valueUnsignedInt: expected },
  { name: 'heartbeat', valueString: signed },
  { name: 'signature', valueString: signature },
]
