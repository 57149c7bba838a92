import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Patient } from 'fhir/r4.js'
import { person, register } from '../../support/people.ts'
import type { Answer } from '../../support/service.ts'
import { statements } from '../../support/statements.ts'
import { askFhir, tokenFor } from './app.ts'
import { fieldOn, type HttpBrowser } from './http-browser.ts'
import { type PeopleService, startPeople } from './support.ts'

const MARGARET = person('margaret').patient.identifier?.[0]?.value

let people: PeopleService
let margaret: string
let other: string
let gp: HttpBrowser

beforeAll(async () => {
  people = await startPeople()
  const practice = await people.service.fhir('gp-practice')
  margaret = await register(practice, person('margaret'))
  other = await register(practice, person('wales'))
  gp = await people.signIn('ailsa')
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

const token = (scope: string, number?: string): Promise<string> => tokenFor(gp, people.baseUrl, scope, number)

const ask = <Body>(bearer: string, method: string, path: string, body?: object): Promise<Answer<Body>> =>
  askFhir(people.baseUrl, bearer, method, path, body === undefined ? {} : { body })

describe('what an app can do in the name of a person', () => {
  test('is what its scopes say: nothing of another type, no other interaction', async () => {
    const bearer = await token('user/Patient.r')
    const answers = await Promise.all([
      ask(bearer, 'GET', `/Patient/${margaret}`),
      ask(bearer, 'GET', '/Patient?name=a'),
      ask(bearer, 'GET', '/CarePlan?status=active'),
      ask(bearer, 'DELETE', `/Patient/${margaret}`),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 403])
  })

  test('with a patient in its context ends at that patient: no other is read, found, or counted', async () => {
    const bearer = await token('launch/patient patient/*.rs', MARGARET)
    expect((await ask(bearer, 'GET', `/Patient/${margaret}`)).status).toBe(200)
    expect((await ask(bearer, 'GET', `/Patient/${other}`)).status).toBe(
      (await ask(bearer, 'GET', '/Patient/no-such-person')).status,
    )
    const found = await ask<Bundle<Patient>>(bearer, 'GET', '/Patient?_total=accurate')
    const ids = (found.body.entry ?? []).flatMap(({ resource }) =>
      resource?.resourceType === 'Patient' ? resource.id : [],
    )
    expect([ids, found.body.total]).toEqual([[margaret], 1])
    const all = await ask<Bundle<Patient>>(await token('user/Patient.rs'), 'GET', '/Patient?_total=accurate')
    expect(all.body.total).toBe(2)
  })

  test('and cannot write of another than that patient', async () => {
    const bearer = await token('launch/patient patient/*.cruds', MARGARET)
    const flag = (patient: string) => ({
      resourceType: 'Flag',
      status: 'active',
      code: { text: 'Synthetic' },
      subject: { reference: `Patient/${patient}` },
    })
    const [own, foreign] = [
      await ask(bearer, 'POST', '/Flag', flag(margaret)),
      await ask(bearer, 'POST', '/Flag', flag(other)),
    ]
    expect([own.status, foreign.status]).toEqual([201, 404])
  })

  test('and sees no document that is stored: none says whose it is', async () => {
    const practice = await people.service.fhir('gp-practice')
    const { body: kept } = await practice<Bundle>('POST', '/Bundle', { resourceType: 'Bundle', type: 'collection' })
    expect((await practice<Bundle>('GET', '/Bundle?_summary=count')).body.total).toBe(1)
    for (const bearer of [await token('user/*.rs'), await token('launch/patient patient/*.rs', MARGARET)]) {
      expect((await ask<Bundle>(bearer, 'GET', '/Bundle?_summary=count')).body.total).toBe(0)
      expect((await ask(bearer, 'GET', `/Bundle/${kept.id}`)).status).toBe(404)
    }
  })

  test('is answered at once, whatever it prefers, and has nothing that is answered later', async () => {
    const bearer = await token('user/*.rs')
    const everything = await askFhir(people.baseUrl, bearer, 'GET', `/Patient/${margaret}/$everything`, {
      headers: { Prefer: 'respond-async' },
    })
    expect([everything.status, everything.headers.get('content-location')]).toEqual([200, null])
    const later = await ask(bearer, 'GET', '/_async/3b4f0a1e-0000-4000-8000-000000000000')
    expect(later.status).toBe(404)
  })
})

describe('what a person costs the database, beside what is read and the record that it was', () => {
  const rights = 'user/Patient.rs'
  const reading = (bearer: string, path: string) =>
    statements(people.service, async () => expect((await ask(bearer, 'GET', path)).status).toBe(200))

  test('is one statement that tells who they are, and which glass they broke', async () => {
    const crew = await tokenFor(await people.signIn('rory'), people.baseUrl, rights)
    for (const path of [`/Patient/${margaret}`, `/Patient/${margaret}/_history/1`, `/Patient/${margaret}/_history`])
      expect([path, await reading(crew, path)]).toEqual([path, 3])
  })

  test('and one more for those of whom it is asked what they are to the patient; none in a search, which asks that itself', async () => {
    const practice = await token(rights)
    for (const path of [`/Patient/${margaret}`, `/Patient/${margaret}/_history/1`, `/Patient/${margaret}/_history`])
      expect([path, await reading(practice, path)]).toEqual([path, 4])
    const crew = await tokenFor(await people.signIn('rory'), people.baseUrl, rights)
    expect(await reading(practice, '/Patient?_id=1')).toBe(await reading(crew, '/Patient?_id=1'))
  })
})

describe('a session at the FHIR API', () => {
  const fhir = async (browser: HttpBrowser, method: string, headers: Record<string, string>, body?: object) =>
    fetch(`${people.baseUrl}/fhir/Patient${method === 'GET' ? `/${margaret}` : ''}`, {
      method,
      headers: {
        Cookie: `keyplan-session=${browser.cookie('keyplan-session')}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  test('reads, and changes nothing without what only a page of ours knows', async () => {
    expect((await fhir(gp, 'GET', {})).status).toBe(200)
    const csrf = fieldOn((await gp.get(`${people.baseUrl}/me`)).text, 'csrf')
    const { id: _id, ...content } = person('child').patient
    const sent: readonly (readonly [Record<string, string>, number])[] = [
      [{}, 403],
      [{ 'X-CSRF-Token': csrf }, 403],
      [{ Origin: people.baseUrl }, 403],
      [{ Origin: people.baseUrl, 'X-CSRF-Token': 'G'.repeat(43) }, 403],
      [{ Origin: 'https://elsewhere.example', 'X-CSRF-Token': csrf }, 403],
      [{ Origin: people.baseUrl, 'Sec-Fetch-Site': 'cross-site', 'X-CSRF-Token': csrf }, 403],
      [{ Origin: people.baseUrl, 'Sec-Fetch-Site': 'same-origin', 'X-CSRF-Token': csrf }, 201],
    ]
    for (const [headers, status] of sent)
      expect([headers, (await fhir(gp, 'POST', headers, content)).status]).toEqual([headers, status])
  })

  test('that is over is told so, and a token goes before a session', async () => {
    const stranger = people.browser()
    stranger.setCookie('keyplan-session', 'H'.repeat(43))
    expect((await fhir(stranger, 'GET', {})).status).toBe(401)
    expect((await fhir(gp, 'GET', { Authorization: `Bearer ${'H'.repeat(43)}` })).status).toBe(401)
    expect((await fhir(stranger, 'GET', { Authorization: `Bearer ${await token('user/Patient.rs')}` })).status).toBe(
      200,
    )
  })
})
