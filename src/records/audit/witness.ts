import { isConsistent } from '../../store/audit/merkle.ts'
import type { Store } from '../../store/store.ts'
import type { Seal } from '../seal.ts'
import { checkpointText, parseCheckpoint, parseConsistency, type SignedCheckpoint, treeHead } from './checkpoint.ts'

/** As a recipient: a witness of its senders' audit logs (docs/decisions/0013-audit-seal.md). It keeps what they said, so that they cannot unsay it. */

/** A sender, the id under which it has registered this service, and its epoch. */
export type Origin = Readonly<{ sender: string; recipient: string; epoch: number }>

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

/** The checkpoint that a heartbeat brings; undefined where it is none of this epoch, or not signed by the key that it names. */
const verifiedCheckpoint = (seal: Seal, text: string, epoch: number): SignedCheckpoint | undefined => {
  const checkpoint = parseCheckpoint(text)
  if (checkpoint === undefined || checkpoint.epoch !== epoch) return undefined
  const { key, signature } = checkpoint
  return seal.audit.isSignedBy(key, checkpointText(checkpoint), signature) ? checkpoint : undefined
}

/**
 * Keeps a checkpoint that continues what is kept of its sender and epoch, or is the first. One that contradicts it is kept beside it, as evidence; the
 * heartbeat counts all the same, for what it says of summaries is another matter. Answers what is kept now; undefined where nothing is.
 */
export const witness = async (
  store: Store,
  seal: Seal,
  origin: Origin,
  shown: Readonly<{ checkpoint: string; consistency: string | undefined }>,
): Promise<Readonly<{ epoch: number; size: number }> | undefined> => {
  const { received } = store
  const { checkpoint: text, consistency } = shown
  const { epoch } = origin
  const checkpoint = verifiedCheckpoint(seal, text, epoch)
  if (checkpoint !== undefined) await received.keepFirst(origin, { size: checkpoint.size, checkpoint: text })
  const row = await received.checkpoint(origin)
  const kept = row && parseCheckpoint(row.checkpoint)
  if (row === undefined || kept === undefined) return undefined
  const judgement = checkpoint === undefined ? 'unproven' : judgeCheckpoint(kept, checkpoint, consistency)
  const isNewer = judgement === 'continues' && checkpoint !== undefined
  if (isNewer) await received.replace(origin, kept.size, { size: checkpoint.size, checkpoint: text })
  if (judgement === 'same' && row.unproven > 0) await received.replace(origin, kept.size, row)
  if (judgement === 'unproven') await received.noteUnproven(origin, { checkpoint: text, most: MOST_UNPROVEN })
  if (judgement === 'contradicts') await received.noteContradiction(origin, text)
  return { epoch, size: isNewer ? checkpoint.size : kept.size }
}
