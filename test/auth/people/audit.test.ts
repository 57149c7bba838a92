import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { STAFF } from '../../../src/cli/demo/identity/staff.ts'
import { createNoteSignIn } from '../../../src/records/audit/sign-ins.ts'
import { until } from '../../support/until.ts'
import { allowed, testApp } from './app.ts'
import { fieldOn, type HttpBrowser } from './http-browser.ts'
import { APP, type PeopleService, startPeople } from './support.ts'

type Row = Readonly<{
  interaction: string
  outcome: string
  reason: string | null
  client: string
  organization: string
  role: string
  patient: string | null
  entities: string[]
  query: string | null
}>

let people: PeopleService
beforeAll(async () => {
  people = await startPeople({
    staff: [...STAFF, { account: 'mo', name: 'Mo Synthetic', jobRole: 'gardener', organization: 'ZZ901' }],
  })
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

/** The rows about signing in that this adds. */
const added = async (act: () => Promise<unknown>): Promise<Row[]> => {
  const rows = () =>
    people.service.database.query<Row & { id: string }>(
      `select id, interaction, outcome, reason, client, organization, role, patient, entities, query from audit_event
        where interaction in ('token', 'sign-in', 'sign-out', 'session-end') order by id`,
    )
  const before = (await rows()).length
  await act()
  return (await rows()).slice(before).map(({ id: _id, ...row }) => row)
}

/** That one of these two was signed in is over. */
const ends = () =>
  people.service.database.query(
    `select from audit_event where interaction = 'session-end' and client similar to '%(sian|morag)'`,
  )

const said = (rows: readonly Row[]) =>
  rows.map(({ interaction, outcome, reason, client }) =>
    [interaction, outcome, reason ?? '-', client.replace(/ .*\|/, ' |')].join(' '),
  )

const signIn = async (browser: HttpBrowser, account: string) => {
  const asked = await browser.get(`${people.baseUrl}/sign-in`)
  return browser.post(asked.url, { account })
}

const askToken = (form: Readonly<Record<string, string>>) =>
  fetch(`${people.baseUrl}/auth/token`, { method: 'POST', body: new URLSearchParams(form) })

describe('the audit log has (trust, section 3)', () => {
  test('that a person signed in, by whom the provider knows them, and signed out', async () => {
    const browser = people.browser()
    const [row, ...others] = await added(() => signIn(browser, 'ailsa'))
    expect(others).toEqual([])
    expect(row).toEqual({
      interaction: 'sign-in',
      outcome: 'permit',
      reason: null,
      client: `keyplan-pages ${people.issuer}|ailsa`,
      organization: 'ZZ901',
      role: 'gp-practice',
      patient: null,
      entities: [],
      query: null,
    })
    const csrf = fieldOn((await browser.get(`${people.baseUrl}/me`)).text, 'csrf')
    const out = await added(() => browser.post(`${people.baseUrl}/sign-out`, { csrf }))
    expect(said(out)).toEqual(['sign-out permit - keyplan-pages |ailsa'])
  })

  test('that somebody was not let in, and why, and nothing that they or a stranger wrote', async () => {
    expect(said(await added(() => signIn(people.browser(), 'mo')))).toEqual([
      'sign-in deny sign-in-claim-unknown keyplan-pages',
    ])
    const begun = await added(() => people.browser().get(`${people.baseUrl}/sign-in/callback?state=<b>&code=Margaret`))
    expect(said(begun)).toEqual(['sign-in deny sign-in-not-begun keyplan-pages'])
  })

  test('that a session ended because somebody else signed in at the browser', async () => {
    const browser = people.browser()
    browser.setCookie('keyplan-session', (await people.signIn('rory')).cookie('keyplan-session') as string)
    expect(said(await added(() => signIn(browser, 'nadia')))).toEqual([
      'session-end permit - keyplan-pages |rory',
      'sign-in permit - keyplan-pages |nadia',
    ])
  })

  test('that a session ended because it was over, or was not used, whether anybody signs in or not', async () => {
    const over = { sian: 'ends = now()', morag: `used = now() - interval '1 day'` }
    for (const account of Object.keys(over)) await people.signIn(account)
    const rows = await added(async () => {
      for (const [account, set] of Object.entries(over))
        await people.service.database.query(`update session set ${set} where subject = '${account}'`)
      await until(
        () => people.service.database.query(`select from session where subject in ('sian', 'morag')`),
        (left) => left.length === 0,
      )
      await until(ends, (ended) => ended.length >= 2)
    })
    expect(said(rows).sort()).toEqual([
      'session-end permit - keyplan-pages |morag',
      'session-end permit - keyplan-pages |sian',
    ])
  })

  test('that an app got a token, by the name of who uses it, or did not', async () => {
    const browser = await people.signIn('ailsa')
    const app = testApp(people.baseUrl, 'viewer', 'user/*.rs')
    const code = await allowed(browser, people.baseUrl, app.url())
    const [row, ...others] = await added(() => app.redeem(code))
    expect(said([row as Row, ...others])).toEqual(['token permit - viewer |ailsa'])
    expect([row?.organization, row?.role]).toEqual(['ZZ901', 'gp-practice'])
    expect(said(await added(() => app.redeem(code)))).toEqual(['token deny code viewer'])
    const form = { grant_type: 'authorization_code', code, redirect_uri: `${APP}/callback`, client_id: 'Margaret' }
    expect(said(await added(() => askToken(form)))).toEqual(['token deny client-id '])
  })

  test('that a system got a token, or did not: by its name where it is registered, and by none where it is not', async () => {
    const [row, ...others] = await added(() => people.service.token('ambulance', 'system/Patient.rs'))
    expect(others).toEqual([])
    expect([row?.interaction, row?.outcome, row?.client, row?.role]).toEqual([
      'token',
      'permit',
      'ambulance',
      'ambulance',
    ])
    const assertion = (iss: string) =>
      [{ alg: 'ES384', typ: 'JWT', kid: 'x' }, { iss, sub: iss }, 'x']
        .map((part) => Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'))
        .join('.')
    const ask = (iss: string) =>
      askToken({
        grant_type: 'client_credentials',
        scope: 'system/*.rs',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion(iss),
      })
    expect(said(await added(() => ask('ambulance')))).toEqual(['token deny kid ambulance'])
    expect(said(await added(() => ask('Margaret Synthetic')))).toEqual(['token deny iss '])
  })
})

test('a stranger who asks again and again does not fill the log, from which nothing is taken out', async () => {
  let now = Date.now()
  const note = createNoteSignIn(people.service.services.store, () => now)
  const refuse = (caller: string, refused: string) => note({ interaction: 'token', caller, refused })
  const repeated = async (count: number, act: () => Promise<void>) =>
    (await added(() => Promise.all(Array.from({ length: count }, act)))).length
  expect(await repeated(500, () => refuse('', 'iss'))).toBe(20)
  expect(await repeated(5, () => refuse('ambulance', 'iss'))).toBe(5)
  expect(await repeated(5, () => refuse('', 'kid'))).toBe(5)
  expect(await repeated(100, () => note({ interaction: 'token', caller: 'ambulance' }))).toBe(100)
  now += 60_000
  expect(await repeated(5, () => refuse('', 'iss'))).toBe(5)
})
