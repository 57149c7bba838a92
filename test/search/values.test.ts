import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { searchParametersOf } from '../../src/definitions/search-parameters.ts'
import { SERVED } from '../../src/definitions/served.ts'
import { foldText, searchValues } from '../../src/search/values.ts'

const valuesOf = (resource: { resourceType: string }) =>
  searchValues(resource, searchParametersOf(resource.resourceType))
const of = <R extends { code: string }>(rows: readonly R[], code: string) =>
  rows.filter((row) => row.code === code).map(({ code: _, ...row }) => row)

describe('What a resource is found by (search.html#table)', () => {
  const patient = valuesOf({
    resourceType: 'Patient',
    meta: { tag: [{ system: 'http://a', code: 't' }], profile: ['http://a/p'], security: [{ code: 'R' }] },
    active: true,
    identifier: [
      { system: 'urn:oid:1', value: '1' },
      { value: '2' },
      { system: 'urn:oid:1', value: '1' },
      { system: 'urn:oid:1' },
    ],
    name: [{ family: 'Ó  Súilleabháin', given: ['Zoë', null], prefix: ['Dr'] }],
    telecom: [
      { system: 'phone', value: '01632 960000' },
      { system: 'email', value: 'a@example.org' },
    ],
    gender: 'female',
    birthDate: '1941-06-01',
    address: [{ line: ['1 High Street'], postalCode: 'ZZ99 3VZ', use: 'home' }],
    generalPractitioner: [
      { reference: 'Organization/gp' },
      { reference: 'https://a.example/Organization/2' },
      { reference: 'urn:uuid:1' },
      { reference: 'Practitioner/1/_history/2' },
    ],
  } as { resourceType: string })

  test('tokens: identifiers, codings, codes, booleans, contact points; each once', () => {
    expect(of(patient.tokens, 'identifier')).toEqual([
      { system: 'urn:oid:1', value: '1' },
      { system: '', value: '2' },
    ])
    expect(of(patient.tokens, 'gender')).toEqual([{ system: '', value: 'female' }])
    expect(of(patient.tokens, 'active')).toEqual([{ system: '', value: 'true' }])
    expect(of(patient.tokens, 'deceased')).toEqual([{ system: '', value: 'false' }])
    expect(of(patient.tokens, 'phone')).toEqual([{ system: '', value: '01632 960000' }])
    expect(of(patient.tokens, '_tag')).toEqual([{ system: 'http://a', value: 't' }])
    expect(of(patient.tokens, '_security')).toEqual([{ system: '', value: 'R' }])
  })

  test('references: relative literal ones, without their version', () => {
    expect(of(patient.references, 'general-practitioner')).toEqual([
      { type: 'Organization', id: 'gp' },
      { type: 'Practitioner', id: '1' },
    ])
  })

  test('strings: each part of a name or address, folded', () => {
    expect(of(patient.strings, 'name')).toEqual([{ value: 'o suilleabhain' }, { value: 'zoe' }, { value: 'dr' }])
    expect(of(patient.strings, 'address')).toEqual([{ value: '1 high street' }, { value: 'zz99 3vz' }])
    expect(of(patient.strings, 'address-postalcode')).toEqual([{ value: 'zz99 3vz' }])
  })

  test('dates: as stretches of time', () => {
    expect(of(patient.dates, 'birthdate')).toEqual([
      { low: '1941-05-31T22:00:00.000Z', high: '1941-06-01T22:00:00.000Z' },
    ])
  })

  test('uris: profiles, and canonical references', () => {
    expect(of(patient.uris, '_profile')).toEqual([{ value: 'http://a/p' }])
    const response = valuesOf({ resourceType: 'QuestionnaireResponse', questionnaire: 'http://a/q|1' } as {
      resourceType: string
    })
    expect(of(response.uris, 'questionnaire')).toEqual([{ value: 'http://a/q|1' }])
    expect(response.references).toEqual([])
  })

  test('an open period reaches to the end or the beginning of time; one with neither end has no row', () => {
    const period = (value: object) =>
      of(valuesOf({ resourceType: 'CarePlan', period: value } as { resourceType: string }).dates, 'date')
    expect(period({ start: '2026-01-01' })).toEqual([
      { low: '2026-01-01T00:00:00.000Z', high: '9999-12-31T23:59:59.999Z' },
    ])
    expect(period({ end: '2026' })).toEqual([{ low: '0001-01-01T00:00:00.000Z', high: '2027-01-01T00:00:00.000Z' }])
    expect(period({ id: 'x' })).toEqual([])
  })

  test('of a timing, its events and its bounds', () => {
    const plan = {
      resourceType: 'CarePlan',
      activity: [
        {
          detail: {
            scheduledTiming: { event: ['2026-01-01'], repeat: { boundsPeriod: { start: '2026', end: '2027' } } },
          },
        },
      ],
    }
    expect(of(valuesOf(plan).dates, 'activity-date')).toEqual([
      { low: '2026-01-01T00:00:00.000Z', high: '2026-01-02T00:00:00.000Z' },
      { low: '2026-01-01T00:00:00.000Z', high: '2028-01-01T00:00:00.000Z' },
    ])
  })

  test('patient only where the subject is one (Goal-patient)', () => {
    expect(
      valuesOf({ resourceType: 'Goal', subject: { reference: 'Group/1' } } as { resourceType: string }).references,
    ).toEqual([{ code: 'subject', type: 'Group', id: '1' }])
  })

  test('texts that differ in case, accents and spacing only fold to one', () => {
    expect(foldText(' ÉCOLE  Ångström\n')).toBe('ecole angstrom')
    expect(foldText(foldText('ﬁ Ⅳ ŠŽ'))).toBe(foldText('ﬁ Ⅳ ŠŽ'))
  })
})

describe('The official examples', () => {
  const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
  const served = SERVED.map((type) => type.type).filter((type) => type !== 'Bundle')
  test.each(served)('%s: values are taken from each, with complete rows', (type) => {
    let rows = 0
    for (const name of readdirSync(folder).filter((file) => file.startsWith(`${type}-`))) {
      const found = valuesOf(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { resourceType: string })
      for (const row of [...found.tokens, ...found.references, ...found.strings, ...found.dates, ...found.uris]) {
        rows++
        for (const value of Object.values(row)) expect(typeof value).toBe('string')
      }
      for (const { low, high } of found.dates) expect(low < high).toBe(true)
    }
    expect(rows).toBeGreaterThan(0)
  })
})
