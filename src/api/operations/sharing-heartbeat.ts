import type { Parameters } from 'fhir/r4.js'
import type { Heartbeat } from '../../plan/summary/heartbeat.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = {
  recipient: 'valueString',
  epoch: 'valueUnsignedInt',
  number: 'valuePositiveInt',
  time: 'valueInstant',
  highestSequence: 'valueUnsignedInt',
  count: 'valueUnsignedInt',
  outstandingSince: 'valueInstant',
  checkpoint: 'valueString',
  consistency: 'valueString',
  keys: 'valueString',
  signature: 'valueString',
} as const

const REQUIRED = ['recipient', 'epoch', 'number', 'time', 'highestSequence', 'count', 'keys', 'signature'] as const

/** A sender says that it is there, and what should be held here: so that silence can be told from quiet. */
export const sharingHeartbeat: Operation = {
  code: 'sharing-heartbeat',
  type: 'Bundle',
  level: 'type',
  methods: ['POST'],
  scope: 'u',
  body: 'resource',
  purpose: 'sharing',
  input: INPUT,
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    const { keys = '', signature = '', ...values } = inputOf(resource, INPUT, REQUIRED)
    // All that is required is there.
    const heartbeat = { ...values, keys: keys.split(' ') } as Heartbeat
    const kept = await records.received.heartbeat(cx, heartbeat, signature)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'heardAt', valueInstant: cx.now.toISOString() },
        ...(kept === undefined ? [] : [{ name: 'witnessed', valueString: `${kept.epoch}/${kept.size}` }]),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}
