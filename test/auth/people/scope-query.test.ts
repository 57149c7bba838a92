/** The query part of a scope of an app holds on every surface, as that of a system does (`test/api/scope-query.test.ts`). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Goal, OperationOutcome, Parameters } from 'fhir/r4.js'
import { person, register, submit } from '../../support/people.ts'
import { type FhirRequest, fhirClient, issueKeys } from '../../support/service.ts'
import { press, testApp, tokenFor } from './app.ts'
import { fieldOn, type HttpBrowser } from './http-browser.ts'
import { type PeopleService, startPeople } from './support.ts'

const NUMBER = person('margaret').patient.identifier?.[0]?.value ?? ''
const PROPOSED = 'patient/Goal.cruds?lifecycle-status=proposed'

let people: PeopleService
let practice: FhirRequest
let gp: HttpBrowser
let patient: string
let plan: string
/** An app that may do all with proposed Goals of Margaret, in the name of her doctor. */
let narrow: FhirRequest
let proposed: string
let active: string

const asking = async (scope: string, number?: string): Promise<FhirRequest> => {
  const token = await tokenFor(gp, people.baseUrl, scope, number)
  const ask = await fhirClient(people.baseUrl)
  return (method, path, body, headers) => ask(method, path, body, { Authorization: `Bearer ${token}`, ...headers })
}

const goal = (lifecycleStatus: string) => ({
  resourceType: 'Goal',
  lifecycleStatus,
  description: { text: 'To see the sea.' },
  subject: { reference: `Patient/${patient}` },
})

const made = async (status: string): Promise<string> => {
  const { body } = await practice<Goal>('POST', '/Goal', goal(status))
  return body.id as string
}

beforeAll(async () => {
  people = await startPeople()
  practice = await people.service.fhir('gp-practice')
  const margaret = person('margaret')
  patient = await register(practice, margaret)
  plan = (await submit(practice, patient, margaret.conversations[0])).id as string
  proposed = await made('proposed')
  active = await made('active')
  gp = await people.signIn('ailsa')
  narrow = await asking(`launch/patient patient/Patient.rs ${PROPOSED}`, NUMBER)
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

const keysIn = (bundle: Bundle): string[] =>
  (bundle.entry ?? []).flatMap(({ search, resource }) =>
    search?.mode === 'outcome' ? [] : `${resource?.resourceType}/${resource?.id}`,
  )

const found = async (path: string): Promise<string[]> => {
  const { status, body, text } = await narrow<Bundle>('GET', path)
  expect([status, text]).toEqual([200, text])
  return keysIn(body)
}

const refusalOf = async (method: string, path: string, body?: object) => {
  const answer = await narrow(method, path, body, method === 'PATCH' ? PATCH : undefined)
  return [answer.status, issueKeys(answer.body)]
}
const REFUSED = [403, ['scope-missing']]
const PATCH = { 'Content-Type': 'application/json-patch+json' }

test('the person is told which records an app asks for, and the token says it', async () => {
  const app = testApp(people.baseUrl, 'viewer', 'user/Goal.rs?category=http://x.example/y|z&lifecycle-status=active')
  const page = await gp.get(app.url())
  expect(page.text).toContain(
    'Read, search: Goal, as far as you may yourself, and only where category=http://x.example/y|z and lifecycle-status=active',
  )
  const allowed = await press(gp, people.baseUrl, page, { action: 'allow' })
  const { body } = await app.redeem(new URL(allowed.url).searchParams.get('code') ?? '')
  expect(body.scope).toBe('user/Goal.rs?category=http://x.example/y|z&lifecycle-status=active')
})

test('a refusal names the scope that an app can ask for, of the kind that it has', async () => {
  const saying = async (ask: FhirRequest) =>
    (await ask<OperationOutcome>('GET', '/Consent')).body.issue[0]?.details?.text
  expect(await saying(narrow)).toContain('patient/Consent.s is needed')
  expect(await saying(await asking('user/Goal.rs'))).toContain('user/Consent.s is needed')
  expect(await saying(await people.service.fhir('gp-practice', 'system/Goal.rs'))).toContain(
    'system/Consent.s is needed',
  )
})

test('nothing that an app writes into one can look like a page', async () => {
  const page = await gp.get(testApp(people.baseUrl, 'viewer', 'user/Goal.rs?category=<b>x</b>').url())
  expect(fieldOn(page.text, 'csrf')).not.toBe('')
  expect(page.text).toContain('category=&lt;b&gt;x&lt;/b&gt;')
})

describe('what a query part does not let through', () => {
  test('is not found, counted or included', async () => {
    const ids = `_id=${proposed},${active}`
    for (const path of [`/Goal?${ids}`, `/?_type=Goal&${ids}`, `/Patient/${patient}/Goal?${ids}`])
      expect([path, await found(path)]).toEqual([path, [`Goal/${proposed}`]])
    for (const how of ['_summary=count', '_total=accurate'])
      expect([how, (await narrow<Bundle>('GET', `/Goal?${ids}&${how}`)).body.total]).toEqual([how, 1])
    const included = await found(`/Patient?_id=${patient}&_revinclude=Goal:patient`)
    expect([included.includes(`Goal/${proposed}`), included.includes(`Goal/${active}`)]).toEqual([true, false])
    expect(await found(`/Patient?_has:Goal:patient:_id=${active}`)).toEqual([])
    expect(await found(`/Patient?_has:Goal:patient:_id=${proposed}`)).toEqual([`Patient/${patient}`])
  })

  test('is not read, in no version and no history', async () => {
    for (const path of ['', '/_history/1', '/_history']) {
      expect((await narrow('GET', `/Goal/${proposed}${path}`)).status).toBe(200)
      expect([path, await refusalOf('GET', `/Goal/${active}${path}`)]).toEqual([path, REFUSED])
    }
    const { body } = await narrow<Bundle>('GET', `/Patient/${patient}/$everything`)
    expect(keysIn(body)).toContain(`Goal/${proposed}`)
    expect(keysIn(body)).not.toContain(`Goal/${active}`)
    const outcome = body.entry?.find(({ search }) => search?.mode === 'outcome')?.resource as OperationOutcome
    expect(outcome.issue[0]?.details?.text).toMatch(/all of .*\bGoal\b/)
  })

  test('is not made, changed or deleted, and nothing is made of it', async () => {
    expect(await refusalOf('POST', '/Goal', goal('active'))).toEqual(REFUSED)
    expect((await narrow('POST', '/Goal', goal('proposed'))).status).toBe(201)
    expect(await refusalOf('PUT', `/Goal/${active}`, { ...goal('proposed'), id: active })).toEqual(REFUSED)
    expect(await refusalOf('PUT', `/Goal/${proposed}`, { ...goal('active'), id: proposed })).toEqual(REFUSED)
    const change = [{ op: 'replace', path: '/lifecycleStatus', value: 'active' }]
    expect(await refusalOf('PATCH', `/Goal/${proposed}`, change)).toEqual(REFUSED)
    expect(await refusalOf('DELETE', `/Goal/${active}`)).toEqual(REFUSED)
    const entry = [{ resource: goal('active'), request: { method: 'POST', url: 'Goal' } }]
    expect(await refusalOf('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry })).toEqual(REFUSED)
  })

  test('is not in what is made of a whole record, which is refused', async () => {
    const plans = await asking('launch/patient patient/Patient.rs patient/CarePlan.rs?status=active', NUMBER)
    expect((await plans('GET', `/CarePlan/${plan}`)).status).toBe(200)
    for (const path of [`/Patient/${patient}/$key-information-summary`, `/CarePlan/${plan}/$timeline`]) {
      const { status, body } = await plans<Parameters>('GET', path)
      expect([path, status, issueKeys(body)]).toEqual([path, ...REFUSED])
    }
  })
})
