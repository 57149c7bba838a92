import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js'
import { SERVED } from '../../../src/definitions/served.ts'
import { findParameter, hierarchiesOf, modifiersOf, type Searchable } from '../../../src/search/query/parameters.ts'
import type { FhirRequest, TestService } from '../../support/service.ts'
import { startStage } from './stage.ts'

let service: TestService
let gp: FhirRequest
let statement: CapabilityStatement

beforeAll(async () => {
  ;({ service, gp } = await startStage())
  statement = (await gp<CapabilityStatement>('GET', '/metadata')).body
})

afterAll(() => service.stop())

const resources = (): CapabilityStatementRestResource[] =>
  (statement.rest?.[0]?.resource ?? []).filter(({ type }) => SERVED.some((served) => served.type === type))

/** A value that a parameter of this type can have. */
const VALUE: Readonly<Record<string, string>> = {
  token: 'urn:x%7Cy',
  string: 'x',
  date: 'ge2020-01-01',
  quantity: 'gt5',
  number: 'gt5',
  uri: 'urn:x',
  reference: 'x',
}
/** And with these modifiers. */
const MODIFIED: Readonly<Record<string, string>> = {
  missing: 'true',
  in: 'http://hl7.org/fhir/ValueSet/request-status',
  'not-in': 'http://hl7.org/fhir/ValueSet/request-status',
  above: 'http://hl7.org/fhir/request-status%7Cactive',
  below: 'http://hl7.org/fhir/request-status%7Cactive',
}
const COMPOSITES: Readonly<Record<string, string>> = {
  'code-value-date': 'a$2026',
  relationship: 'replaces$DocumentReference/1',
}
const compositeValue = (name: string): string => COMPOSITES[name] ?? (name.endsWith('quantity') ? 'a$5' : 'a$b')
const valueOfType = (name: string, type: string): string =>
  name === '_id' ? 'x' : type === 'composite' ? compositeValue(name) : (VALUE[type] ?? 'x')

/** A value with which a reference can be searched for above and below: of a type of which one can be part of another, or a canonical address. */
const referenceIn = (parameter: Searchable): string => `${hierarchiesOf(parameter)[0] ?? 'urn:'}/x`

/** Searches once for each of these lists of parameters, and answers those that were not understood. */
const refusedOf = async (
  searches: readonly (readonly [path: string, parameters: readonly string[]])[],
): Promise<string[]> => {
  const refused: string[] = []
  for (const [path, parameters] of searches) {
    const query = `${path}?${parameters.join('&')}&_count=1`
    const { status, body, text } = await gp<Bundle>('GET', `/${query}`)
    if (status !== 200) refused.push(`${query}: ${text}`)
    else {
      const self = new URL(body.link?.[0]?.url ?? '').searchParams
      refused.push(...parameters.filter((one) => !self.has(one.split('=')[0] ?? '')).map((one) => `${path}?${one}`))
    }
  }
  return refused
}

/** Lists of at most so many. */
const inParts = <Item>(items: readonly Item[], most: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / most) }, (_, part) => items.slice(part * most, (part + 1) * most))

describe('each search that the CapabilityStatement claims is answered (capabilitystatement.html)', () => {
  test.each(SERVED.map(({ type }) => type))(
    '%s: each parameter, with each of its modifiers, and in order',
    async (type) => {
      const { searchParam = [] } = resources().find((resource) => resource.type === type) ?? {}
      expect(searchParam.map(({ name }) => name)).toEqual(expect.arrayContaining(['_id', '_lastUpdated', '_tag']))
      const searches = searchParam.map(({ name, type: kind }): [string, string[]] => {
        const modified = modifiersOf(findParameter(type, name) as Searchable).map((modifier) => {
          const value =
            modifier === 'of-type'
              ? 'urn:x%7Cy%7Cz'
              : name === 'contenttype' && modifier === 'below'
                ? 'text/html'
                : kind === 'token'
                  ? MODIFIED[modifier]
                  : kind === 'reference' && modifier !== 'identifier'
                    ? referenceIn(findParameter(type, name) as Searchable)
                    : undefined
          return `${name}:${modifier}=${modifier === 'missing' ? 'true' : (value ?? valueOfType(name, kind))}`
        })
        const sorted = kind === 'composite' ? [] : [`_sort=${name}`]
        return [type, [`${name}=${valueOfType(name, kind)}`, ...modified, ...sorted]]
      })
      expect(await refusedOf(searches)).toEqual([])
    },
  )

  test('each include and each reverse include', async () => {
    const searches = resources().flatMap(({ type, searchInclude = [], searchRevInclude = [] }) => [
      ...inParts(
        searchInclude.map((include) => `_include=${include}`),
        20,
      ).map((part) => [type, part] as const),
      ...inParts(
        searchRevInclude.map((include) => `_revinclude=${include}`),
        20,
      ).map((part) => [type, part] as const),
      ...inParts(
        searchRevInclude.map((include) => `_has:${include}:_id=x`),
        20,
      ).map((part) => [type, part] as const),
    ])
    const all = searches.flatMap(([type, part]) => part.map((one) => `${type}?${one}`))
    expect(all).toEqual(
      expect.arrayContaining(['CarePlan?_include=CarePlan:goal', 'Patient?_revinclude=CarePlan:patient']),
    )
    expect(await refusedOf(searches)).toEqual([])
  })

  test('a search across types by what all of them have, and the compartment of a Patient', async () => {
    const { interaction = [], searchParam = [], compartment } = statement.rest?.[0] ?? {}
    expect(interaction.map(({ code }) => code)).toContain('search-system')
    expect(searchParam.map(({ name }) => name).sort()).toEqual([
      '_id',
      '_lastUpdated',
      '_profile',
      '_security',
      '_source',
      '_tag',
    ])
    expect(await refusedOf([['', searchParam.map(({ name, type }) => `${name}=${valueOfType(name, type)}`)]])).toEqual(
      [],
    )
    expect(compartment).toEqual(['http://hl7.org/fhir/CompartmentDefinition/patient'])
    expect(await refusedOf([['Patient/p-one/*', ['_id=x']]])).toEqual([])
  })
})
