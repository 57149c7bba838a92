import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  consistencyProof,
  growTree,
  isConsistent,
  leafHash,
  peaksOf,
  type ReadHashes,
} from '../../src/store/audit/merkle.ts'

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

/** MTH as RFC 6962 section 2.1 writes it down, from all leaves. */
const referenceRoot = (leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0] as Buffer)
  const k = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1)
  return sha256(Buffer.of(1), referenceRoot(leaves.slice(0, k)), referenceRoot(leaves.slice(k)))
}

const leavesOf = (count: number): Buffer[] => Array.from({ length: count }, (_, n) => Buffer.from(`leaf ${n}`))

/** A tree of so many leaves, what is kept of it, and its roots at each size. */
const grown = (leaves: readonly Buffer[]) => {
  const kept = new Map<string, Buffer>()
  const tree = growTree(0, [], (tier, position, hash) => void kept.set(`${tier}/${position}`, hash))
  const roots = [tree.root()]
  for (const [position, leaf] of leaves.entries()) {
    kept.set(`0/${position}`, leafHash(leaf))
    tree.add(leafHash(leaf))
    roots.push(tree.root())
  }
  const read: ReadHashes = async (tier, from, count) =>
    Array.from({ length: count }, (_, n) => {
      const hash = kept.get(`${tier}/${from + n}`)
      if (hash === undefined) throw new Error(`Tier ${tier} holds no ${from + n}.`)
      return hash
    })
  return { roots, read }
}

describe('the Merkle tree hash (RFC 6962 section 2.1)', () => {
  /** The known answers of the RFC's reference implementation (certificate-transparency, merkletree tests). */
  const known = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']

  test('of no leaf is that of nothing', () => {
    expect(growTree().root().toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test('of the leaves whose answers are known', () => {
    const { roots } = grown(inputs.map((hex) => Buffer.from(hex, 'hex')))
    expect(roots.slice(1).map((root) => root.toString('hex'))).toEqual(known)
  })

  test('is that of the definition at every size, through three tiers’ ends', () => {
    const leaves = leavesOf(1_030)
    const { roots } = grown(leaves)
    for (const size of [1, 2, 3, 7, 255, 256, 257, 511, 512, 513, 768, 1_023, 1_024, 1_030])
      expect(roots[size]).toEqual(referenceRoot(leaves.slice(0, size)))
  })
})

describe('what is kept', () => {
  test('a tree goes on from its complete subtrees as if it had never stopped', async () => {
    const leaves = leavesOf(1_500)
    const { roots, read } = grown(leaves)
    for (const size of [0, 1, 255, 256, 300, 512, 1_279]) {
      const tree = growTree(size, await peaksOf(size, read))
      expect(tree.root()).toEqual(roots[size])
      for (const leaf of leaves.slice(size)) tree.add(leafHash(leaf))
      expect([tree.size(), tree.root()]).toEqual([1_500, roots[1_500]])
    }
  })

  test('one subtree for 256 leaves, and as many hashes are read as a tier is wide, whatever the size', async () => {
    let larger = 0
    const tree = growTree(0, [], () => {
      larger += 1
    })
    const leaf = leafHash(Buffer.from('leaf'))
    for (let count = 0; count < 70_000; count += 1) tree.add(leaf)
    expect(larger).toBe(273 + 1)
    let reads = 0
    await peaksOf(70_000, async (_tier, _from, count) => {
      reads += count
      return Array(count).fill(leaf)
    })
    expect(reads).toBeLessThan(3 * 256)
  })
})

describe('consistency proofs (RFC 6962 section 2.1.2)', () => {
  const leaves = leavesOf(700)
  const { roots, read } = grown(leaves)
  const head = (size: number) => ({ size, root: roots[size] as Buffer })

  test('hold between any two sizes, are as short as the RFC says, and hold with no other root', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 700 }), async (one, other) => {
        const [older, newer] = one < other ? [one, other] : [other, one]
        const proof = await consistencyProof(older, newer, read)
        expect(proof.length).toBeLessThanOrEqual(Math.ceil(Math.log2(newer)) + 1)
        expect(isConsistent(head(older), head(newer), proof)).toBe(true)
        const wrong = Buffer.alloc(32, 7)
        expect(isConsistent({ size: older, root: wrong }, head(newer), proof)).toBe(false)
        expect(isConsistent(head(older), { size: newer, root: wrong }, proof)).toBe(false)
        expect(isConsistent(head(older), head(newer), [...proof, wrong])).toBe(false)
        if (proof.length > 0) expect(isConsistent(head(older), head(newer), proof.slice(1))).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  test('the RFC’s own examples: from 3, 4 and 6 of 7 leaves', async () => {
    const lengths = await Promise.all([3, 4, 6].map(async (size) => (await consistencyProof(size, 7, read)).length))
    expect(lengths).toEqual([4, 1, 3])
  })

  test('a tree that was rebuilt with one leaf changed is not consistent with what it was', async () => {
    const other = grown([...leaves.slice(0, 100), Buffer.from('another'), ...leaves.slice(101)])
    const proof = await consistencyProof(300, 700, other.read)
    expect(isConsistent(head(300), { size: 700, root: other.roots[700] as Buffer }, proof)).toBe(false)
  })

  test('a smaller tree is not consistent with a larger one', () => {
    expect(isConsistent(head(300), head(200), [])).toBe(false)
  })
})
