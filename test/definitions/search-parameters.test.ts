import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { SearchParameter } from 'fhir/r4.js'
import { loadPackage } from '../../src/definitions/package.ts'
import { searchParametersOf } from '../../src/definitions/search-parameters.ts'
import { SERVED } from '../../src/definitions/served.ts'
import { lineageOf } from '../../src/definitions/tables.ts'

/** Everything that R4 defines and that cannot be searched by, and why. */
const NOT_SEARCHABLE: Readonly<Record<string, string>> = {
  _id: 'a column of every resource, answered without rows',
  _lastUpdated: 'a column of every resource, answered without rows',
  _text: 'no expression: it asks for a full-text search of narratives',
  _content: 'no expression: it asks for a full-text search',
  _query: 'no expression: it names a query of a server',
  _filter: 'no expression: a language of its own; R4 has it for trial use',
  age: 'no expression',
  birthOrderBoolean: 'no expression',
  phonetic: 'not the value but the sound of it; a list of those whose names sound alike invites the wrong person',
}

const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const standard = readdirSync(folder)
  .filter((name) => name.startsWith('SearchParameter-'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as SearchParameter)
  .filter(({ id, url }) => url.startsWith('http://hl7.org/fhir/SearchParameter/') && !id?.startsWith('example'))

describe('Search parameters of the types that are served', () => {
  test.each(SERVED.map((served) => served.type))('%s: all that R4 defines, but those with a reason', (type) => {
    const offered = searchParametersOf(type).map(({ code }) => code)
    const missing = standard
      .filter(({ base = [] }) => lineageOf(type).some((one) => base.some((each) => each === one)))
      .map(({ code }) => code)
      .filter((code) => !offered.includes(code))
    expect(missing.filter((code) => NOT_SEARCHABLE[code] === undefined)).toEqual([])
    expect(new Set(offered).size).toBe(offered.length)
  })

  test('none of them is of type special, so none is missing for that', () => {
    const special = standard.filter(
      ({ type, base = [] }) => type === 'special' && base.some((one) => SERVED.some((served) => served.type === one)),
    )
    expect(special).toEqual([])
  })

  test('those of every resource are among them', () => {
    expect(searchParametersOf('Goal').map((parameter) => parameter.code)).toEqual(
      expect.arrayContaining(['_profile', '_security', '_source', '_tag']),
    )
  })

  test('a parameter says its type, definition and targets', () => {
    expect(searchParametersOf('Goal').find((parameter) => parameter.code === 'patient')).toMatchObject({
      type: 'reference',
      expression: 'Goal.subject.where(resolve() is Patient)',
      url: 'http://hl7.org/fhir/SearchParameter/clinical-patient',
    })
  })

  test('a composite says what stands together', () => {
    const parameter = searchParametersOf('Observation').find(({ code }) => code === 'component-code-value-quantity')
    expect(parameter).toMatchObject({
      type: 'composite',
      components: [
        { type: 'token', definition: 'http://hl7.org/fhir/SearchParameter/Observation-component-code' },
        { type: 'quantity', definition: 'http://hl7.org/fhir/SearchParameter/Observation-component-value-quantity' },
      ],
    })
  })

  test("KeyPlan's own are those of its package, each of a type that is served", () => {
    const own = loadPackage().all('SearchParameter') as SearchParameter[]
    expect(own.length).toBeGreaterThan(0)
    for (const { base, code, url, type } of own) {
      for (const one of base) {
        expect(SERVED.map((served) => served.type)).toContain(one)
        expect(searchParametersOf(one).find((parameter) => parameter.code === code)).toMatchObject({ url, type })
      }
    }
  })
})
