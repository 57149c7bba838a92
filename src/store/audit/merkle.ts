import { createHash } from 'node:crypto'

/** Merkle trees over SHA-256 as RFC 6962 section 2.1 has them: a leaf and a node can never be taken for one another. */

export const HASH_BYTES = 32

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** MTH({d}) */
export const leafHash = (leaf: Uint8Array): Buffer => sha256(LEAF, leaf)
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right)
/** MTH({}) */
const EMPTY_ROOT = sha256()

/** Complete subtrees are kept in tiers: one of tier t has 256^t leaves. Those in between are made of up to 128 of the tier below. */
const WIDTH = 256

/** Where complete subtrees stand: those of a tier from `from` on, as many as are asked for. */
export type ReadHashes = (tier: number, from: number, count: number) => Promise<readonly Buffer[]>

/** A tree to which leaves are added; it holds one hash for each bit of its size. */
export type GrowingTree = Readonly<{
  size(): number
  root(): Buffer
  /** Adds a leaf by its hash. Calls `complete` with each subtree of a tier above 0 that it completes. */
  add(leaf: Buffer): void
}>

export type Complete = (tier: number, position: number, hash: Buffer) => void

/** Goes on from a tree of this size, whose complete subtrees are given, the largest first (`peaksOf`). */
export const growTree = (size = 0, peaks: readonly Buffer[] = [], complete: Complete = () => {}): GrowingTree => {
  const held = [...peaks]
  let leaves = size
  return {
    size: () => leaves,
    root: () =>
      held.reduceRight((right: Buffer | undefined, left) => (right ? nodeHash(left, right) : left), undefined) ??
      EMPTY_ROOT,
    add(leaf) {
      let hash = leaf
      let position = leaves
      for (let level = 1; position % 2 === 1; level += 1) {
        hash = nodeHash(held.pop() as Buffer, hash)
        position = (position - 1) / 2
        if (2 ** (level % 8) === 1) complete(level / 8, position, hash)
      }
      held.push(hash)
      leaves += 1
    },
  }
}

/** The complete subtrees that a tree of this size is made of, the largest first. */
export const peaksOf = async (size: number, read: ReadHashes): Promise<Buffer[]> => {
  if (size === 0) return []
  const ended = size % WIDTH
  const larger = await peaksOf((size - ended) / WIDTH, (tier, from, count) => read(tier + 1, from, count))
  return ended === 0 ? larger : [...larger, ...smallPeaks(await read(0, size - ended, ended))]
}

const smallPeaks = (hashes: readonly Buffer[]): Buffer[] => {
  const held: { hash: Buffer; leaves: number }[] = []
  for (const each of hashes) {
    let one = { hash: each, leaves: 1 }
    for (let last = held.at(-1); last?.leaves === one.leaves; last = held.at(-1)) {
      held.pop()
      one = { hash: nodeHash(last.hash, one.hash), leaves: one.leaves * 2 }
    }
    held.push(one)
  }
  return held.map(({ hash }) => hash)
}

/** The largest power of two below n, which is at least 2. */
const splitOf = (n: number): number => {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/** MTH(D[begin:begin + count]), where `begin` is a multiple of the largest complete subtree in it. */
const rangeRoot = async (begin: number, count: number, read: ReadHashes): Promise<Buffer> => {
  let tier = 0
  let [from, width] = [begin, count]
  for (; width % WIDTH === 0; tier += 1) [from, width] = [from / WIDTH, width / WIDTH]
  if (width < WIDTH && 2 ** Math.round(Math.log2(width)) === width)
    return smallPeaks(await read(tier, from, width))[0] as Buffer
  const left = splitOf(count)
  return nodeHash(await rangeRoot(begin, left, read), await rangeRoot(begin + left, count - left, read))
}

/** That a tree of `newer` leaves begins with the `older` leaves of an earlier one: PROOF(m, D[n]) of RFC 6962 section 2.1.2. Empty for m = 0. */
export const consistencyProof = async (older: number, newer: number, read: ReadHashes): Promise<Buffer[]> => {
  const prove = async (m: number, begin: number, n: number, whole: boolean): Promise<Buffer[]> => {
    if (m === n) return whole ? [] : [await rangeRoot(begin, n, read)]
    const k = splitOf(n)
    return m <= k
      ? [...(await prove(m, begin, k, whole)), await rangeRoot(begin + k, n - k, read)]
      : [...(await prove(m - k, begin + k, n - k, false)), await rangeRoot(begin, k, read)]
  }
  return older === 0 ? [] : prove(older, 0, newer, true)
}

export type TreeHead = Readonly<{ size: number; root: Uint8Array }>

/** Whether the proof shows that the newer tree begins with the older one. */
export const isConsistent = (older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean => {
  if (older.size > newer.size) return false
  if (older.size === 0) return proof.length === 0
  const rest = [...proof]
  type Roots = Readonly<{ old: Uint8Array; new: Uint8Array }>
  /** The roots that follow from the proof; undefined where it is too short. */
  const follow = (m: number, n: number, whole: boolean): Roots | undefined => {
    if (m === n) {
      const hash = whole ? older.root : rest.shift()
      return hash === undefined ? undefined : { old: hash, new: hash }
    }
    const k = splitOf(n)
    const inner = m <= k ? follow(m, k, whole) : follow(m - k, n - k, false)
    const sibling = rest.shift()
    if (inner === undefined || sibling === undefined) return undefined
    return m <= k
      ? { old: inner.old, new: nodeHash(inner.new, sibling) }
      : { old: nodeHash(sibling, inner.old), new: nodeHash(sibling, inner.new) }
  }
  const roots = follow(older.size, newer.size, true)
  return (
    roots !== undefined &&
    rest.length === 0 &&
    Buffer.compare(roots.old, older.root) === 0 &&
    Buffer.compare(roots.new, newer.root) === 0
  )
}
