import { describe, expect, test } from '@jest/globals'
import { createDocumentCache, type KnownDocument } from '../../src/store/summaries/document-cache.ts'

const SIZE = 100

/** A cache over documents of which everybody has one, of this sequence; `gate` holds what is read back. */
const cacheOf = (options: { mostBytes?: number } = {}) => {
  const reads: string[][] = []
  const state = { sequence: 1, gate: Promise.resolve(), fails: false }
  const cache = createDocumentCache(async (lane, patients) => {
    reads.push([...patients])
    const { sequence, fails } = state
    await state.gate
    if (fails) throw new Error('The database is away.')
    return patients
      .filter((patient) => patient !== 'nobody')
      .map((patient): KnownDocument => ({ patient, state: lane, epoch: 1, sequence, document: Buffer.alloc(SIZE) }))
  }, options.mostBytes)
  const read = (patients: readonly string[], sequence = state.sequence) =>
    cache.read(
      'current',
      patients.map((patient) => ({ patient, epoch: 1, sequence })),
    )
  return { cache, read, reads, state }
}

describe('a document that goes to several recipients', () => {
  test('is read once, also by those who ask while it is being read', async () => {
    const { read, reads } = cacheOf()
    const [first, second] = await Promise.all([read(['ann', 'bob']), read(['bob', 'ann', 'cat'])])
    expect(reads).toEqual([['ann', 'bob'], ['cat']])
    expect(first.map((document) => document?.patient)).toEqual(['ann', 'bob'])
    expect(second.map((document) => document?.patient)).toEqual(['bob', 'ann', 'cat'])
    expect((await read(['ann']))[0]).toBe(first[0])
    expect(reads).toHaveLength(2)
  })

  test('is read anew for whoever is to have a later edition, and never comes in an earlier one', async () => {
    const { read, reads, state } = cacheOf()
    let open = () => {}
    state.gate = new Promise((settle) => {
      open = settle
    })
    const early = read(['ann'])
    state.sequence = 2
    const late = read(['ann'])
    open()
    expect((await early)[0]?.sequence).toBe(1)
    expect((await late)[0]?.sequence).toBe(2)
    expect(reads).toHaveLength(2)
  })

  test('is not there where it was withdrawn; and of a tombstone nothing is known by the summary', async () => {
    const { cache, read, reads } = cacheOf()
    expect(await read(['nobody', 'ann'])).toMatchObject([undefined, { patient: 'ann' }])
    await cache.read('withdrawn', [{ patient: 'ann', epoch: 1, sequence: 1 }])
    expect(reads).toEqual([['nobody', 'ann'], ['ann']])
  })

  test('is asked for again after the database was away', async () => {
    const { read, reads, state } = cacheOf()
    state.fails = true
    const both = await Promise.allSettled([read(['ann']), read(['ann', 'bob'])])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    state.fails = false
    expect(await read(['ann'])).toMatchObject([{ patient: 'ann' }])
    expect(reads).toEqual([['ann'], ['bob'], ['ann']])
  })

  test('is kept while there is room, the oldest no longer', async () => {
    const { read, reads } = cacheOf({ mostBytes: 2 * SIZE })
    await read(['ann', 'bob'])
    await read(['cat'])
    await read(['bob', 'cat'])
    expect(reads).toHaveLength(2)
    await read(['ann'])
    expect(reads).toHaveLength(3)
  })
})
