import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Goal } from 'fhir/r4.js'
import { person, register, submit } from '../../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../../support/service.ts'
import { idsOf, linkOf } from './stage.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let objector: string
let margaret: string
/** Pages of a search that the crew began before the objection: by ids, and in an order that is kept. */
let begun: Bundle[]

const someone = person('objection')
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

const goal = (patient: string, startDate: string): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'active',
  description: { text: 'x' },
  subject: { reference: `Patient/${patient}` },
  startDate,
})

const get = async (as: FhirRequest, path: string): Promise<Bundle<FhirResource>> => {
  const { status, body, text } = await as<Bundle<FhirResource>>('GET', path)
  expect([path, status, status === 200 ? '' : text]).toEqual([path, 200, ''])
  return body
}
const matches = async (as: FhirRequest, path: string) => idsOf(await get(as, path))

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  margaret = await register(gp, person('margaret'))
  objector = await register(gp, someone)
  await gp('PUT', '/Organization/north', { resourceType: 'Organization', id: 'north', name: 'North' })
  // Turn by turn, so that each page would hold both.
  for (let day = 1; day <= 4; day += 1) {
    await gp('POST', '/Goal', goal(margaret, `2026-01-${2 * day + 10}`))
    await gp('POST', '/Goal', goal(objector, `2026-01-${2 * day + 11}`))
  }
  const task = {
    resourceType: 'Task',
    id: 'hers',
    status: 'requested',
    intent: 'plan',
    for: { reference: `Patient/${objector}` },
  }
  await gp('PUT', '/Task/hers', { ...task, owner: { reference: 'Organization/north' } })
  begun = [await get(crew, '/Goal?_count=2'), await get(crew, '/Goal?_count=2&_sort=start-date')]
  const posted = await crew<Bundle>('POST', '/Goal/_search', 'subject.family=test&_count=2', FORM)
  begun.push(posted.body)
  for (const conversation of someone.conversations) await submit(gp, objector, conversation)
  // What no request can store: a person who is not withheld refers to the one who is.
  await service.database.query(
    `insert into search_reference (type, parameter, target_type, target_id, id) values ('Patient', 'link', 'Patient', $1, $2), ('Goal', 'subject', 'Patient', $1, $2)`,
    [objector, margaret],
  )
})

afterAll(() => service.stop())

describe('of a person whose sharing is withheld nobody else learns anything (lessons: access)', () => {
  test('no row, whatever is asked', async () => {
    for (const query of [
      `Patient?_id=${objector}`,
      `Goal?patient=${objector}`,
      `Goal?subject.family=${someone.patient.name?.[0]?.family}&subject.birthdate=${someone.patient.birthDate}`,
      `Patient?birthdate=${someone.patient.birthDate}`,
      `CarePlan?patient=${objector}&_sort=date`,
      `?_type=CarePlan,Consent,Goal,Observation&patient=${objector}`,
      `Patient/${objector}/Goal`,
      `Patient/${objector}/*?_type=CarePlan,Consent,Goal,Observation`,
    ]) {
      expect([query, await matches(crew, `/${query}`)]).toEqual([query, []])
      expect([query, (await matches(gp, `/${query}`)).length > 0]).toEqual([query, true])
    }
  })

  test('no total', async () => {
    const totals = async (as: FhirRequest, query: string) => (await get(as, `/${query}`)).total
    for (const [query, ours, theirs] of [
      ['Goal?_summary=count&start-date=ge2026-01-12&start-date=le2026-01-19', 8, 4],
      ['Goal?_total=accurate&_count=1&start-date=ge2026-01-12&start-date=le2026-01-19', 8, 4],
      ['Goal?_total=accurate&_count=1&_sort=start-date&start-date=ge2026-01-12&start-date=le2026-01-19', 8, 4],
      [`Goal?_total=estimate&patient=${objector}&start-date=ge2026-01-12&start-date=le2026-01-19`, 4, 0],
    ] as const) {
      expect([query, await totals(gp, query), await totals(crew, query)]).toEqual([query, ours, theirs])
    }
  })

  test('no chain and no _has leads over what is hers', async () => {
    for (const query of [
      `Patient?link.birthdate=${someone.patient.birthDate}`,
      `Patient?link:Patient._id=${objector}`,
      'Organization?_has:Task:owner:status=requested',
      `Organization?_has:Task:owner:patient=${objector}`,
      `Organization?_has:Task:owner:patient.birthdate=${someone.patient.birthDate}`,
      `Patient?_id=${margaret}&link.link:missing=true`,
    ]) {
      expect([query, await matches(crew, `/${query}`)]).toEqual([query, []])
      expect([query, (await matches(gp, `/${query}`)).length]).toEqual([query, 1])
    }
  })

  test('no include shows it or leads over it', async () => {
    for (const query of [
      `Patient?_id=${margaret}&_include=Patient:link`,
      `Patient?_id=${margaret}&_include=*`,
      `Patient?_id=${margaret}&_include:iterate=Patient:link&_revinclude:iterate=Task:patient`,
      'Organization?_id=north&_revinclude=Task:owner&_include:iterate=Task:patient',
      'Organization?_id=north&_revinclude=*',
    ]) {
      expect([query, idsOf(await get(crew, `/${query}`), 'include')]).toEqual([query, []])
      expect([query, idsOf(await get(gp, `/${query}`), 'include').length > 0]).toEqual([query, true])
    }
  })

  test('no page of a search that was begun before: access is decided for every page', async () => {
    expect(begun.map((page) => idsOf(page).length)).toEqual([2, 2, 2])
    for (const page of begun) {
      const hers = new Set(await matches(gp, `/Goal?patient=${objector}`))
      const seen: string[] = []
      for (let next = linkOf(page, 'next'); next !== undefined; ) {
        const body = await get(crew, next)
        seen.push(...idsOf(body))
        next = linkOf(body, 'next')
      }
      expect(seen.filter((id) => hers.has(id))).toEqual([])
      // Nothing of the others is lost by it: of eight goals, one of each was on the first page.
      expect(seen).toHaveLength(3)
    }
  })

  test('no order: what is hidden has no place in it', async () => {
    const sorted = await matches(crew, '/Goal?_sort=-start-date&_count=500')
    const all = await matches(gp, `/Goal?_sort=-start-date&patient=${margaret}&_count=500`)
    expect(sorted).toEqual(all)
  })

  test('the audit names whose records were shown, and no value that was searched for', async () => {
    await gp(
      'GET',
      `/Goal?patient=${objector}&subject.family=${someone.patient.name?.[0]?.family}&_include=Goal:subject`,
    )
    const [row] = await service.database.query<{ patient: string; entities: string[]; query: string }>(
      `select patient, entities, query from audit_event where interaction = 'search' order by id desc limit 1`,
    )
    expect(row?.patient).toBe(objector)
    expect(row?.entities).toContain(`Patient/${objector}`)
    expect(row?.query).toBe('Goal?patient,subject.family,_include')
  })
})

describe('scopes reach as far as the search does (trust, section 2)', () => {
  const refused = async (scope: string, path: string): Promise<[number, string[]]> => {
    const { status, body } = await (await service.fhir('gp-practice', scope))('GET', `/${path}`)
    return [status, status === 200 ? [] : issueKeys(body)]
  }
  const MISSING = [403, ['scope-missing']]

  test.each([
    ['system/Goal.r', 'Goal'],
    ['system/Goal.rs', 'Goal?subject.family=x'],
    ['system/Goal.rs system/Patient.r', 'Goal?subject:Patient.family=x'],
    ['system/Goal.rs', 'Goal?_has:CarePlan:goal:status=active'],
    ['system/Goal.rs system/CarePlan.s', 'Goal?_has:CarePlan:goal:patient.family=x'],
    ['system/Goal.rs', 'Goal?_include=Goal:subject'],
    ['system/Goal.rs system/Patient.s', 'Goal?_include=Goal:subject'],
    ['system/Goal.rs', 'Goal?_revinclude=CarePlan:goal'],
    ['system/Goal.rs system/Patient.rs', 'Goal?_include=*&_include:iterate=Patient:general-practitioner'],
    ['system/Goal.rs system/CarePlan.r', '?_type=CarePlan,Goal'],
    ['system/Goal.rs', ''],
    ['system/Patient.rs', 'Patient/1/Goal'],
    ['system/Patient.rs system/Goal.rs', 'Patient/1/*'],
  ])('%s does not reach %s', async (scope, path) => {
    expect(await refused(scope, path)).toEqual(MISSING)
  })

  test.each([
    ['system/Goal.s', 'Goal'],
    ['system/Goal.s system/Patient.s', 'Goal?subject.family=x'],
    ['system/Goal.s system/CarePlan.s', 'Goal?_has:CarePlan:goal:status=active'],
    ['system/Goal.s system/Patient.r', 'Goal?_include=Goal:subject:Patient'],
    ['system/CarePlan.s system/Goal.s', '?_type=CarePlan,Goal'],
    ['system/Goal.s', 'Patient/1/Goal'],
    ['system/Patient.s system/Goal.s', 'Patient/1/*?_type=Goal,Patient'],
  ])('%s reaches %s', async (scope, path) => {
    expect(await refused(scope, path)).toEqual([200, []])
  })
})
