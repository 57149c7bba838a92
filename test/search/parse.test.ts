import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { SERVED } from '../../src/definitions/served.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import { isOpen } from '../../src/search/query/open.ts'
import { type Asked, parseSearch } from '../../src/search/query/parse.ts'

const cases = JSON.parse(readFileSync(new URL('parse.cases.json', import.meta.url), 'utf8')) as {
  'what is refused': [query: string, key: string, says: string][]
  'what it means': [query: string, conditions: object[]][]
}

const NOW = new Date('2026-01-11T00:00:11Z')

const asked = (query: string, more: Partial<Asked> = {}): Asked => {
  const [type = '', parameters] = query.split('?')
  return {
    types: type.split(','),
    // As they are: what is tested here is not how a URL is read.
    parameters: (parameters ?? '').split('&').map((pair): [string, string] => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
    lenient: false,
    base: 'https://here.example/fhir',
    now: NOW,
    isBuilding: () => false,
    ...more,
  }
}

const refusal = (query: string, more: Partial<Asked> = {}): Problem => {
  try {
    parseSearch(asked(query, more))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`${query} was not refused`)
}

describe('what is refused (search.html#errors)', () => {
  test.each(cases['what is refused'])('%s: %s', (query, key, says) => {
    const { kind, issues, message } = refusal(query)
    expect([kind, issues.map((issue) => issue.key)]).toEqual(['bad-request', [key]])
    expect(message).toContain(says)
  })

  test('all that is wrong is said at once, and no value is repeated', () => {
    const { issues, message } = refusal('Goal?colour=blue&start-date=margaret&_sort=x')
    expect(issues.map(({ expression }) => expression)).toEqual(['colour', 'start-date', '_sort'])
    expect(message).not.toMatch(/margaret|blue/)
  })

  test('a name that is none is not repeated', () => {
    expect(refusal('Goal?Margaret Testperson=1').issues[0]).toMatchObject({ expression: 'parameter' })
    expect(refusal('Goal?Margaret Testperson=1').message).not.toContain('Margaret')
  })

  test('more alternatives, parameters or characters than are of use', () => {
    expect(refusal(`Goal?_id=${'a,'.repeat(100)}b`).message).toContain('100 alternatives')
    expect(refusal(`Goal?${'_id=a&'.repeat(30)}_id=b`).issues[0]?.key).toBe('search-too-wide')
    expect(refusal(`Goal?identifier=${'a'.repeat(2_002)}`).issues[0]?.key).toBe('value-too-long')
    expect(refusal(`Organization?name=${'a'.repeat(501)}`).issues[0]?.key).toBe('search-value-invalid')
  })

  // Each of them is within the limits of its own: together they are more than PostgreSQL plans, or takes as values, in any time.
  test.each([
    [
      'chains that name no type, which go over all of them',
      `Provenance?${'target.subject._id=x&'.repeat(29)}_id=x`,
      {},
    ],
    ['30 parameters of every type', `${SERVED.map(({ type }) => type)}?${'_tag=x&'.repeat(29)}_id=x`, {}],
    [
      '100 dates in each of 30 parameters',
      `Task?${`authored-on=${'ap2026-01-01T10:00,'.repeat(99)}2026&`.repeat(29)}_id=x`,
      {},
    ],
    [
      'a large value set named again and again, even of a caller who is lenient',
      `CarePlan?category:in=${Array.from({ length: 100 }, () => 'http://terminology.hl7.org/ValueSet/v3-ActCode').join()}`,
      { lenient: true },
    ],
  ])('%s: search-too-wide, once and at once', (_, query, more) => {
    expect(refusal(query, more).issues.map(({ key, code }) => [key, code])).toEqual([['search-too-wide', 'too-costly']])
  })

  test('what anybody asks in earnest is far from that', () => {
    const codes = Array.from({ length: 100 }, (_, at) => `id-${at}`).join()
    expect(parseSearch(asked(`Task?${`status=${codes}&`.repeat(30).slice(0, -1)}`)).issues).toEqual([])
    expect(
      parseSearch(asked(`${SERVED.map(({ type }) => type)}?_lastUpdated=gt2026&_tag=a,b&_security:not=c`)).issues,
    ).toEqual([])
    expect(parseSearch(asked('CarePlan?category:in=http://terminology.hl7.org/ValueSet/v3-ActCode')).issues).toEqual([])
  })

  test('a parameter that is being built, wherever it stands', () => {
    const isBuilding = (type: string, parameter: string) => type === 'Patient' && parameter === 'general-practitioner'
    for (const query of [
      'Patient?general-practitioner=Organization/1',
      'CarePlan?patient.general-practitioner=Organization/1',
      'Organization?_has:Patient:general-practitioner:active=true',
      'Patient?_include=Patient:general-practitioner',
      'Patient?_include=*',
      'Patient?_sort=general-practitioner',
    ]) {
      expect([query, refusal(query, { isBuilding }).issues.map(({ key }) => key)]).toEqual([
        query,
        ['search-parameter-building'],
      ])
    }
    expect(parseSearch(asked('Patient?active=true', { isBuilding })).issues).toEqual([])
  })
})

describe('what is left out where the caller is lenient (search.html#lenient)', () => {
  test('names and modifiers that are unknown are reported; values that cannot be read are refused all the same', () => {
    const { understood, issues } = parseSearch(
      asked('Goal?colour=blue&start-date:exact=2026&_include=Goal:colour&lifecycle-status=active', { lenient: true }),
    )
    expect(understood).toEqual([['lifecycle-status', 'active']])
    expect(issues.map(({ severity, key }) => `${severity} ${key}`)).toEqual([
      'warning search-parameter-unknown',
      'warning search-modifier-unknown',
      'warning include-unknown',
    ])
    expect(refusal('Goal?start-date=x', { lenient: true }).issues.map(({ key }) => key)).toEqual([
      'search-value-invalid',
    ])
  })
})

describe('what it means', () => {
  test.each(cases['what it means'])('%s', (query, conditions) => {
    expect(JSON.parse(JSON.stringify(parseSearch(asked(query)).query.branches[0]?.conditions))).toEqual(conditions)
  })

  test('the codes of a value set, and what stands below a code', () => {
    const { branches } = parseSearch(asked('Organization?type:in=http://hl7.org/fhir/ValueSet/organization-type')).query
    const provider = { system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov' }
    expect(branches[0]?.conditions[0]).toMatchObject({ alternatives: expect.arrayContaining([provider]) })
  })

  test('types that are reached need to be known for their scopes', () => {
    const { reached, shown } = parseSearch(
      asked(
        'CarePlan?patient.general-practitioner:Organization.name=x&_has:Provenance:target:agent.name=y&_include=CarePlan:goal&_revinclude=Task:focus',
      ),
    )
    expect(reached).toEqual(['Organization', 'Patient', 'Practitioner', 'Provenance', 'RelatedPerson'])
    expect(shown).toEqual(['Goal', 'Task'])
  })
})

describe('what may stand in a link', () => {
  test.each<[string, string, boolean]>([
    ['status', 'active', true],
    ['patient', 'Patient/1', true],
    ['subject:Patient', '1', true],
    ['status:not', 'active', true],
    ['_include:iterate', 'CarePlan:goal', true],
    ['category', 'urn:a|b', false],
    ['identifier', '1', false],
    ['patient:identifier', '1', false],
    ['patient.identifier', '1', false],
    ['patient.name', 'x', false],
    ['_has:Goal:patient:identifier', '1', false],
    ['name', 'x', false],
    ['birthdate', '1941', false],
    ['code:text', 'x', false],
    // Thirty of these would make a link that is too long to be followed.
    ['status', 'a'.repeat(101), false],
    ['_include', 'a'.repeat(101), true],
  ])('%s=%s: %s', (name, value, open) => {
    expect(isOpen([name, value])).toBe(open)
  })
})
