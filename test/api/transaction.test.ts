import { describe, expect, test } from '@jest/globals'
import { changeOfEntry } from '../../src/api/entry-request.ts'
import { type Entry, readEntries, requestOf } from '../../src/api/interactions/entries.ts'
import { planTransaction } from '../../src/api/interactions/transaction.ts'
import { targetOf } from '../../src/api/interactions/transaction-reads.ts'
import { NO_PREFERENCES } from '../../src/api/prefer.ts'
import type { RequestContext } from '../../src/context.ts'
import { Problem } from '../../src/fhir/outcome.ts'

const BASE = 'https://plans.example/fhir'
const bundle = (...entry: unknown[]) => ({ resourceType: 'Bundle', type: 'transaction', entry }) as never
const goal = (id?: string) => ({ resourceType: 'Goal', ...(id === undefined ? {} : { id }) })
const entry = (method: string, url: string, more: object = {}) => ({ request: { method, url }, ...more })

const data = Buffer.from(JSON.stringify([{ op: 'remove', path: '/note' }])).toString('base64')
const PATCH = { resourceType: 'Binary', contentType: 'application/json-patch+json', data }

const cx: RequestContext = {
  requestId: 'a3bb189e-8bf9-4a13-8b0f-1c1f7a0e2d11',
  caller: { kind: 'system', clientId: 'test', role: 'integrator', organization: 'X', scopes: [] },
  purpose: 'care',
  now: new Date(),
}
const planOf = (entries: readonly (Entry | undefined)[]) =>
  planTransaction(entries, (one) => changeOfEntry(cx, requestOf(one, NO_PREFERENCES)))

/** The plan of a transaction as short text, or what is wrong with it. */
const planned = async (...entries: unknown[]): Promise<string[]> => {
  const read = readEntries(bundle(...entries), BASE, 10)
  const { writes, issues } = await planOf(read.entries)
  const wrong = [...read.issues, ...issues].map(({ key, expression }) => `${key} ${expression}`)
  if (wrong.length > 0) return wrong
  return writes.map(({ index, change }) => {
    const { do: what } = change
    return `${index} ${what} ${change.do === 'create' ? change.resource.resourceType : targetOf(change)}`
  })
}

describe('the order of a transaction (http.html#trules)', () => {
  test('deletions, creations, updates and patches, whatever the order in the Bundle; reads are none of the writes', async () => {
    expect(
      await planned(
        entry('GET', 'Goal/9'),
        entry('PUT', 'Goal/1', { resource: goal('1') }),
        entry('HEAD', 'Goal/8'),
        entry('POST', 'Goal', { resource: goal() }),
        entry('DELETE', 'Goal/2'),
        entry('PATCH', 'Goal/3', { resource: PATCH }),
        entry('DELETE', 'Goal?identifier=a|b'),
        entry('POST', 'Goal', { resource: goal() }),
        entry('PUT', 'Goal?identifier=c|d', { resource: goal() }),
      ),
    ).toEqual([
      '4 delete Goal/2',
      '6 delete Goal/?identifier=a%7Cb',
      '3 create Goal',
      '7 create Goal',
      '1 update Goal/1',
      '5 patch Goal/3',
      '8 update Goal/?identifier=c%7Cd',
    ])
  })

  test('a url may be absolute, below our base', async () => {
    expect(await planned(entry('DELETE', `${BASE}/Goal/2`), entry('DELETE', '/Goal/3'))).toEqual([
      '0 delete Goal/2',
      '1 delete Goal/3',
    ])
    expect(await planned(entry('DELETE', 'https://elsewhere.example/fhir/Goal/2'))).toEqual([
      'unknown-type Bundle.entry[0]',
    ])
  })
})

describe('what an entry asks for', () => {
  const changeOf = async (one: unknown) => {
    const { entries } = readEntries(bundle(one), BASE, 10)
    return (await planOf(entries)).writes[0]?.change
  }

  test('a creation ignores the id, keeps the fullUrl, and may have a condition', async () => {
    expect(
      await changeOf({
        fullUrl: 'urn:uuid:1',
        resource: goal('mine'),
        request: { method: 'POST', url: 'Goal', ifNoneExist: 'identifier=a|b' },
      }),
    ).toEqual({
      at: 'Bundle.entry[0].resource',
      do: 'create',
      fullUrl: 'urn:uuid:1',
      resource: { resourceType: 'Goal' },
      ifNoneExist: 'identifier=a|b',
    })
  })

  test('an update may demand a version, or that there is none yet', async () => {
    const update = (request: object) =>
      changeOf({ resource: goal('1'), request: { method: 'PUT', url: 'Goal/1', ...request } })
    expect(await update({ ifMatch: 'W/"4"' })).toMatchObject({ do: 'update', id: '1', ifMatch: 4 })
    expect(await update({ ifNoneMatch: '*' })).toMatchObject({ do: 'update', id: '1', onlyCreate: true })
  })

  test('a deletion may demand a version', async () => {
    expect(await changeOf({ request: { method: 'DELETE', url: 'Goal/1', ifMatch: 'W/"4"' } })).toMatchObject({
      do: 'delete',
      type: 'Goal',
      id: '1',
      ifMatch: 4,
    })
  })
})

describe('a transaction is refused whole', () => {
  const AT = 'Bundle.entry[0]'
  test.each([
    ['no request', {}, `entry-request-missing ${AT}.request`],
    ['an entry that is no object', 1, `entry-malformed ${AT}`],
    ['a method that HTTP does not have', entry('SAVE', 'Goal/1'), `entry-method-not-served ${AT}.request.method`],
    ['PATCH without a patch', entry('PATCH', 'Goal/1'), `body-missing ${AT}`],
    [
      'PATCH with a resource that is no patch',
      entry('PATCH', 'Goal/1', { resource: goal('1') }),
      `patch-malformed ${AT}.resource`,
    ],
    ['PUT without a resource', entry('PUT', 'Goal/1'), `body-missing ${AT}`],
    ['an element of an entry that is not known', entry('GET', 'Goal/1', { reqest: {} }), `entry-malformed ${AT}`],
    [
      'an element of a request that is not known: a misspelt ifMatch protects nothing',
      { resource: goal('1'), request: { method: 'PUT', url: 'Goal/1', ifmatch: 'W/"1"' } },
      `entry-malformed ${AT}.request`,
    ],
    [
      'a fullUrl of a version (bdl-8)',
      entry('POST', 'Goal', { resource: goal(), fullUrl: `${BASE}/Goal/1/_history/1` }),
      `entry-malformed ${AT}.fullUrl`,
    ],
    [
      'a fullUrl that is the address of another resource here',
      entry('PUT', 'Goal/1', { resource: goal('1'), fullUrl: `${BASE}/Goal/2` }),
      `entry-fullurl-disagrees ${AT}.fullUrl`,
    ],
    ['no url', { request: { method: 'GET' } }, `entry-url-missing ${AT}.request.url`],
    ['a resource that is none', entry('POST', 'Goal', { resource: [] }), `entry-resource-malformed ${AT}.resource`],
    [
      'a resource with DELETE',
      entry('DELETE', 'Goal/1', { resource: goal() }),
      `entry-resource-not-expected ${AT}.resource`,
    ],
    [
      'a condition that is no text',
      { request: { method: 'DELETE', url: 'Goal/1', ifMatch: 1 } },
      `entry-malformed ${AT}.request.ifMatch`,
    ],
    [
      'a condition that is malformed',
      { request: { method: 'DELETE', url: 'Goal/1', ifMatch: '1' } },
      `if-match-malformed ${AT}.request.ifMatch`,
    ],
    [
      'a parameter beside an id',
      entry('PUT', 'Goal/1?identifier=a|b', { resource: goal('1') }),
      `parameter-not-supported ${AT}.request.url`,
    ],
    ['a deletion that names nothing', entry('DELETE', 'Goal'), `criteria-missing ${AT}.request.url`],
    ['a deletion of what is kept', entry('DELETE', 'Provenance/1'), `never-deleted ${AT}`],
    [
      'a type that is not served',
      entry('POST', 'Encounter', { resource: { resourceType: 'Encounter' } }),
      `unknown-type ${AT}`,
    ],
    [
      'another type than the url says',
      entry('POST', 'Goal', { resource: { resourceType: 'Consent' } }),
      `resource-type-mismatch ${AT}.resource`,
    ],
    ['POST with an id', entry('POST', 'Goal/1', { resource: goal() }), `method-not-allowed ${AT}`],
    ['PUT without an id', entry('PUT', 'Goal', { resource: goal() }), `criteria-missing ${AT}.request.url`],
    ['another id than the url says', entry('PUT', 'Goal/1', { resource: goal('2') }), `id-mismatch ${AT}.resource.id`],
    ['an operation', entry('POST', 'CarePlan/$submit', { resource: goal() }), `entry-not-supported ${AT}.request.url`],
    ['a Bundle in the Bundle', entry('POST', '/', { resource: bundle() }), `entry-not-supported ${AT}`],
    [
      'a version as the place to write',
      entry('PUT', 'Goal/1/_history/1', { resource: goal('1') }),
      `method-not-allowed ${AT}`,
    ],
  ])('for %s', async (_about, one, expected) => {
    expect(await planned(one)).toEqual([expected])
  })

  test('for a resource that two entries write', async () => {
    expect(await planned(entry('PUT', 'Goal/1', { resource: goal('1') }), entry('DELETE', 'Goal/1'))).toEqual([
      'duplicate-entry Bundle.entry[1].request.url',
    ])
  })

  test('for two conditional updates of one identity, and two deletions (lessons: one was silently dropped)', async () => {
    const update = entry('PUT', 'Goal?identifier=a|b', { resource: goal() })
    expect(await planned(update, update)).toEqual(['duplicate-entry Bundle.entry[1].request.url'])
    const deletion = entry('DELETE', 'Goal?identifier=a|b')
    expect(await planned(deletion, update)).toEqual(['duplicate-entry Bundle.entry[1].request.url'])
  })

  test('for two conditional creations of one identity', async () => {
    const one = { resource: goal(), request: { method: 'POST', url: 'Goal', ifNoneExist: 'identifier=a|b' } }
    expect(await planned(one, one)).toEqual(['duplicate-entry Bundle.entry[1].request.ifNoneExist'])
  })

  test('for two entries with one fullUrl', async () => {
    const one = entry('POST', 'Goal', { resource: goal(), fullUrl: 'urn:uuid:1' })
    expect(await planned(one, one)).toEqual(['duplicate-entry Bundle.entry[1].fullUrl'])
  })

  test('with the faults of all entries at once', async () => {
    expect(await planned({}, entry('POST', 'Goal/1'), entry('GET', 'Goal/1'), entry('PUT', 'Goal'))).toHaveLength(3)
  })

  test('for more entries than are read', async () => {
    const many = Array.from({ length: 11 }, () => entry('GET', 'Goal/1'))
    expect(() => readEntries(bundle(...many), BASE, 10)).toThrow(Problem)
  })
})
