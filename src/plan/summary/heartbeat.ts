import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { canonicalJson } from '../../fhir/canonical-json.ts'

/** What a sender says of itself to a recipient every 30 seconds, so that the recipient knows whether what it holds can be trusted to be current. */
export type Heartbeat = Readonly<{
  /** The id under which the sender has registered the recipient: one system may be registered twice. */
  recipient: string
  epoch: number
  /** Rises with each heartbeat to this recipient, also from one process to the next: an older or repeated one is refused. */
  number: number
  /** Instant at the sender. */
  time: string
  /** The highest sequence among the summaries that the recipient should hold; 0 where there is none. */
  highestSequence: number
  /** Persons whose current summary the recipient should hold. */
  count: number
  /** Since when the recipient has not confirmed something that it should hold; absent where it is in step. */
  outstandingSince?: string
  /** The newest checkpoint of the sender's audit log, as signed by its audit key: canonical JSON. Absent where it has none of this epoch. */
  checkpoint?: string
  /** That this checkpoint continues the one which the recipient keeps. Absent where that is not known, or needs no proof. */
  consistency?: string
  /** Thumbprints (RFC 7638) of the keys that the sender publishes: the next heartbeat is signed with one of them. */
  keys: readonly string[]
}>

/** A recipient says that it may be out of date once nothing was heard for this long: two heartbeats missed, and some time for each to arrive. */
export const HEARTBEAT_SECONDS = 30
export const SILENCE_SECONDS = 2 * HEARTBEAT_SECONDS + 15

/** The text that is signed: canonical JSON (RFC 8785) of the values. */
export const signedText = (heartbeat: Heartbeat): string => canonicalJson(heartbeat)

/** The in-parameters of `Bundle/$sharing-heartbeat`. */
export const heartbeatParameters = (heartbeat: Heartbeat, signature: string): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'recipient', valueString: heartbeat.recipient },
    { name: 'epoch', valueUnsignedInt: heartbeat.epoch },
    { name: 'number', valuePositiveInt: heartbeat.number },
    { name: 'time', valueInstant: heartbeat.time },
    { name: 'highestSequence', valueUnsignedInt: heartbeat.highestSequence },
    { name: 'count', valueUnsignedInt: heartbeat.count },
    ...(heartbeat.outstandingSince === undefined
      ? []
      : [{ name: 'outstandingSince', valueInstant: heartbeat.outstandingSince }]),
    ...optional('checkpoint', heartbeat.checkpoint),
    ...optional('consistency', heartbeat.consistency),
    { name: 'keys', valueString: heartbeat.keys.join(' ') },
    { name: 'signature', valueString: signature },
  ],
})

const optional = (name: string, value: string | undefined): ParametersParameter[] =>
  value === undefined ? [] : [{ name, valueString: value }]
