import { describe, expect, test } from '@jest/globals'
import {
  asCheckpoint,
  type Consistency,
  consistencyText,
  hashText,
  parseCheckpoint,
  parseConsistency,
  type SignedCheckpoint,
} from '../../src/records/audit/checkpoint.ts'
import { judgeCheckpoint } from '../../src/records/audit/witness.ts'
import { consistencyProof, growTree, leafHash, type ReadHashes } from '../../src/store/audit/merkle.ts'

/** A log of so many events, as its sender shows it: every event is the same but those named. */
const log = (size: number, other?: number) => {
  const leaves = Array.from({ length: size }, (_, n) => leafHash(Buffer.from(n === other ? 'another' : `event ${n}`)))
  const read: ReadHashes = async (_, from, count) => leaves.slice(from, from + count)
  const at = (count: number, time = `2026-03-20T10:00:${String(count).padStart(2, '0')}.000Z`): SignedCheckpoint => {
    const tree = growTree()
    for (const leaf of leaves.slice(0, count)) tree.add(leaf)
    const key = hashText(Buffer.alloc(32))
    return { size: count, epoch: 1, root: hashText(tree.root()), time, through: count, key, signature: 'x' }
  }
  const proof = async (from: number, to: number): Promise<string> =>
    consistencyText({ from, proof: await consistencyProof(from, to, read) })
  return { at, proof }
}

describe('a witness of another service’s audit log (trust, section 3)', () => {
  const honest = log(40)
  const rebuilt = log(40, 5)

  test('takes what continues the seal that it keeps', async () => {
    expect(judgeCheckpoint(honest.at(20), honest.at(33), await honest.proof(20, 33))).toBe('continues')
    expect(judgeCheckpoint(honest.at(20), honest.at(20), undefined)).toBe('same')
  })

  test('finds another log of the same size', () => {
    expect(judgeCheckpoint(honest.at(20), rebuilt.at(20), undefined)).toBe('contradicts')
  })

  test('finds a log that was rebuilt and is longer now, whatever it proves', async () => {
    expect(judgeCheckpoint(honest.at(20), rebuilt.at(33), await rebuilt.proof(20, 33))).toBe('contradicts')
    expect(judgeCheckpoint(honest.at(20), rebuilt.at(33), await honest.proof(20, 33))).toBe('contradicts')
  })

  test('finds a log that became shorter; an earlier seal that comes late is none', () => {
    expect(judgeCheckpoint(honest.at(20), honest.at(12, '2026-03-20T10:01:00.000Z'), undefined)).toBe('contradicts')
    expect(judgeCheckpoint(honest.at(20), honest.at(12), undefined)).toBe('unproven')
  })

  test('takes nothing that is not shown to continue what it keeps', async () => {
    expect(judgeCheckpoint(honest.at(20), honest.at(33), undefined)).toBe('unproven')
    expect(judgeCheckpoint(honest.at(20), honest.at(33), await honest.proof(19, 33))).toBe('unproven')
    expect(judgeCheckpoint(honest.at(20), honest.at(33), 'nonsense')).toBe('unproven')
  })
})

describe('what a heartbeat brings', () => {
  const checkpoint = log(3).at(3)

  test('a checkpoint is read back as it was written', () => {
    expect(parseCheckpoint(JSON.stringify(checkpoint))).toEqual(checkpoint)
    const later = { ...checkpoint, previousRoot: checkpoint.root }
    expect(asCheckpoint(later)).toEqual(later)
  })

  test.each<[string, unknown]>([
    ['a list', []],
    ['nothing', null],
    ['a size that is none', { ...checkpoint, size: -1 }],
    ['a root of another length', { ...checkpoint, root: 'AAAA' }],
    ['a time that is none', { ...checkpoint, time: 'soon' }],
    ['an unknown member', { ...checkpoint, more: true }],
    ['a previous root that is none', { ...checkpoint, previousRoot: null }],
  ])('%s is no checkpoint', (_name, value) => {
    expect(asCheckpoint(value)).toBeUndefined()
  })

  test('a proof is read back as it was written, and nothing else is one', () => {
    const consistency: Consistency = { from: 20, proof: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] }
    expect(parseConsistency(consistencyText(consistency))).toEqual(consistency)
    for (const text of [
      '',
      'x',
      '20 x',
      '-1',
      `20 ${'A'.repeat(43)} `,
      `20 ${Array(65).fill('A'.repeat(43)).join(' ')}`,
    ])
      expect(parseConsistency(text)).toBeUndefined()
  })
})
