import { growTree, leafHash } from '../../store/audit/merkle.ts'
import type { EventText, Leaf, SealRow } from '../../store/audit/seal.ts'
import type { Seal } from '../seal.ts'
import { checkpointText, hashText, type SignedCheckpoint } from './checkpoint.ts'
import type { AuditFaults } from './faults.ts'
import { checkpointOf, commitmentTo } from './seal.ts'

/** Goes over the log from its beginning, a page at a time, and finds what is wrong. */
export type AuditWalk = Readonly<{
  /** `leaves` in the order of their positions, the rows of the log that should be theirs, and the seals of trees that end among them. */
  page(leaves: readonly Leaf[], events: readonly EventText[], seals: readonly SealRow[]): void
  /** Judges checkpoints that others have kept, after the last page; answers how many agree. */
  witnessed(checkpoints: readonly SignedCheckpoint[]): number
  seals(): number
  leaves(): number
}>

/** `sizes` are those of trees whose roots will be asked for. */
export const walkAudit = (seal: Seal, faults: AuditFaults, sizes: ReadonlySet<number>): AuditWalk => {
  const tree = growTree()
  const roots = new Map<number, string>()
  /** How many leaves the last seal of each epoch has. */
  const ends = new Map<number, number>()
  let [lastEvent, seals] = [0, 0]
  let last: SealRow | undefined
  /** Where one seal is not that of the leaves, none after it is: that is said once. */
  let isBroken = false

  const addLeaf = ({ position, event, salt, commitment }: Leaf, texts: Map<number, string>): void => {
    if (position !== tree.size() && !isBroken) {
      faults.add('leaf-missing', `between leaf ${tree.size() - 1} and leaf ${position}`)
      isBroken = true
    }
    if (event <= lastEvent) faults.add('reordered', `event ${event} after event ${lastEvent}`)
    else if (event <= (last?.through ?? 0))
      faults.add('inserted', `event ${event}, though all up to ${last?.through} had been sealed`)
    const text = texts.get(event)
    if (text !== undefined) {
      if (!commitmentTo(salt, text).equals(commitment)) faults.add('changed', `event ${event}`)
      texts.delete(event)
    } else if (event > lastEvent) faults.add('deleted', `event ${event}`)
    lastEvent = Math.max(lastEvent, event)
    tree.add(leafHash(commitment))
    if (sizes.has(tree.size())) roots.set(tree.size(), hashText(tree.root()))
  }

  const checkSeal = (row: SealRow): void => {
    const at = `seal of ${row.size} events, epoch ${row.epoch}, ${row.sealedAt}`
    const checkpoint = checkpointOf(row)
    if (
      !seal.audit.publicKeys.includes(row.key) ||
      !seal.audit.isSignedBy(row.key, checkpointText(checkpoint), row.signature)
    )
      faults.add('seal-forged', at)
    if (!isBroken && (tree.size() !== row.size || hashText(tree.root()) !== checkpoint.root)) {
      faults.add('seal-broken', at)
      isBroken = true
    }
    if (checkpoint.previousRoot !== (last && hashText(last.root))) faults.add('seal-missing', `before the ${at}`)
    if (row.epoch < (last?.epoch ?? 0)) faults.add('seal-broken', `${at}, after one of epoch ${last?.epoch}`)
    ends.set(row.epoch, row.size)
    last = row
    seals += 1
  }

  return {
    page(leaves, events, rows) {
      const texts = new Map(events.map(({ id, text }) => [id, text]))
      const ahead = [...rows]
      for (const leaf of leaves) {
        addLeaf(leaf, texts)
        while ((ahead[0]?.size ?? Number.POSITIVE_INFINITY) <= leaf.position + 1) checkSeal(ahead.shift() as SealRow)
      }
      for (const row of ahead) checkSeal(row)
      for (const id of texts.keys()) faults.add('inserted', `event ${id}`)
    },
    witnessed(checkpoints) {
      const newest = last
      let agree = 0
      for (const { size, epoch, root, time } of checkpoints) {
        const at = `witnessed: ${size} events, epoch ${epoch}, ${time}`
        const isLater = newest !== undefined && newest.epoch > epoch
        const ended = Math.max(0, ...[...ends].filter(([each]) => each <= epoch).map(([, end]) => end))
        if (roots.get(size) === root) agree += 1
        else if (isLater && ended < size) faults.add('old-backup', `${at}; here that epoch ends with ${ended}`)
        else if (size > tree.size()) faults.add('tail-cut', `${at}; here are ${tree.size()}`)
        else faults.add('rebuilt', at)
      }
      return agree
    },
    seals: () => seals,
    leaves: () => tree.size(),
  }
}
