import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, OperationOutcome, Parameters } from 'fhir/r4.js'
import { person, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string
const england = person('england')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, england)
  for (const conversation of england.conversations)
    await gp('POST', '/CarePlan/$submit', submission(patient, conversation))
  // Somebody else, whose record must never be among it.
  const other = person('wales')
  const id = await register(gp, other)
  await gp('POST', '/CarePlan/$submit', submission(id, other.conversations[0] as never))
})

afterAll(() => service.stop())

type Answer = Readonly<{ status: number; body: Bundle<FhirResource> }>

const everything = (query = '', ask: FhirRequest = crew): Promise<Answer> =>
  ask<Bundle<FhirResource>>('GET', `/Patient/${patient}/$everything${query}`)

const keys = ({ body }: Pick<Answer, 'body'>): string[] =>
  (body.entry ?? []).flatMap(({ resource, search }) =>
    search?.mode === 'outcome' ? [] : [`${resource?.resourceType}/${resource?.id}`],
  )

const stored = async (): Promise<string[]> =>
  (
    await service.database.query<{ key: string }>(`select type || '/' || id as key from resource where patient = $1`, [
      patient,
    ])
  ).map(({ key }) => key)

const nextOf = ({ body }: Answer): string | undefined => body.link?.find(({ relation }) => relation === 'next')?.url

describe('Patient/[id]/$everything (patient-operation-everything.html)', () => {
  test('is every current resource of the person, the Patient first, as each is read by itself', async () => {
    const answer = await everything()
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset' })
    const found = keys(answer)
    expect(found[0]).toBe(`Patient/${patient}`)
    expect(found.toSorted()).toEqual((await stored()).toSorted())
    expect(found.length).toBeGreaterThan(10)
    for (const { fullUrl, resource, search } of answer.body.entry ?? []) {
      expect(search?.mode).toBe('match')
      expect(fullUrl).toBe(`${service.baseUrl}/fhir/${resource?.resourceType}/${resource?.id}`)
    }
    const [, { resource } = {}] = answer.body.entry ?? []
    expect((await crew('GET', `/${resource?.resourceType}/${resource?.id}`)).body).toEqual(resource)
    expect((await crew<Bundle<FhirResource>>('POST', `/Patient/${patient}/$everything`)).body.entry).toEqual(
      answer.body.entry,
    )
  })

  test('has whom and what of nobody it refers to, over any number of steps, as included, and nobody else', async () => {
    const { body: organization } = await gp('POST', '/Organization', { resourceType: 'Organization', name: 'Hospice' })
    await gp('POST', '/Organization', { resourceType: 'Organization', name: 'Not referred to' })
    const { body: role } = await gp('POST', '/PractitionerRole', {
      resourceType: 'PractitionerRole',
      organization: { reference: `Organization/${organization.id}` },
    })
    const { status } = await gp('POST', '/Goal', {
      resourceType: 'Goal',
      lifecycleStatus: 'proposed',
      description: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
      expressedBy: { reference: `PractitionerRole/${role.id}` },
    })
    expect(status).toBe(201)
    const { body } = await everything()
    const included = (body.entry ?? [])
      .filter(({ search }) => search?.mode === 'include')
      .map(({ resource }) => resource?.id)
    expect(included.toSorted()).toEqual([organization.id, role.id].toSorted())
  })

  test.each([1, 7, 500])('comes in pages of %i without loss or repetition', async (count) => {
    const whole = keys(await everything())
    const collected: string[] = []
    let page = await everything(`?_count=${count}`)
    for (;;) {
      expect(keys(page).length).toBeLessThanOrEqual(count)
      collected.push(...keys(page))
      const next = nextOf(page)
      if (next === undefined) break
      const { status, body } = await crew<Bundle<FhirResource>>('GET', next.slice(`${service.baseUrl}/fhir`.length))
      page = { status, body }
      expect(page.status).toBe(200)
    }
    expect(collected).toEqual(whole)
  })

  test('is of the types and the time that are asked for, by GET and by POST', async () => {
    expect(new Set(keys(await everything('?_type=CarePlan,Goal')).map((key) => key.split('/')[0]))).toEqual(
      new Set(['CarePlan', 'Goal']),
    )
    const { body: late } = await gp('POST', '/Goal', {
      resourceType: 'Goal',
      lifecycleStatus: 'proposed',
      description: { text: 'late' },
      subject: { reference: `Patient/${patient}` },
    })
    const since = late.meta?.lastUpdated ?? ''
    expect(keys(await everything(`?_since=${since}`))).toEqual([`Goal/${late.id}`])
    const asked: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: '_since', valueInstant: since },
        { name: '_type', valueCode: 'Goal,CarePlan' },
        { name: '_count', valueInteger: 5 },
      ],
    }
    const posted = await crew<Bundle<FhirResource>>('POST', `/Patient/${patient}/$everything`, asked)
    expect(keys(posted)).toEqual([`Goal/${late.id}`])
    expect(keys(await everything('?_since=2999-01-01T00:00:00Z'))).toEqual([])
  })

  test.each([
    ['?start=2020-01-01', 'parameter-unknown'],
    ['?end=2020-01-01', 'parameter-unknown'],
    ['?_elements=id', 'parameter-unknown'],
    ['?_count=5&_count=6', 'parameter-repeated'],
    ['?_count=0', 'parameter-malformed'],
    ['?_count=-1', 'parameter-malformed'],
    ['?_count=many', 'parameter-malformed'],
    ['?_type=Encounter', 'parameter-malformed'],
    ['?_type=', 'parameter-malformed'],
    ['?_since=2020-01-01', 'parameter-malformed'],
    ['?_since=yesterday', 'parameter-malformed'],
    ['?_after=x', 'parameter-malformed'],
  ])('%s is refused: %s', async (query, key) => {
    const { status, body } = await crew('GET', `/Patient/${patient}/$everything${query}`)
    expect([status, issueKeys(body)]).toEqual([400, [key]])
  })

  test.each([
    [{ name: 'start', valueDate: '2020-01-01' }, 'parameter-unknown'],
    [{ name: '_count', valueInteger: 0 }, 'parameter-malformed'],
    [{ name: '_count', valueInteger: 1.5 }, 'parameter-malformed'],
    [{ name: '_type', valueCode: 'Encounter' }, 'parameter-malformed'],
  ])('%j in the body is refused: %s', async (parameter, key) => {
    const { status, body } = await crew('POST', `/Patient/${patient}/$everything`, {
      resourceType: 'Parameters',
      parameter: [parameter],
    })
    expect([status, issueKeys(body)]).toEqual([400, [key]])
  })

  test('without the scope for a type leaves it out and says so; asked for by name, it is refused', async () => {
    const few = await service.fhir('ambulance', 'system/Patient.r system/Goal.r')
    const answer = await everything('', few)
    expect(new Set(keys(answer).map((key) => key.split('/')[0]))).toEqual(new Set(['Patient', 'Goal']))
    const outcome = answer.body.entry?.find(({ search }) => search?.mode === 'outcome')?.resource as OperationOutcome
    expect(issueKeys(outcome)).toEqual(['not-everything'])
    expect(outcome.issue[0]?.diagnostics).toContain('CarePlan')
    const { status, body } = await few('GET', `/Patient/${patient}/$everything?_type=CarePlan`)
    expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
    const none = await service.fhir('ambulance', 'system/Goal.r')
    expect((await none('GET', `/Patient/${patient}/$everything`)).status).toBe(403)
  })

  test('names each resource that it showed in one row of the audit', async () => {
    await service.database.query('select 1')
    const shown = keys(await everything('?_count=3'))
    const rows = await service.database.query<{ entities: string[]; outcome: string }>(
      `select entities, outcome from audit_event where interaction = '$everything' and patient = $1 order by id desc limit 1`,
      [patient],
    )
    expect(rows).toEqual([{ entities: shown, outcome: 'permit' }])
  })

  test('of a person who is not known is 404, which says nothing about plans elsewhere', async () => {
    const { status, body } = await crew('GET', '/Patient/nobody/$everything')
    expect([status, issueKeys(body)]).toEqual([404, ['not-found']])
    expect(JSON.stringify(body)).toContain('does not mean that there is no plan')
  })

  test('of a person who objects to sharing is refused to others, and shown to the practice that registered them', async () => {
    const someone = person('objection')
    const id = await register(gp, someone)
    for (const conversation of someone.conversations) await submit(gp, id, conversation)
    const { status, body } = await crew('GET', `/Patient/${id}/$everything`)
    expect([status, issueKeys(body)]).toEqual([403, ['sharing-withheld']])
    expect((await gp<Bundle>('GET', `/Patient/${id}/$everything`)).body.entry?.length).toBeGreaterThan(3)
    const denied = await service.database.query(
      `select 1 from audit_event where interaction = '$everything' and outcome = 'deny' and patient = $1`,
      [id],
    )
    expect(denied).toHaveLength(1)
  })
})

describe('Patient/[id]/$plan-conflicts', () => {
  test('says that none was found, and that this proves nothing', async () => {
    const { status, body } = await crew<Parameters>('GET', `/Patient/${patient}/$plan-conflicts`)
    expect(status).toBe(200)
    expect(body.parameter?.map(({ name }) => name)).toEqual(['asOf', 'message'])
  })

  test('tells a conflict, which side prevails and between what it is, as long as it is in force', async () => {
    const margaret = person('margaret')
    const id = await register(gp, margaret)
    const conversation = margaret.conversations[1]
    const response = submission(id, conversation as never).parameter?.[0]?.resource as object
    const { body: extracted } = await gp<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', response)
    const entry = (extracted.entry ?? []).map(({ request: _request, ...rest }) => rest)
    for (const { resource } of entry) {
      if (resource?.resourceType !== 'Consent') continue
      const condition = resource.extension?.find(({ url }) => url.endsWith('/rationale'))?.extension
      const text = condition?.find(({ url }) => url === 'text')
      const isCpr = JSON.stringify(resource.provision).includes('89666000')
      if (isCpr && text !== undefined) text.valueString = 'Not for CPR. For CPR.'
    }
    const { status } = await gp('POST', '/CarePlan/$submit', { resourceType: 'Bundle', type: 'collection', entry })
    expect(status).toBe(201)
    const { body } = await crew<Parameters>('GET', `/Patient/${id}/$plan-conflicts`)
    const conflicts = body.parameter?.filter(({ name }) => name === 'conflict') ?? []
    expect(conflicts.map(({ part }) => part?.slice(0, 3))).toEqual([
      [
        { name: 'type', valueCode: 'words-and-codes' },
        { name: 'prevails', valueCode: 'undetermined' },
        { name: 'about', valueCode: 'cpr' },
      ],
    ])
    const reference = conflicts[0]?.part?.find(({ name }) => name === 'between')?.valueReference?.reference
    expect((await crew('GET', `/${reference}`)).status).toBe(200)
    expect((await crew('GET', `/Patient/${id}/$plan-conflicts?x=1`)).status).toBe(400)
    expect((await crew('GET', '/Patient/nobody/$plan-conflicts')).status).toBe(404)
  })
})
