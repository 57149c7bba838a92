import { describe, expect, test } from '@jest/globals'
import { readEntries } from '../../src/api/interactions/entries.ts'
import { planTransaction } from '../../src/api/interactions/transaction.ts'
import { Problem } from '../../src/fhir/outcome.ts'

const BASE = 'https://plans.example/fhir'
const bundle = (...entry: unknown[]) => ({ resourceType: 'Bundle', type: 'transaction', entry }) as never
const goal = (id?: string) => ({ resourceType: 'Goal', ...(id === undefined ? {} : { id }) })
const entry = (method: string, url: string, more: object = {}) => ({ request: { method, url }, ...more })

/** The plan of a transaction as short text, or what is wrong with it. */
const planned = (...entries: unknown[]): string[] => {
  const read = readEntries(bundle(...entries), BASE, 10)
  const { writes, issues } = planTransaction(read.entries)
  const wrong = [...read.issues, ...issues].map(({ key, expression }) => `${key} ${expression}`)
  if (wrong.length > 0) return wrong
  return writes.map(({ index, change }) => {
    const { do: what, ...rest } = change
    const type = rest && 'resource' in rest ? rest.resource.resourceType : 'type' in rest ? rest.type : ''
    return `${index} ${what} ${type}${'id' in rest ? `/${rest.id}` : ''}`
  })
}

describe('the order of a transaction (http.html#trules)', () => {
  test('deletions, creations, updates, whatever the order in the Bundle; reads are none of the writes', () => {
    expect(
      planned(
        entry('GET', 'Goal/9'),
        entry('PUT', 'Goal/1', { resource: goal('1') }),
        entry('POST', 'Goal', { resource: goal() }),
        entry('DELETE', 'Goal/2'),
        entry('PUT', 'Goal/3', { resource: goal('3') }),
        entry('DELETE', 'Goal/4'),
        entry('POST', 'Goal', { resource: goal() }),
      ),
    ).toEqual([
      '3 delete Goal/2',
      '5 delete Goal/4',
      '2 create Goal',
      '6 create Goal',
      '1 update Goal/1',
      '4 update Goal/3',
    ])
  })

  test('a url may be absolute, below our base', () => {
    expect(planned(entry('DELETE', `${BASE}/Goal/2`), entry('DELETE', '/Goal/3'))).toEqual([
      '0 delete Goal/2',
      '1 delete Goal/3',
    ])
    expect(planned(entry('DELETE', 'https://elsewhere.example/fhir/Goal/2'))).toEqual([
      'unknown-type Bundle.entry[0].request.url',
    ])
  })
})

describe('what an entry asks for', () => {
  const changeOf = (one: unknown) => {
    const { entries } = readEntries(bundle(one), BASE, 10)
    return planTransaction(entries).writes[0]?.change
  }

  test('a creation ignores the id, keeps the fullUrl, and may have a condition', () => {
    expect(
      changeOf({
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

  test('an update may demand a version, or that there is none yet', () => {
    const update = (request: object) =>
      changeOf({ resource: goal('1'), request: { method: 'PUT', url: 'Goal/1', ...request } })
    expect(update({ ifMatch: 'W/"4"' })).toMatchObject({ do: 'update', id: '1', ifMatch: 4 })
    expect(update({ ifNoneMatch: '*' })).toMatchObject({ do: 'update', id: '1', onlyCreate: true })
  })

  test('a deletion may demand a version', () => {
    expect(changeOf({ request: { method: 'DELETE', url: 'Goal/1', ifMatch: 'W/"4"' } })).toMatchObject({
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
    ['PATCH', entry('PATCH', 'Goal/1'), `entry-method-not-served ${AT}.request.method`],
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
      'a conditional update',
      entry('PUT', 'Goal?identifier=a|b', { resource: goal() }),
      `condition-not-supported ${AT}.request.url`,
    ],
    ['a conditional deletion', entry('DELETE', 'Goal?x=y'), `condition-not-supported ${AT}.request.url`],
    [
      'a type that is not served',
      entry('POST', 'Encounter', { resource: { resourceType: 'Encounter' } }),
      `unknown-type ${AT}.request.url`,
    ],
    [
      'another type than the url says',
      entry('POST', 'Goal', { resource: { resourceType: 'Consent' } }),
      `resource-type-mismatch ${AT}.resource`,
    ],
    ['POST with an id', entry('POST', 'Goal/1', { resource: goal() }), `entry-url-malformed ${AT}.request.url`],
    ['PUT without an id', entry('PUT', 'Goal', { resource: goal() }), `entry-url-malformed ${AT}.request.url`],
    ['another id than the url says', entry('PUT', 'Goal/1', { resource: goal('2') }), `id-mismatch ${AT}.resource.id`],
    ['an operation', entry('POST', 'CarePlan/$submit', { resource: goal() }), `entry-url-malformed ${AT}.request.url`],
    [
      'a version as the place to write',
      entry('PUT', 'Goal/1/_history/1', { resource: goal('1') }),
      `entry-url-malformed ${AT}.request.url`,
    ],
  ])('for %s', (_about, one, expected) => {
    expect(planned(one)).toEqual([expected])
  })

  test('for a resource that two entries write', () => {
    expect(planned(entry('PUT', 'Goal/1', { resource: goal('1') }), entry('DELETE', 'Goal/1'))).toEqual([
      'duplicate-entry Bundle.entry[1].request.url',
    ])
  })

  test('for two conditional creations of one identity', () => {
    const one = { resource: goal(), request: { method: 'POST', url: 'Goal', ifNoneExist: 'identifier=a|b' } }
    expect(planned(one, one)).toEqual(['duplicate-entry Bundle.entry[1].request.ifNoneExist'])
  })

  test('for two entries with one fullUrl', () => {
    const one = entry('POST', 'Goal', { resource: goal(), fullUrl: 'urn:uuid:1' })
    expect(planned(one, one)).toEqual(['duplicate-entry Bundle.entry[1].fullUrl'])
  })

  test('with the faults of all entries at once', () => {
    expect(planned({}, entry('POST', 'Goal/1'), entry('GET', 'Goal/1'), entry('PUT', 'Goal'))).toHaveLength(3)
  })

  test('for more entries than are read', () => {
    const many = Array.from({ length: 11 }, () => entry('GET', 'Goal/1'))
    expect(() => readEntries(bundle(...many), BASE, 10)).toThrow(Problem)
  })
})
