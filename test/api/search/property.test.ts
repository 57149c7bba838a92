/** Random resources and random queries: the same answers as when each resource is looked at by itself, by the words of the standard. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { END, stretchOf } from '../../../src/search/dates.ts'
import { person, register } from '../../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../../support/service.ts'
import { idsOf, pagesFrom, storeAll } from './stage.ts'

let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

type Organization = Readonly<{
  id: string
  name: string
  alias: string | undefined
  active: boolean | undefined
  types: readonly string[]
  partOf: Organization | undefined
}>
type Role = Readonly<{
  id: string
  organization: Organization | undefined
  start: string | undefined
  end: string | undefined
}>
type Observation = Readonly<{ id: string; value: string }>
type World = Readonly<{
  organizations: readonly Organization[]
  roles: readonly Role[]
  observations: readonly Observation[]
}>

const NAME = fc.constantFrom('Nord', 'nörd', 'North', 'No', 'Süd Nord', '50% off', 'a_b')
const CODE: fc.Arbitrary<string> = fc.constantFrom('x', 'y', 'z')
const DAY = fc.constantFrom(
  '2026',
  '2026-03',
  '2026-03-29',
  '2026-03-30',
  '2026-10-25',
  '2025-12-31',
  '2026-03-29T00:30:00Z',
)
const NUMBER = fc.constantFrom('100', '100.0', '99.6', '100.4', '100.5', '0.05', '-3', '95', '1000')

const WORLD = fc.record({
  organizations: fc.array(
    fc.record({
      name: NAME,
      alias: fc.option(NAME, { nil: undefined }),
      active: fc.option(fc.boolean(), { nil: undefined }),
      types: fc.uniqueArray(CODE, { maxLength: 2 }),
      partOf: fc.option(fc.nat(20), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  roles: fc.array(
    fc.record({
      organization: fc.option(fc.nat(20), { nil: undefined }),
      start: fc.option(DAY, { nil: undefined }),
      end: fc.option(DAY, { nil: undefined }),
    }),
    { maxLength: 6 },
  ),
  observations: fc.array(NUMBER, { maxLength: 6 }),
})

let worlds = 0
const PREFIX = fc.constantFrom('', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb')

/** What a query asks of one resource, and how that is written. */
type Asked<Item> = Readonly<{ query: string; holds: (item: Item, world: World) => boolean }>

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
const names = ({ name, alias }: Organization): string[] => [name, ...(alias === undefined ? [] : [alias])]
const escaped = (text: string): string => encodeURIComponent(text)

const OWN: fc.Arbitrary<Asked<Organization>> = fc.oneof(
  NAME.map(
    (name): Asked<Organization> => ({
      query: `name=${escaped(name)}`,
      holds: (item) => names(item).some((one) => fold(one).startsWith(fold(name))),
    }),
  ),
  NAME.map(
    (name): Asked<Organization> => ({
      query: `name:exact=${escaped(name)}`,
      holds: (item) => names(item).includes(name),
    }),
  ),
  fc.constantFrom('or', '% ', '_', 'D').map(
    (part): Asked<Organization> => ({
      query: `name:contains=${escaped(part)}`,
      holds: (item) => names(item).some((one) => fold(one).includes(fold(part).trim())),
    }),
  ),
  fc.constantFrom(true, false).map(
    (active): Asked<Organization> => ({
      query: `active=${active}`,
      holds: (item) => item.active === active,
    }),
  ),
  fc.constantFrom(true, false).map(
    (active): Asked<Organization> => ({
      query: `active:not=${active}`,
      holds: (item) => item.active !== active,
    }),
  ),
  fc.constantFrom(true, false).map(
    (absent): Asked<Organization> => ({
      query: `active:missing=${absent}`,
      holds: (item) => (item.active === undefined) === absent,
    }),
  ),
  fc.uniqueArray(CODE, { minLength: 1 }).map(
    (codes): Asked<Organization> => ({
      query: `type=urn:type%7C${codes.join(',urn:type%7C')}`,
      holds: ({ types }) => types.some((one) => codes.includes(one)),
    }),
  ),
  fc.uniqueArray(CODE, { minLength: 1 }).map(
    (codes): Asked<Organization> => ({
      query: `type:not=${codes}`,
      holds: ({ types }) => !types.some((one) => codes.includes(one)),
    }),
  ),
  fc.constantFrom(true, false).map(
    (absent): Asked<Organization> => ({
      query: `partof:missing=${absent}`,
      holds: ({ partOf }) => (partOf === undefined) === absent,
    }),
  ),
)

/** Of a period that was given and one that is asked for, as search.html#date has it; Infinity where it is open. */
const compares = (prefix: string, [low, high]: [number, number], [start, end]: [number, number]): boolean => {
  switch (prefix) {
    case 'ne':
      return !(start <= low && high <= end)
    case 'gt':
      return high > end
    case 'lt':
      return low < start
    case 'ge':
      return high > end || (start <= low && high <= end)
    case 'le':
      return low < start || (start <= low && high <= end)
    case 'sa':
      return low >= end
    case 'eb':
      return high <= start
    default:
      return start <= low && high <= end
  }
}
const instants = (text: string): [number, number] => {
  const { low, high } = stretchOf(text) ?? { low: '', high: '' }
  return [Date.parse(low), Date.parse(high)]
}

const OF_ROLE: fc.Arbitrary<Asked<Role>> = fc.oneof(
  fc.tuple(PREFIX, DAY).map(
    ([prefix, day]): Asked<Role> => ({
      query: `date=${prefix}${day}`,
      holds: ({ start, end }) =>
        (start !== undefined || end !== undefined) &&
        compares(
          prefix,
          [
            start === undefined ? Number.NEGATIVE_INFINITY : instants(start)[0],
            end === undefined ? Date.parse(END) : instants(end)[1],
          ],
          instants(day),
        ),
    }),
  ),
  OWN.map(
    ({ query, holds }): Asked<Role> => ({
      query: `organization.${query}`,
      holds: ({ organization }, world) => organization !== undefined && holds(organization, world),
    }),
  ),
)

const OF_ORGANIZATION: fc.Arbitrary<Asked<Organization>> = fc.oneof(
  OWN,
  OWN.map(
    ({ query, holds }): Asked<Organization> => ({
      query: `partof.${query}`,
      holds: ({ partOf }, world) => partOf !== undefined && holds(partOf, world),
    }),
  ),
  OWN.map(
    ({ query, holds }): Asked<Organization> => ({
      query: `partof.partof.${query}`,
      holds: ({ partOf }, world) => partOf?.partOf !== undefined && holds(partOf.partOf, world),
    }),
  ),
  OWN.map(
    ({ query, holds }): Asked<Organization> => ({
      query: `_has:Organization:partof:${query}`,
      holds: (item, world) => world.organizations.some((one) => one.partOf === item && holds(one, world)),
    }),
  ),
  OF_ROLE.map(
    ({ query, holds }): Asked<Organization> => ({
      query: `_has:PractitionerRole:organization:${query}`,
      holds: (item, world) => world.roles.some((role) => role.organization === item && holds(role, world)),
    }),
  ),
)

/** As text of that precision: what is within half of its last digit. */
const OF_OBSERVATION: fc.Arbitrary<Asked<Observation>> = fc.tuple(PREFIX, NUMBER).map(([prefix, text]) => {
  const half = 0.5 / 10 ** (text.split('.')[1]?.length ?? 0)
  const is = (value: number): boolean => value >= Number(text) - half - 1e-9 && value < Number(text) + half - 1e-9
  const wanted = Number(text)
  const holds: Readonly<Record<string, (value: number) => boolean>> = {
    ne: (value) => !is(value),
    gt: (value) => value > wanted,
    sa: (value) => value > wanted,
    lt: (value) => value < wanted,
    eb: (value) => value < wanted,
    ge: (value) => value >= wanted,
    le: (value) => value <= wanted,
  }
  return { query: `value-quantity=${prefix}${text}`, holds: ({ value }) => (holds[prefix] ?? is)(Number(value)) }
})

const queries = <Item>(of: fc.Arbitrary<Asked<Item>>) =>
  fc.array(
    fc.record({
      all: fc.array(of, { minLength: 1, maxLength: 3 }),
      count: fc.integer({ min: 1, max: 4 }),
      sort: fc.constantFrom('', '_id', '-_id'),
    }),
    { minLength: 4, maxLength: 4 },
  )

/** Stores a world, all of it under one tag; each refers only to what stands before it. */
const store = async (
  plan: typeof WORLD extends fc.Arbitrary<infer Plan> ? Plan : never,
): Promise<{ tag: string; world: World }> => {
  worlds += 1
  const tag = `world-${worlds}`
  const organizations: Organization[] = []
  for (const [index, { partOf, ...one }] of plan.organizations.entries())
    organizations.push({
      ...one,
      id: `${tag}-o${index}`,
      partOf: partOf === undefined ? undefined : organizations[partOf],
    })
  const roles = plan.roles
    .map(
      (one, index): Role => ({
        ...one,
        id: `${tag}-r${index}`,
        organization: one.organization === undefined ? undefined : organizations[one.organization],
      }),
    )
    // A period does not end before it begins.
    .map((role) =>
      role.start !== undefined && role.end !== undefined && instants(role.start)[0] > instants(role.end)[0]
        ? { ...role, end: undefined }
        : role,
    )
  const observations = plan.observations.map((value, index): Observation => ({ id: `${tag}-v${index}`, value }))
  const meta = { tag: [{ system: 'urn:world', code: tag }] }
  const resources = [
    ...organizations.map(({ id, name, alias, active, types, partOf }) => ({
      resourceType: 'Organization',
      id,
      meta,
      name,
      ...(alias === undefined ? {} : { alias: [alias] }),
      ...(active === undefined ? {} : { active }),
      ...(types.length === 0 ? {} : { type: types.map((code) => ({ coding: [{ system: 'urn:type', code }] })) }),
      ...(partOf === undefined ? {} : { partOf: { reference: `Organization/${partOf.id}` } }),
    })),
    ...roles.map(({ id, organization, start, end }) => ({
      resourceType: 'PractitionerRole',
      id,
      meta,
      active: true,
      ...(organization === undefined ? {} : { organization: { reference: `Organization/${organization.id}` } }),
      ...(start === undefined && end === undefined
        ? {}
        : { period: { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) } }),
    })),
    ...observations.map(({ id, value }) => ({
      resourceType: 'Observation',
      id,
      meta,
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
      valueQuantity: { value: Number(value), unit: 'kg' },
    })),
  ]
  const { status, text } = await storeAll(gp, resources)
  if (status !== 200) throw new Error(`The world was not stored: ${status} ${text}`)
  return { tag, world: { organizations, roles, observations } }
}

test('the same answers as a simple evaluation, page by page (search.html)', async () => {
  let matched = 0
  await fc.assert(
    fc.asyncProperty(
      WORLD,
      queries(OF_ORGANIZATION),
      queries(OF_ROLE),
      queries(OF_OBSERVATION),
      async (plan, ...asked) => {
        const { tag, world } = await store(plan)
        const check = async <Item extends { id: string }>(
          type: string,
          items: readonly Item[],
          all: readonly Asked<Item>[],
          count: number,
          sort: string,
        ) => {
          const query = `${type}?_tag=urn:world%7C${tag}&${all.map((one) => one.query).join('&')}&_count=${count}${sort === '' ? '' : `&_sort=${sort}`}`
          const found = (await pagesFrom(gp, `/${query}`)).flatMap((page) => idsOf(page))
          matched += found.length
          const expected = items
            .filter((item) => all.every(({ holds }) => holds(item, world)))
            .map(({ id }) => id)
            .sort()
          expect([query, found]).toEqual([query, sort === '-_id' ? expected.reverse() : expected])
        }
        const [ofOrganizations, ofRoles, ofObservations] = asked
        for (const { all, count, sort } of ofOrganizations)
          await check('Organization', world.organizations, all, count, sort)
        for (const { all, count, sort } of ofRoles) await check('PractitionerRole', world.roles, all, count, sort)
        for (const { all, count, sort } of ofObservations)
          await check('Observation', world.observations, all, count, sort)
      },
    ),
    { numRuns: 25, seed: 20_260_301, endOnFailure: true },
  )
  // What finds nothing shows nothing.
  expect(matched).toBeGreaterThan(100)
}, 240_000)
