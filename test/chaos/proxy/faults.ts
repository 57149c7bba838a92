/** What can be wrong with the way to a recipient. */
export const FAULTS = [
  /** Nobody listens. */
  'refuse',
  /** Everything sent disappears, and nothing comes back. */
  'black-hole',
  /** After its first answer a connection is dead, and its client is not told, then or later. */
  'half-open',
  /** Answers come in drops. */
  'trickle',
  /** What was put is put again a moment later, as it was. */
  'duplicate',
  /** The connection is cut as soon as the request has gone through. */
  'cut-after-request',
  /** The connection is cut when the answer would come. */
  'cut-before-response',
  /** Answers come late. */
  'latency',
  /** The connection is reset before the request has gone through. */
  'reset',
  /** What comes back is not HTTP. */
  'garbage',
] as const

export type Fault = (typeof FAULTS)[number]
