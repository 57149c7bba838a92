/** Which statements of searches have their plans kept. */
import { describe, expect, test } from '@jest/globals'
import { parseSearch } from '../../src/search/query/parse.ts'
import { searchSql, sortedSql } from '../../src/search/sql/statement.ts'
import { namesOfRecurring } from '../../src/store/database/prepared.ts'
import { permitFor } from '../support/permit.ts'

const times = <Value>(count: number, of: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => of(index))

describe('a name for a statement whose plan is kept', () => {
  test('is given to a text that comes for the third time, and stays', () => {
    const nameOf = namesOfRecurring('search')
    const names = times(4, () => nameOf('select 1'))
    expect(names.slice(0, 2)).toEqual([undefined, undefined])
    expect(names[2]).toMatch(/^search-/)
    expect(names[3]).toBe(names[2])
  })

  test('belongs to one text', () => {
    const nameOf = namesOfRecurring('search')
    const names = times(20, (index) => times(3, () => nameOf(`select ${index}`))[2])
    expect(new Set(names).size).toBe(20)
    expect(names).not.toContain(undefined)
  })

  test('is given to no more than a connection can keep, however many texts come', () => {
    const nameOf = namesOfRecurring('search')
    const named = times(1_000, (index) => times(3, () => nameOf(`select ${index}`))[2]).filter(
      (name) => name !== undefined,
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.length).toBeLessThanOrEqual(60)
  })

  test('is not given for ever other texts, and these do not keep others from one', () => {
    const nameOf = namesOfRecurring('search')
    expect(times(5_000, (index) => nameOf(`select ${index}`)).filter((name) => name !== undefined)).toEqual([])
    expect(times(3, () => nameOf('select again'))[2]).toMatch(/^search-/)
  })
})

describe('the plan of a search is kept where its values change nothing about it', () => {
  const PERMIT = permitFor({ kind: 'system', clientId: 'crew', role: 'ambulance', organization: 'Y', scopes: [] })
  const NOW = new Date('2026-03-01T12:00:00Z')
  const KEEP = { name: 'kept', client: 'crew', now: NOW, until: NOW, most: 100 }

  test.each([
    ['CarePlan?patient=p1', true],
    ['CarePlan?patient=p1&status=active&category=emergency-care', true],
    ['Patient?identifier=urn:number|1', true],
    ['Goal?patient:identifier=urn:number|1', true],
    ['CarePlan?patient.identifier=urn:number|1', true],
    ['CarePlan?_id=a&status=active', true],
    ['Task?patient=p1&_sort=-authored-on', true],
    // Where many may match, PostgreSQL is to choose by the values.
    ['CarePlan?status=active', false],
    ['Task?owner=Organization/o1&status=requested&_sort=-authored-on', false],
    ['Patient?family=smith&birthdate=1950-01-01', false],
    ['Patient?identifier=urn:number|', false],
    ['CarePlan?_lastUpdated=gt2026-01-01', false],
    ['CarePlan', false],
  ])('%s: %s', (text, kept) => {
    const [type = '', parameters = ''] = text.split('?')
    const { query } = parseSearch({
      types: [type],
      parameters: [...new URLSearchParams(parameters)],
      lenient: false,
      base: undefined,
      now: NOW,
      isBuilding: () => false,
    })
    const sql = query.sort.length > 0 ? sortedSql(query, PERMIT, KEEP) : searchSql(query, PERMIT)
    expect(sql.steady).toBe(kept)
  })
})
