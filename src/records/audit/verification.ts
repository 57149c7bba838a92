import type { RequestContext } from '../../context.ts'
import type { EventText, Leaf } from '../../store/audit/seal.ts'
import type { Store } from '../../store/store.ts'
import type { Seal } from '../seal.ts'
import { auditEntry } from './audit.ts'
import { checkpointText, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts'
import { type AuditFault, collectFaults } from './faults.ts'
import { signedCheckpoint } from './seal.ts'
import { walkAudit } from './walk.ts'

export type AuditReport = Readonly<{
  /** Rows that were sealed, and seals. */
  events: number
  seals: number
  /** The newest seal; undefined where nothing is sealed. */
  newest: SignedCheckpoint | undefined
  /** For how many seconds the oldest row that is not sealed waits; 0 where all are. */
  lag: number
  /** Checkpoints of witnesses that agree, and those that no key of ours has signed, which say nothing. */
  witnesses: Readonly<{ agree: number; strange: number }>
  /** What is wrong: the first of each kind, and how many there are of all. */
  faults: readonly AuditFault[]
  total: number
}>

export type AuditQuestion = Readonly<{
  /** Checkpoints that others have kept. */
  witnessed: readonly SignedCheckpoint[]
  progress: (done: number, of: number) => void
}>

/** So many rows are read at once. */
const PAGE = 5_000

/**
 * Walks over all of the audit log that is sealed and says what is wrong. What is missing at the end, or was all written anew, is known by witnesses
 * alone. The database is asked for nothing but rows: what it could compute, whoever changed them could have changed too.
 */
export const verifyAudit = async (
  store: Store,
  seal: Seal,
  cx: RequestContext,
  { witnessed, progress }: AuditQuestion,
): Promise<AuditReport> => {
  const { auditSeal } = store
  const { newest } = await auditSeal.state()
  const size = newest?.size ?? 0
  const ours = witnessed.filter((each) => isOurs(seal, each))
  const faults = collectFaults()
  const walk = walkAudit(seal, faults, new Set(ours.map((each) => each.size)))
  let [position, event] = [0, 0]
  for (let isMore = size > 0; isMore; progress(Math.min(position, size), size)) {
    const leaves = await leavesBelow(store, position, size)
    isMore = leaves.length === PAGE && (leaves.at(-1) as Leaf).position < size - 1
    const end = isMore ? (leaves.at(-1) as Leaf).position + 1 : size
    const through = Math.max(event, ...leaves.map((leaf) => leaf.event), isMore ? 0 : (newest?.through ?? 0))
    walk.page(leaves, await eventsThrough(store, event, through), await auditSeal.seals(position, end))
    ;[position, event] = [end, through]
  }
  if (walk.leaves() < size) faults.add('leaf-missing', `${size} events were sealed, ${walk.leaves()} leaves are left`)
  // Leaves come with the seal over them: read after them, it is there.
  const [unsealed] = await auditSeal.leaves(size, 1)
  if (unsealed !== undefined && (await auditSeal.state()).newest?.size === newest?.size)
    faults.add('seal-missing', `after leaf ${size - 1}`)
  const agree = walk.witnessed(ours)
  const lag = await auditSeal.lag()
  await store.audit([auditEntry(cx, 'verify-audit', 'permit', [])])
  return {
    events: size,
    seals: walk.seals(),
    newest: newest && signedCheckpoint(newest),
    lag,
    witnesses: { agree, strange: witnessed.length - ours.length },
    ...faults.said(),
  }
}

const isOurs = (seal: Seal, checkpoint: SignedCheckpoint): boolean =>
  seal.audit.publicKeys.includes(checkpoint.key) &&
  seal.audit.isSignedBy(checkpoint.key, checkpointText(checkpoint), checkpoint.signature)

const leavesBelow = async ({ auditSeal }: Store, from: number, size: number): Promise<readonly Leaf[]> =>
  (await auditSeal.leaves(from, PAGE)).filter(({ position }) => position < size)

/** More than are sealed may stand between two ids: then there is something wrong. */
const eventsThrough = async ({ auditSeal }: Store, after: number, through: number): Promise<readonly EventText[]> => {
  const all: EventText[] = []
  for (let from = after, isMore = true; isMore; ) {
    const some = await auditSeal.events({ after: from, through, most: PAGE })
    all.push(...some)
    isMore = some.length === PAGE
    from = some.at(-1)?.id ?? through
  }
  return all
}

/** As a recipient: what was kept of a sender's audit log; `contradicts` where it cannot be true beside what had been kept. */
export type WitnessedCheckpoint = Readonly<{
  sender: string
  /** The id under which the sender has registered this service. */
  recipient: string
  at: string
  contradicts: boolean
  checkpoint: SignedCheckpoint
}>

/** The newest of each sender and epoch, and what contradicts it. */
export const witnessedCheckpoints = async (store: Store): Promise<readonly WitnessedCheckpoint[]> =>
  (await store.received.checkpoints()).flatMap(
    ({ sender, recipient, checkpoint, receivedAt, contradiction, contradictedAt }) => {
      const entry = (text: string | null, at: string | null, contradicts: boolean): WitnessedCheckpoint[] => {
        const parsed = text === null ? undefined : parseCheckpoint(text)
        return parsed === undefined || at === null ? [] : [{ sender, recipient, at, contradicts, checkpoint: parsed }]
      }
      return [...entry(checkpoint, receivedAt, false), ...entry(contradiction, contradictedAt, true)]
    },
  )

export type AuditStanding = Readonly<{
  lag: number
  senders: readonly Readonly<{ sender: string; recipient: string; contradicted: boolean }>[]
}>

/** Of each sender, in whichever of its epochs: a log that contradicts itself does so for good, until the sender is forgotten. */
export const auditStanding = async (store: Store): Promise<AuditStanding> => {
  const [lag, kept] = await Promise.all([store.auditSeal.lag(), store.received.checkpoints()])
  const senders = new Map<string, AuditStanding['senders'][number]>()
  for (const { sender, recipient, contradictedAt } of kept) {
    const key = `${sender}\n${recipient}`
    const contradicted = contradictedAt !== null || senders.get(key)?.contradicted === true
    senders.set(key, { sender, recipient, contradicted })
  }
  return { lag, senders: [...senders.values()] }
}
