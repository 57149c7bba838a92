import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { cookiesOf } from '../../../src/auth/people/cookies.ts'
import { fieldOn, type HttpBrowser, type Visit } from './http-browser.ts'
import { type PeopleService, startPeople } from './support.ts'

let people: PeopleService
beforeAll(async () => {
  people = await startPeople()
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

const SESSION = 'keyplan-session'

const isSignedIn = async (browser: HttpBrowser): Promise<boolean> =>
  (await browser.get(`${people.baseUrl}/me`)).text.includes('Sign out')

const csrfOf = async (browser: HttpBrowser): Promise<string> =>
  fieldOn((await browser.get(`${people.baseUrl}/me`)).text, 'csrf')

describe('a session', () => {
  test('is a new secret at each sign-in, whatever the browser had (session fixation), and the one before is over', async () => {
    const browser = people.browser()
    const known = 'C'.repeat(43)
    browser.setCookie(SESSION, known)
    const asked = await browser.get(`${people.baseUrl}/sign-in`)
    await browser.post(asked.url, { account: 'ailsa' })
    const first = browser.cookie(SESSION) as string
    expect(first).not.toBe(known)

    const again = await browser.get(`${people.baseUrl}/sign-in`)
    await browser.post(again.url, { account: 'nadia' })
    expect(browser.cookie(SESSION)).not.toBe(first)
    const old = people.browser()
    old.setCookie(SESSION, first)
    expect([await isSignedIn(old), await isSignedIn(browser)]).toEqual([false, true])
  })

  test('is a cookie that no script and no other site can use', async () => {
    const browser = await people.signIn('ailsa')
    const given = browser.received.filter((line) => line.startsWith(`${SESSION}=`)).at(-1)
    expect(given).toMatch(/^keyplan-session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('is bound to the host and to https where KeyPlan is reached so', () => {
    expect(cookiesOf('https://plans.example').session.set('x')).toBe(
      '__Host-keyplan-session=x; Path=/; HttpOnly; SameSite=Lax; Secure',
    )
  })

  test('counts for nothing where two are sent', async () => {
    const secret = (await people.signIn('ailsa')).cookie(SESSION)
    const { read } = cookiesOf(people.baseUrl).session
    expect([read(`${SESSION}=${secret}`), read(`${SESSION}=a; ${SESSION}=${secret}`)]).toEqual([secret, undefined])
  })

  test('is stored as a hash, so that a copy of the database signs nobody in', async () => {
    const secret = (await people.signIn('ailsa')).cookie(SESSION) as string
    const rows = await people.service.database.query<{ all: string }>('select session::text as all from session')
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.some(({ all }) => all.includes(secret) || all.includes(Buffer.from(secret).toString('hex')))).toBe(
      false,
    )
  })

  test.each([
    ['was not used for 15 minutes', `used = used - interval '15 minutes'`],
    ['is eight hours old, however much it is used', `ends = ends - interval '8 hours'`],
  ])('is over when it %s', async (_when, change) => {
    const browser = await people.signIn('morag')
    const [before] = await people.service.database.query<{ hours: number }>(
      `select extract(epoch from ends - began)::int / 3600 as hours from session where subject = 'morag'`,
    )
    expect(before?.hours).toBe(8)
    expect(await isSignedIn(browser)).toBe(true)
    await people.service.database.query(`update session set ${change} where subject = 'morag'`)
    expect(await isSignedIn(browser)).toBe(false)
    await people.service.database.query(`delete from session where subject = 'morag'`)
  })

  test('goes on while it is used', async () => {
    const browser = await people.signIn('sian')
    const used = (): Promise<{ ago: number }[]> =>
      people.service.database.query(
        `select extract(epoch from now() - used)::int as ago from session where subject = 'sian'`,
      )
    await people.service.database.query(`update session set used = used - interval '14 minutes' where subject = 'sian'`)
    expect((await used())[0]?.ago).toBeGreaterThanOrEqual(14 * 60)
    expect(await isSignedIn(browser)).toBe(true)
    expect((await used())[0]?.ago).toBeLessThan(10 * 60)
  })
})

describe('signing out', () => {
  const REFUSED: readonly (readonly [
    string,
    Readonly<Record<string, string>>,
    Readonly<Record<string, string | null>>,
  ])[] = [
    ['without the token of the page', { csrf: '' }, {}],
    ['with another token', { csrf: 'D'.repeat(43) }, {}],
    ['from another origin', {}, { Origin: 'https://elsewhere.example' }],
    ['from a page that does not say where it is', {}, { Origin: 'null' }],
    ['from another site', {}, { 'Sec-Fetch-Site': 'cross-site' }],
    ['from another port of this machine', {}, { 'Sec-Fetch-Site': 'same-site' }],
    ['with nothing that says where from', {}, { Origin: null, 'Sec-Fetch-Site': null }],
  ]
  test.each(REFUSED)('%s is refused (cross-site request forgery)', async (_how, fields, headers) => {
    const browser = await people.signIn('ailsa')
    const csrf = await csrfOf(browser)
    const refused = await browser.post(`${people.baseUrl}/sign-out`, { csrf, ...fields }, headers)
    expect([refused.status, await isSignedIn(browser)]).toEqual([403, true])
  })

  test('with the token of another session is refused', async () => {
    const [mine, other] = [await people.signIn('ailsa'), await people.signIn('nadia')]
    const refused = await mine.post(`${people.baseUrl}/sign-out`, { csrf: await csrfOf(other) })
    expect([refused.status, await isSignedIn(mine)]).toEqual([403, true])
  })

  test('ends the session and goes on to the provider, which ends its own and sends the browser back (RP-Initiated Logout 1.0)', async () => {
    const browser = await people.signIn('ailsa')
    const secret = browser.cookie(SESSION) as string
    const out = await browser.post(`${people.baseUrl}/sign-out`, { csrf: await csrfOf(browser) })
    expect([out.status, browser.cookie(SESSION)]).toEqual([200, undefined])
    const copy = people.browser()
    copy.setCookie(SESSION, secret)
    expect(await isSignedIn(copy)).toBe(false)

    const address = /href="([^"]+)"/.exec(out.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(new URL(address).origin).toBe(people.issuer)
    expect(new URL(address).searchParams.get('post_logout_redirect_uri')).toBe(`${people.baseUrl}/signed-out`)
    const asked = await browser.get(address)
    const xsrf = fieldOn(asked.text, 'xsrf')
    const back = await browser.post(/action="([^"]+)"/.exec(asked.text)?.[1] ?? '', { xsrf, logout: 'yes' })
    expect([back.url, back.status]).toEqual([`${people.baseUrl}/signed-out`, 200])
    expect((await browser.get(`${people.baseUrl}/sign-in`)).text).toContain('Who are you today?')
  })

  test('holds at once on every process', async () => {
    const second = await startPeople({ database: people.service.database })
    try {
      const browser = await people.signIn('ailsa')
      const there = (): Promise<Response> =>
        fetch(`${second.baseUrl}/me`, { headers: { Cookie: `${SESSION}=${secret}` } })
      const secret = browser.cookie(SESSION) as string
      expect(await (await there()).text()).toContain('Dr Ailsa Synthetic')
      await browser.post(`${people.baseUrl}/sign-out`, { csrf: await csrfOf(browser) })
      expect(await (await there()).text()).toContain('You are signed out')
    } finally {
      await second.stop()
    }
  }, 120_000)
})

describe('the pages', () => {
  const headersOf = ({ headers }: Visit): Record<string, string | null> =>
    Object.fromEntries(
      ['content-security-policy', 'x-frame-options', 'referrer-policy', 'cache-control'].map((name) => [
        name,
        headers.get(name),
      ]),
    )

  test('load nothing from anywhere, are shown in no frame (clickjacking), and are kept nowhere', async () => {
    const browser = await people.signIn('ailsa')
    for (const path of ['/me', '/signed-out', '/launch/viewer', '/sign-in/callback']) {
      const headers = headersOf(await browser.get(`${people.baseUrl}${path}`))
      expect([path, headers]).toEqual([
        path,
        {
          'content-security-policy': expect.stringMatching(
            /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'( http:\/\/localhost:1)?; frame-ancestors 'none'$/,
          ),
          'x-frame-options': 'DENY',
          'referrer-policy': 'same-origin',
          'cache-control': 'no-store',
        },
      ])
    }
  })

  test('write what the provider says as text', async () => {
    const [row] = await people.service.database.query<{ name: string }>(
      `select name from session where subject = 'ailsa' limit 1`,
    )
    expect(row).toBeDefined()
    const browser = await people.signIn('ailsa')
    await people.service.database.query(
      `update session set name = '<img src=x onerror=alert(1)>' where subject = 'ailsa'`,
    )
    const { text } = await browser.get(`${people.baseUrl}/me`)
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(text).not.toContain('<img')
  })
})
