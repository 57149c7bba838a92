import { canonicalJson } from '../../fhir/canonical-json.ts'
import type { TreeHead } from '../../store/audit/merkle.ts'

/** What a seal of the audit log says: the tree as it was, and of which life of the database. Hashes in base64url. */
export type Checkpoint = Readonly<{
  size: number
  epoch: number
  root: string
  /** Of the seal before; absent of the first. */
  previousRoot?: string
  /** Instant at which it was sealed. */
  time: string
  /** The highest id of the log that is in it. */
  through: number
}>

/** The same with the public key (Ed25519) and the signature, in base64url. */
export type SignedCheckpoint = Checkpoint & Readonly<{ key: string; signature: string }>

export const hashText = (hash: Uint8Array): string => Buffer.from(hash).toString('base64url')
const HASH = /^[A-Za-z0-9_-]{43}$/

/** The text that is signed: canonical JSON (RFC 8785). */
export const checkpointText = ({ size, epoch, root, previousRoot, time, through }: Checkpoint): string =>
  canonicalJson({ size, epoch, root, ...(previousRoot === undefined ? {} : { previousRoot }), time, through })

export const treeHead = ({ size, root }: Checkpoint): TreeHead => ({ size, root: Buffer.from(root, 'base64url') })

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** The checkpoint that a value of JSON is; undefined where it is none. Whether it is well signed is another question. */
export const asCheckpoint = (value: unknown): SignedCheckpoint | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const { size, epoch, root, previousRoot, time, through, key, signature, ...more } = value as Record<string, unknown>
  const isHash = (text: unknown): text is string => typeof text === 'string' && HASH.test(text)
  if (!isCount(size) || !isCount(epoch) || !isCount(through) || !isHash(root) || !isHash(key)) return undefined
  if (previousRoot !== undefined && !isHash(previousRoot)) return undefined
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time)) || typeof signature !== 'string') return undefined
  if (Object.keys(more).length > 0) return undefined
  return { size, epoch, root, ...(previousRoot === undefined ? {} : { previousRoot }), time, through, key, signature }
}

/** The same of a text; undefined where that is no JSON either. */
export const parseCheckpoint = (text: string): SignedCheckpoint | undefined => {
  try {
    return asCheckpoint(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** That a later tree begins with one of `from` leaves, as it stands in a heartbeat: the size and the hashes, with blanks between them. */
export type Consistency = Readonly<{ from: number; proof: readonly Uint8Array[] }>

export const consistencyText = ({ from, proof }: Consistency): string => [from, ...proof.map(hashText)].join(' ')

/** Undefined where the text is none. */
export const parseConsistency = (text: string): Consistency | undefined => {
  const [from, ...hashes] = text.split(' ')
  // No tree has more leaves than 2^53, so no proof has more hashes.
  if (!/^\d{1,15}$/.test(from ?? '') || hashes.length > 64 || !hashes.every((hash) => HASH.test(hash))) return undefined
  return { from: Number(from), proof: hashes.map((hash) => Buffer.from(hash, 'base64url')) }
}
