import { isConsistent } from '../store/merkle.ts'
import type { Store } from '../store/store.ts'
import { checkpointText, parseCheckpoint, parseConsistency, type SignedCheckpoint, treeHead } from './checkpoint.ts'
import type { Seal } from './seal.ts'

/** As a recipient: a witness of its senders' audit logs (docs/decisions/0013-audit-seal.md). It keeps what they said, so that they cannot unsay it. */

/** A checkpoint by the id of its sender and the one under which that has registered this service. */
export type Origin = Readonly<{ sender: string; recipient: string }>

/** So many checkpoints in a row that are not shown to continue what is kept contradict it: the sender learns what is kept from each answer. */
const MOST_UNPROVEN = 3

export type Judgement = 'same' | 'continues' | 'unproven' | 'contradicts'

/** What a checkpoint says of the log of which another, of the same epoch, is kept. `consistency` is what came with it. */
export const judgeCheckpoint = (
  kept: SignedCheckpoint,
  shown: SignedCheckpoint,
  consistency: string | undefined,
): Judgement => {
  if (shown.size === kept.size) return shown.root === kept.root ? 'same' : 'contradicts'
  // An earlier seal may come late. A log that has become smaller since was cut.
  if (shown.size < kept.size) return Date.parse(shown.time) > Date.parse(kept.time) ? 'contradicts' : 'unproven'
  const { from, proof = [] } = parseConsistency(consistency ?? '') ?? {}
  if (from !== kept.size) return 'unproven'
  return isConsistent(treeHead(kept), treeHead(shown), proof) ? 'continues' : 'contradicts'
}

/** The checkpoint that a heartbeat brings; undefined where it is none, of another epoch, or not well signed. */
export const verifiedCheckpoint = (seal: Seal, text: string, epoch: number): SignedCheckpoint | undefined => {
  const checkpoint = parseCheckpoint(text)
  if (checkpoint === undefined || checkpoint.epoch !== epoch) return undefined
  const { key, signature } = checkpoint
  return seal.audit.isSignedBy(key, checkpointText(checkpoint), signature) ? checkpoint : undefined
}

/**
 * Keeps a checkpoint that continues what is kept of its sender and epoch, or is the first. One that contradicts it is kept beside it, as evidence.
 * Answers what is kept now.
 */
export const witness = async (
  store: Store,
  origin: Origin,
  shown: SignedCheckpoint,
  consistency: string | undefined,
): Promise<Readonly<{ epoch: number; size: number }>> => {
  const { epoch } = shown
  const text = JSON.stringify(shown)
  const before = await store.received.checkpoint(origin, epoch)
  if (before === undefined) await store.received.keepFirst(origin, { epoch, size: shown.size, checkpoint: text })
  const row = before ?? (await store.received.checkpoint(origin, epoch))
  const kept = row === undefined ? undefined : parseCheckpoint(row.checkpoint)
  if (row === undefined || kept === undefined)
    throw new Error('The checkpoint that is kept of a sender cannot be read.')
  const judgement = judgeCheckpoint(kept, shown, consistency)
  if (judgement === 'continues') await store.received.replace(origin, kept, { size: shown.size, checkpoint: text })
  if (judgement === 'same' && row.unproven > 0)
    await store.received.replace(origin, kept, { size: kept.size, checkpoint: row.checkpoint })
  if (judgement === 'unproven')
    await store.received.noteUnproven(origin, epoch, { checkpoint: text, most: MOST_UNPROVEN })
  if (judgement === 'contradicts') await store.received.noteContradiction(origin, epoch, text)
  return { epoch, size: judgement === 'continues' ? shown.size : kept.size }
}
