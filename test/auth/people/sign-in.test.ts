import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ownPath } from '../../../src/auth/people/sign-in.ts'
import { STAFF } from '../../../src/cli/demo/identity/staff.ts'
import type { HttpBrowser } from './http-browser.ts'
import { type PeopleService, startPeople } from './support.ts'

const CASES: readonly Readonly<{ return_to: unknown; goesTo: string }>[] = JSON.parse(
  readFileSync(new URL('./return-to.cases.json', import.meta.url), 'utf8'),
)

let people: PeopleService
beforeAll(async () => {
  people = await startPeople({
    staff: [
      ...STAFF,
      { account: 'porter', name: 'Peter Synthetic', jobRole: 'porter', organization: 'ZZ901' },
      { account: 'nowhere', name: 'Nora Synthetic', jobRole: 'paramedic', organization: 'not an ODS code' },
    ],
  })
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

/** The provider's answer to a sign-in, as the address to which it sends the browser, which does not go there. */
const returned = async (browser: HttpBrowser, account = 'ailsa'): Promise<URL> => {
  const asked = await browser.get(`${people.baseUrl}/sign-in`)
  const answer = await fetch(asked.url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ account }),
    headers: { Cookie: providerCookies(browser) },
  })
  const resumed = await fetch(new URL(answer.headers.get('location') ?? '', asked.url), {
    redirect: 'manual',
    headers: {
      Cookie: [providerCookies(browser), ...answer.headers.getSetCookie().map((one) => one.split(';')[0])].join('; '),
    },
  })
  return new URL(resumed.headers.get('location') ?? '')
}
const providerCookies = (browser: HttpBrowser): string =>
  browser.received
    .filter((line) => line.startsWith('_'))
    .map((line) => line.split(';')[0])
    .join('; ')

const isSignedIn = async (browser: HttpBrowser): Promise<boolean> =>
  (await browser.get(`${people.baseUrl}/me`)).text.includes('Sign out')

describe('signing in (OpenID Connect Core 1.0, section 3.1)', () => {
  test('ends at the page about oneself, with the role, the organisation and the assurance that the mapping gives', async () => {
    const browser = await people.signIn('rory')
    const me = await browser.get(`${people.baseUrl}/me`)
    expect(me.status).toBe(200)
    for (const said of ['Rory Synthetic', 'Ambulance crew', 'Z00002', 'high']) expect(me.text).toContain(said)
  })

  test('asks the provider with state, nonce, an S256 challenge and the one redirect address', async () => {
    const answer = await fetch(`${people.baseUrl}/sign-in`, { redirect: 'manual' })
    const asked = new URL(answer.headers.get('location') ?? '').searchParams
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: 'keyplan',
      redirect_uri: `${people.baseUrl}/sign-in/callback`,
      scope: 'openid profile work',
      state: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      nonce: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(asked.get('state')).not.toBe(asked.get('nonce'))
  })

  test('works once: the same answer of the provider again is refused', async () => {
    const browser = people.browser()
    const answer = await returned(browser)
    expect((await browser.get(answer.href)).url).toBe(`${people.baseUrl}/me`)
    expect((await browser.get(answer.href)).status).toBe(403)
  })

  test('is refused in another browser than the one that began it, which can still end it', async () => {
    const [mine, other] = [people.browser(), people.browser()]
    const answer = await returned(mine)
    await other.get(`${people.baseUrl}/sign-in`)
    const refused = await other.get(answer.href)
    expect([refused.status, await isSignedIn(other)]).toEqual([403, false])
    await mine.get(answer.href)
    expect(await isSignedIn(mine)).toBe(true)
  })

  test.each([
    ['state', 'A'.repeat(43)],
    ['iss', 'https://elsewhere.example'],
    ['code', 'none-of-its-codes'],
  ])('is refused where the %s of the answer is another (RFC 9207 for iss)', async (name, value) => {
    const browser = people.browser()
    const answer = await returned(browser)
    expect(answer.searchParams.has(name)).toBe(true)
    answer.searchParams.set(name, value)
    expect([(await browser.get(answer.href)).status, await isSignedIn(browser)]).toEqual([403, false])
  })

  test('is refused where the answer does not say whose it is, as the provider promised (RFC 9207)', async () => {
    const browser = people.browser()
    const answer = await returned(browser)
    answer.searchParams.delete('iss')
    expect([(await browser.get(answer.href)).status, await isSignedIn(browser)]).toEqual([403, false])
  })

  test.each([
    ['nonce', 'the ID token is for another sign-in'],
    ['verifier', 'the code was asked for by somebody else (RFC 7636)'],
  ])('is refused where the %s is another: %s', async (column) => {
    const browser = people.browser()
    const answer = await returned(browser)
    await people.service.database.query(`update sign_in set ${column} = $1`, ['B'.repeat(43)])
    expect([(await browser.get(answer.href)).status, await isSignedIn(browser)]).toEqual([403, false])
    const told = people.service.logged.findLast(({ refused }) => refused !== undefined)
    expect(told).toMatchObject({ refused: 'sign-in-refused', reason: expect.stringMatching(/^[A-Za-z_]+$/) })
  })

  test('is refused where it took longer than ten minutes', async () => {
    const browser = people.browser()
    const answer = await returned(browser)
    await people.service.database.query(`update sign_in set ends = ends - interval '10 minutes'`)
    expect((await browser.get(answer.href)).status).toBe(403)
  })

  test.each([
    ['porter', 'job_role'],
    ['nowhere', 'ods_code'],
  ])('lets nobody in of whom the mapping knows nothing, and says which claim it was: %s', async (account, claim) => {
    const browser = people.browser()
    const asked = await browser.get(`${people.baseUrl}/sign-in`)
    const refused = await browser.post(asked.url, { account })
    expect([refused.status, await isSignedIn(browser)]).toEqual([403, false])
    expect(refused.text).toContain(claim)
    expect(refused.text).not.toMatch(/porter|not an ODS code/)
  })

  test.each(CASES)('ends at a page of ours whatever it is to return to: %j', ({ return_to: returnTo, goesTo }) => {
    expect(ownPath(returnTo)).toBe(goesTo)
    expect(new URL(`https://plans.example${ownPath(returnTo)}`).host).toBe('plans.example')
  })

  test('does not lead elsewhere over HTTP either', async () => {
    const browser = people.browser()
    const asked = await browser.get(`${people.baseUrl}/sign-in?return_to=${encodeURIComponent('//elsewhere.example')}`)
    expect((await browser.post(asked.url, { account: 'ailsa' })).url).toBe(`${people.baseUrl}/me`)
  })
})

test('nothing of who signed in is in the log', async () => {
  await people.signIn('ailsa')
  const logged = JSON.stringify(people.service.logged)
  expect(logged).not.toMatch(/Synthetic|ailsa|porter/)
})
