import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Patient } from 'fhir/r4.js'
import { person, register } from '../../support/people.ts'
import { allowed, answerOf, press, testApp } from './app.ts'
import { fieldOn, type HttpBrowser } from './http-browser.ts'
import { APP, type PeopleService, startPeople } from './support.ts'

const CASES: readonly Readonly<{
  replaced: Readonly<Record<string, string | null>>
  error: string
  source: string
}>[] = JSON.parse(readFileSync(new URL('./requests.cases.json', import.meta.url), 'utf8'))

const numberOf = ({ patient }: { patient: Patient }): string => patient.identifier?.[0]?.value ?? ''

let people: PeopleService
let margaret: string
let elsewhere: string
let gp: HttpBrowser
beforeAll(async () => {
  people = await startPeople()
  margaret = await register(await people.service.fhir('gp-practice'), person('margaret'))
  elsewhere = await register(await people.service.fhir('out-of-hours'), person('england'))
  gp = await people.signIn('ailsa')
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

describe('what an app asks (SMART App Launch 2.2, "Obtain authorization code")', () => {
  test.each(CASES)('is refused, and the app is told: $replaced ($source)', async ({ replaced, error }) => {
    const { url } = await gp.get(testApp(people.baseUrl).url(replaced))
    const answer = Object.fromEntries(new URL(url).searchParams)
    expect(url.startsWith(`${APP}/callback?`)).toBe(true)
    expect(answer).toMatchObject({ error, iss: people.baseUrl })
    expect(answer['state']).toBe(replaced['state'] === null ? undefined : (replaced['state'] ?? 'a state of the app'))
    expect(answer['code']).toBeUndefined()
  })

  test.each([
    ['redirect_uri', 'https://elsewhere.example/callback'],
    ['redirect_uri', `${APP}/callback/`],
    ['redirect_uri', `${APP}/callback?more=1`],
    ['redirect_uri', `${APP}/callbac`],
    ['redirect_uri', `${APP.replace('localhost', 'LOCALHOST')}/callback`],
    ['redirect_uri', null],
    ['client_id', 'nobody'],
    ['client_id', 'gp-practice'],
    ['client_id', null],
  ])('is told to the person alone where the answer might go astray: %s is %s', async (name, value) => {
    const answer = await gp.get(testApp(people.baseUrl).url({ [name]: value }))
    expect([answer.status, new URL(answer.url).origin]).toEqual([400, people.baseUrl])
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self'")
  })

  test('is told to the person alone where a parameter comes twice', async () => {
    const answer = await gp.get(
      `${testApp(people.baseUrl).url()}&redirect_uri=${encodeURIComponent(`${APP}/callback`)}`,
    )
    expect(answer.status).toBe(400)
  })

  test('has whoever is not signed in sign in first, and goes on from there', async () => {
    const browser = people.browser()
    const asked = await browser.get(testApp(people.baseUrl).url())
    const page = await browser.post(asked.url, { account: 'ailsa' })
    expect(page.text).toContain('Plan viewer (synthetic): for whom?')
  })

  test('can come by POST from the page of the app (authorize-post)', async () => {
    const page = await gp.post(
      `${people.baseUrl}/auth/authorize`,
      Object.fromEntries(testApp(people.baseUrl).request()),
      { Origin: APP, 'Sec-Fetch-Site': 'cross-site' },
    )
    expect(page.text).toContain('Plan viewer (synthetic): for whom?')
  })
})

describe('the person is asked', () => {
  test('by the name of the app, what it asks, in whose name and for whom; the number stands in no address', async () => {
    const app = testApp(people.baseUrl, 'viewer', 'openid launch/patient patient/*.cruds offline_access')
    const choice = await gp.get(app.url())
    const found = await press(gp, people.baseUrl, choice, {
      action: 'find',
      number: numberOf(person('margaret')),
      name: '',
      birthDate: '',
    })
    expect(found.url).toBe(`${people.baseUrl}/auth/consent`)
    const question = await press(gp, people.baseUrl, found, { action: 'choose', patient: margaret })
    for (const said of [
      'Plan viewer (synthetic)',
      'Dr Ailsa Synthetic',
      'Margaret',
      'Create, read, change, delete, search: records of every kind, of this person alone',
      'It could change records',
      'offline_access, which KeyPlan gives to no app',
    ])
      expect(question.text).toContain(said)
    expect(question.headers.get('content-security-policy')).toContain(`form-action 'self' ${APP}`)
  })

  test('for a person by name and date of birth', async () => {
    const { patient } = person('margaret')
    const choice = await gp.get(testApp(people.baseUrl).url())
    const fields = {
      action: 'find',
      number: '',
      name: patient.name?.[0]?.family ?? '',
      birthDate: patient.birthDate ?? '',
    }
    const found = await press(gp, people.baseUrl, choice, fields)
    expect(fieldOn(found.text, 'patient')).toBe(margaret)
    const none = await press(gp, people.baseUrl, choice, { ...fields, birthDate: '1900-01-01' })
    expect(none.text).toContain('Nobody whom you may see matches')
  })

  test.each([
    ['a name alone', { number: '', name: 'Mac', birthDate: '' }],
    ['a number that is too short', { number: '12345', name: '', birthDate: '' }],
    ['nothing', { number: '', name: '', birthDate: '' }],
  ])('and told what is missing: %s', async (_what, fields) => {
    const choice = await gp.get(testApp(people.baseUrl).url())
    const page = await press(gp, people.baseUrl, choice, { action: 'find', ...fields })
    expect(page.status).toBe(400)
    expect(page.text).toContain('role="alert"')
  })

  test('and finds, chooses and allows nobody whom they may not see', async () => {
    const choice = await gp.get(testApp(people.baseUrl).url())
    const found = await press(gp, people.baseUrl, choice, {
      action: 'find',
      number: numberOf(person('england')),
      name: '',
      birthDate: '',
    })
    expect(found.text).toContain('Nobody whom you may see matches')
    for (const action of ['choose', 'allow'])
      for (const patient of [elsewhere, 'no-such-person', '']) {
        const answer = await press(gp, people.baseUrl, choice, { action, patient })
        expect([action, patient, answer.status]).toEqual([action, patient, 404])
      }
  })

  test('and can say no', async () => {
    const page = await gp.get(testApp(people.baseUrl, 'viewer', 'user/*.rs').url())
    expect(answerOf(await press(gp, people.baseUrl, page, { action: 'deny' }))).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: 'a state of the app',
      iss: people.baseUrl,
    })
  })

  test.each([
    ['without the token of the page', { csrf: '' }, {}],
    ['from another site', {}, { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' }],
  ])('and nobody can answer for them: %s', async (_how, fields, headers) => {
    const app = testApp(people.baseUrl, 'viewer', 'user/*.rs')
    const { text } = await gp.get(app.url())
    const sent = { csrf: fieldOn(text, 'csrf'), request: fieldOn(text, 'request'), action: 'allow', ...fields }
    expect((await gp.post(`${people.baseUrl}/auth/consent`, sent, headers)).status).toBe(403)
  })

  test('and what the page holds of the request is checked anew', async () => {
    const app = testApp(people.baseUrl, 'viewer', 'user/*.rs')
    const { text } = await gp.get(app.url())
    const request = app.request({ redirect_uri: 'https://elsewhere.example/' }).toString()
    const sent = { csrf: fieldOn(text, 'csrf'), request, action: 'allow' }
    expect((await gp.post(`${people.baseUrl}/auth/consent`, sent)).status).toBe(400)
  })

  test('every time: the answer brings a code, the state and whose answer it is (RFC 9207)', async () => {
    const app = testApp(people.baseUrl, 'viewer', 'user/*.rs')
    for (let time = 0; time < 2; time += 1) {
      const answer = answerOf(await press(gp, people.baseUrl, await gp.get(app.url()), { action: 'allow' }))
      expect(answer).toEqual({
        code: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        state: 'a state of the app',
        iss: people.baseUrl,
      })
    }
  })
})

describe('an app that is opened out of KeyPlan (SMART App Launch 2.2, "EHR launch")', () => {
  const SCOPE = 'openid launch patient/*.rs'

  const opened = async (browser: HttpBrowser): Promise<URLSearchParams> => {
    const page = await browser.get(`${people.baseUrl}/launch/viewer`)
    const csrf = fieldOn(page.text, 'csrf')
    const { url } = await browser.post(`${people.baseUrl}/launch/viewer`, { csrf, action: 'choose', patient: margaret })
    expect(url.startsWith(`${APP}/launch?`)).toBe(true)
    return new URL(url).searchParams
  }

  test('is told where, and gets a token for the person for whom it was opened', async () => {
    expect((await gp.get(`${people.baseUrl}/me`)).text).toContain(`${people.baseUrl}/launch/viewer`)
    const told = await opened(gp)
    expect(told.get('iss')).toBe(`${people.baseUrl}/fhir`)
    const app = testApp(people.baseUrl, 'viewer', SCOPE)
    const launch = told.get('launch') ?? ''
    const question = await gp.get(app.url({ launch }))
    expect(question.text).toContain('Margaret')
    const { code = '' } = answerOf(await press(gp, people.baseUrl, question, { action: 'allow' }))
    expect((await app.redeem(code)).body).toMatchObject({ patient: margaret, need_patient_banner: true })
  })

  test('is opened once', async () => {
    const launch = (await opened(gp)).get('launch') ?? ''
    const app = testApp(people.baseUrl, 'viewer', SCOPE)
    await allowed(gp, people.baseUrl, app.url({ launch }))
    expect((await gp.get(app.url({ launch }))).status).toBe(403)
  })

  test('of two that allow one launch at the same time one gets a code', async () => {
    const launch = (await opened(gp)).get('launch') ?? ''
    const question = await gp.get(testApp(people.baseUrl, 'viewer', SCOPE).url({ launch }))
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => press(gp, people.baseUrl, question, { action: 'allow' })),
    )
    expect(answers.filter(({ url }) => url.includes('code='))).toHaveLength(1)
  })

  test('is opened for the session that opened it alone', async () => {
    const launch = (await opened(gp)).get('launch') ?? ''
    const other = await people.signIn('nadia')
    expect((await other.get(testApp(people.baseUrl, 'viewer', SCOPE).url({ launch }))).status).toBe(403)
  })

  test('not after five minutes', async () => {
    const launch = (await opened(gp)).get('launch') ?? ''
    await people.service.database.query(`update launch set ends = ends - interval '5 minutes'`)
    expect((await gp.get(testApp(people.baseUrl, 'viewer', SCOPE).url({ launch }))).status).toBe(403)
  })

  test.each([
    ['nobody whom the person may not see', () => ({ patient: elsewhere }), 404],
    ['nobody from another site', () => ({ patient: margaret, csrf: '' }), 403],
  ])('for %s', async (_who, fields, status) => {
    const page = await gp.get(`${people.baseUrl}/launch/viewer`)
    const sent = { csrf: fieldOn(page.text, 'csrf'), action: 'choose', ...fields() }
    expect((await gp.post(`${people.baseUrl}/launch/viewer`, sent)).status).toBe(status)
  })

  test('only where it has said where it begins', async () => {
    expect((await gp.get(`${people.baseUrl}/launch/nobody`)).status).toBe(404)
  })
})
