import { createHash, randomBytes } from 'node:crypto'
import { canonicalJson } from '../../fhir/canonical-json.ts'
import { consistencyProof, growTree, leafHash, peaksOf } from '../../store/audit/merkle.ts'
import type { AuditSealStore, EventText, Leaf, SealRow, SealState, TreeNode } from '../../store/audit/seal.ts'
import type { Seal } from '../seal.ts'
import { type Checkpoint, checkpointText, consistencyText, hashText, type SignedCheckpoint } from './checkpoint.ts'

const SALT_BYTES = 16
/** So many rows are sealed at once, in which a crew waits 5 ms at most. */
const MOST = 500

/** What stands for a row in the tree. Without the salt it says nothing of the row. */
export const commitmentTo = (salt: Uint8Array, text: string): Buffer =>
  createHash('sha256').update(salt).update(text, 'utf8').digest()

export const checkpointOf = ({ size, epoch, root, previousRoot, sealedAt, through }: SealRow): Checkpoint => ({
  size,
  epoch,
  root: hashText(root),
  ...(previousRoot === null ? {} : { previousRoot: hashText(previousRoot) }),
  time: sealedAt,
  through,
})

/** Whether there is something to seal: rows, or an epoch that has begun. */
export const isDue = ({ newest, isWaiting, epoch }: SealState): boolean =>
  isWaiting || (newest !== undefined && newest.epoch !== epoch)

/**
 * Seals the rows that were there in this state; every transaction that could add one among them has to have ended since. Answers whether more of them
 * are left. What it costs depends on how many there are, not on the size of the log. Throws `Outdated` where another process has sealed meanwhile.
 */
export const sealAudit = async (store: AuditSealStore, seal: Seal, state: SealState): Promise<boolean> => {
  const { newest, assigned, epoch } = state
  const events = await store.events({ after: newest?.through ?? 0, through: assigned, most: MOST })
  if (events.length === 0 && newest?.epoch === epoch) return false
  const isFull = events.length === MOST
  const size = newest?.size ?? 0
  const nodes: TreeNode[] = []
  const tree = growTree(size, await peaksOf(size, store.hashes), (tier, position, hash) => {
    nodes.push({ tier, position, hash })
  })
  const leaves = leavesOf(events, size)
  for (const { commitment } of leaves) tree.add(leafHash(commitment))
  const unsigned = {
    size: tree.size(),
    epoch,
    root: tree.root(),
    previousRoot: newest?.root ?? null,
    sealedAt: new Date().toISOString(),
    through: isFull ? (events.at(-1) as EventText).id : assigned,
    key: seal.audit.publicKey,
    signature: '',
  }
  const signature = seal.audit.sign(checkpointText(checkpointOf(unsigned)))
  await store.store({ leaves, nodes, seal: { ...unsigned, signature } })
  return isFull
}

const leavesOf = (events: readonly EventText[], size: number): Leaf[] => {
  const salts = randomBytes(events.length * SALT_BYTES)
  return events.map(({ id, text }, place) => {
    const salt = salts.subarray(place * SALT_BYTES, (place + 1) * SALT_BYTES)
    return { position: size + place, event: id, salt, commitment: commitmentTo(salt, text) }
  })
}

export const signedCheckpoint = (row: SealRow): SignedCheckpoint => ({
  ...checkpointOf(row),
  key: row.key,
  signature: row.signature,
})

/** What a heartbeat says of the audit log: the newest checkpoint, and that it continues the one that the recipient keeps. */
export type AuditNews = Readonly<{ checkpoint: string; consistency?: string }>

/** Of the epoch in force; undefined where nothing was sealed in it yet. `kept` is what the recipient keeps by its own word. */
export const auditNews = async (
  store: AuditSealStore,
  { newest, kept }: Readonly<{ newest: SealRow | null; kept: Readonly<{ epoch: number; size: number }> | null }>,
): Promise<AuditNews | undefined> => {
  if (newest === null) return undefined
  const checkpoint = canonicalJson(signedCheckpoint(newest))
  if (kept === null || kept.epoch !== newest.epoch || kept.size >= newest.size) return { checkpoint }
  const proof = await consistencyProof(kept.size, newest.size, store.hashes)
  return { checkpoint, consistency: consistencyText({ from: kept.size, proof }) }
}
