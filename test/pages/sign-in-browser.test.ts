import { createHash, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Patient } from 'fhir/r4.js'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type PeopleService, startPeople } from '../auth/people/support.ts'
import { startBrowser } from '../support/browser.ts'
import { person, register } from '../support/people.ts'

/** A tiny app on a port of its own: it sends the browser to KeyPlan, exchanges its code, and shows the name of whom it reads. */
const tinyApp = (base: () => string): Server => {
  const pending = new Map<string, string>()
  const page = (body: string): string => `<!DOCTYPE html><html lang="en-GB"><title>Tiny app</title><main>${body}</main>`
  return createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    const redirectUri = `${url.origin}/callback`
    const answer = async (): Promise<string> => {
      if (url.pathname === '/attack')
        return page(
          `<form method="post" action="${base()}/sign-out"><input name="csrf" value="a guess"><button>Win a prize</button></form>`,
        )
      if (url.pathname === '/' || url.pathname === '/launch') {
        const [state, verifier] = [randomBytes(16).toString('hex'), randomBytes(32).toString('base64url')]
        pending.set(state, verifier)
        const launch = url.searchParams.get('launch')
        const asked = new URLSearchParams({
          response_type: 'code',
          client_id: 'tiny',
          redirect_uri: redirectUri,
          scope: launch === null ? 'launch/patient patient/Patient.r' : 'launch patient/Patient.r',
          state,
          aud: `${base()}/fhir`,
          code_challenge: createHash('sha256').update(verifier).digest('base64url'),
          code_challenge_method: 'S256',
          ...(launch === null ? {} : { launch }),
        })
        response.statusCode = 303
        response.setHeader('Location', `${base()}/auth/authorize?${asked}`)
        return ''
      }
      if (url.pathname !== '/callback') return page('nothing here')
      const { code = '', state = '', iss, error } = Object.fromEntries(url.searchParams)
      if (error !== undefined || iss !== base()) return page(`no answer: ${error}`)
      const token = await fetch(`${base()}/auth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: 'tiny',
          code,
          redirect_uri: redirectUri,
          code_verifier: pending.get(state) ?? '',
        }),
      })
      const { access_token: bearer, patient } = (await token.json()) as { access_token: string; patient: string }
      const read = await fetch(`${base()}/fhir/Patient/${patient}`, { headers: { Authorization: `Bearer ${bearer}` } })
      return page(`reads ${((await read.json()) as Patient).name?.[0]?.family}`)
    }
    answer().then(
      (body) => response.setHeader('Content-Type', 'text/html').end(body),
      () => response.writeHead(500).end(),
    )
  })
}

const MARGARET = person('margaret').patient

let people: PeopleService
let browser: Browser
let app: Server
let appUrl: string
beforeAll(async () => {
  app = tinyApp(() => people.baseUrl)
  await new Promise<void>((settle) => app.listen(0, '127.0.0.1', () => settle()))
  appUrl = `http://localhost:${(app.address() as AddressInfo).port}`
  people = await startPeople({
    apps: [
      {
        kind: 'app',
        clientId: 'tiny',
        name: 'Tiny app (synthetic)',
        redirectUris: [`${appUrl}/callback`],
        launchUri: `${appUrl}/launch`,
        scopes: ['launch', 'launch/patient', 'patient/Patient.r'],
        public: true,
      },
    ],
  })
  await register(await people.service.fhir('gp-practice'), { patient: MARGARET })
  browser = await startBrowser()
}, 240_000)
afterAll(async () => {
  await browser?.close()
  await people?.stop()
  app?.closeAllConnections()
  app?.close()
})

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: name === 'Allow' }).click()

const signIn = async (page: Page): Promise<void> => {
  await page.goto(`${people.baseUrl}/me`)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await press(page, 'Dr Ailsa Synthetic')
  await page.waitForURL(`${people.baseUrl}/me`)
}

const findMargaret = async (page: Page): Promise<void> => {
  await page.getByLabel('CHI, NHS or H&C number').fill(MARGARET.identifier?.[0]?.value ?? '')
  await press(page, 'Find')
  await press(page, MARGARET.name?.[0]?.family ?? '')
}

/** What the pages said on the console, where they could say that something was blocked or is missing. */
const listened = (context: BrowserContext): string[] => {
  const said: string[] = []
  context.on('console', (message) => said.push(message.text()))
  context.on('weberror', (error) => said.push(String(error.error())))
  return said
}

const fits = async (page: Page): Promise<void> => {
  const [content, screen] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )
  expect([page.url(), content <= screen]).toEqual([page.url(), true])
}

describe.each([
  ['a wide screen', 1440, 900],
  ['a phone', 390, 844],
])('on %s', (_name, width, height) => {
  let context: BrowserContext
  let page: Page
  let said: string[]
  beforeAll(async () => {
    context = await browser.newContext({ viewport: { width, height } })
    context.setDefaultTimeout(60_000)
    said = listened(context)
    page = await context.newPage()
  })
  afterAll(async () => {
    await context?.close()
  })

  test('somebody signs in and sees who they are', async () => {
    await page.goto(`${people.baseUrl}/me`)
    await fits(page)
    await signIn(page)
    await page.getByText('General practice').waitFor()
    await fits(page)
  }, 120_000)

  test('an app that begins by itself reads the person who was chosen', async () => {
    await page.goto(appUrl)
    await fits(page)
    await findMargaret(page)
    await page.getByText('Read: Patient, of this person alone').waitFor()
    await fits(page)
    await press(page, 'Allow')
    await page.getByText(`reads ${MARGARET.name?.[0]?.family}`).waitFor()
  }, 120_000)

  test('an app that is opened from the own page reads the person for whom it was opened', async () => {
    await page.goto(`${people.baseUrl}/me`)
    await page.getByRole('link', { name: 'Tiny app (synthetic)' }).click()
    await findMargaret(page)
    await press(page, 'Allow')
    await page.getByText(`reads ${MARGARET.name?.[0]?.family}`).waitFor()
  }, 120_000)

  test('a page of somebody else in another tab cannot sign them out', async () => {
    const other = await context.newPage()
    await other.goto(`${appUrl}/attack`)
    const [refused] = await Promise.all([
      other.waitForResponse(`${people.baseUrl}/sign-out`),
      press(other, 'Win a prize'),
    ])
    expect(refused.status()).toBe(403)
    await other.getByText('This did not work').waitFor()
    await fits(other)
    await other.close()
    await page.goto(`${people.baseUrl}/me`)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
  }, 120_000)

  test('they sign out, here and at the provider', async () => {
    await page.goto(`${people.baseUrl}/me`)
    await press(page, 'Sign out')
    await press(page, 'Yes, sign out')
    await page.waitForURL(`${people.baseUrl}/signed-out`)
    await page.goto(`${people.baseUrl}/me`)
    await page.getByText('You are signed out').waitFor()
  }, 120_000)

  test('and no page said anything on the console but that one was refused', () => {
    expect(said.filter((text) => !text.includes('403 (Forbidden)'))).toEqual([])
  })
})
