import { createHash, randomBytes } from 'node:crypto'
import { type Answer, fhirClient } from '../../support/service.ts'
import { fieldOn, type HttpBrowser, type Visit } from './http-browser.ts'
import { APP } from './support.ts'

export type TokenBody = Readonly<{
  access_token: string
  token_type: string
  expires_in: number
  scope: string
  patient?: string
  need_patient_banner?: boolean
  id_token?: string
  error?: string
}>

/** Who tests as an app: what it asks with, and how it exchanges its code. */
export type TestApp = Readonly<{
  verifier: string
  /** The parameters of a right request, with some replaced; null leaves one out. */
  request(replaced?: Readonly<Record<string, string | null>>): URLSearchParams
  url(replaced?: Readonly<Record<string, string | null>>): string
  redeem(
    code: string,
    replaced?: Readonly<Record<string, string | null>>,
  ): Promise<Readonly<{ status: number; headers: Headers; body: TokenBody }>>
}>

const without = (members: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(members).filter((one): one is [string, string] => one[1] !== null))

export const testApp = (
  baseUrl: string,
  clientId = 'viewer',
  scope = 'openid fhirUser launch/patient patient/*.rs',
): TestApp => {
  const verifier = randomBytes(32).toString('base64url')
  const request: TestApp['request'] = (replaced = {}) =>
    new URLSearchParams(
      without({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: `${APP}/callback`,
        scope,
        state: 'a state of the app',
        nonce: 'a nonce of the app',
        aud: `${baseUrl}/fhir`,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...replaced,
      }),
    )
  return {
    verifier,
    request,
    url: (replaced) => `${baseUrl}/auth/authorize?${request(replaced)}`,
    redeem: async (code, replaced = {}) => {
      const answer = await fetch(`${baseUrl}/auth/token`, {
        method: 'POST',
        body: new URLSearchParams(
          without({
            grant_type: 'authorization_code',
            code,
            redirect_uri: `${APP}/callback`,
            client_id: clientId,
            code_verifier: verifier,
            ...replaced,
          }),
        ),
      })
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as TokenBody }
    },
  }
}

/** What came back to the app: the parameters of the address to which the browser was sent. */
export const answerOf = ({ url }: Visit): Record<string, string> => {
  if (!url.startsWith(`${APP}/callback?`)) throw new Error(`The browser was not sent to the app, but to ${url}.`)
  return Object.fromEntries(new URL(url).searchParams)
}

/** Presses a button of the page that asks. */
export const press = (
  browser: HttpBrowser,
  baseUrl: string,
  { text }: Visit,
  fields: Readonly<Record<string, string>>,
): Promise<Visit> =>
  browser.post(`${baseUrl}/auth/consent`, {
    csrf: fieldOn(text, 'csrf'),
    request: fieldOn(text, 'request'),
    ...(/name="patient"/.test(text) && fields['action'] === 'allow' ? { patient: fieldOn(text, 'patient') } : {}),
    ...fields,
  })

/** A signed-in person lets the app do what it asks, for the one whom this number finds; answers the code. */
export const allowed = async (browser: HttpBrowser, baseUrl: string, url: string, number?: string): Promise<string> => {
  let page = await browser.get(url)
  if (number !== undefined) {
    page = await press(browser, baseUrl, page, { action: 'find', number, name: '', birthDate: '' })
    page = await press(browser, baseUrl, page, { action: 'choose', patient: fieldOn(page.text, 'patient') })
  }
  return answerOf(await press(browser, baseUrl, page, { action: 'allow' }))['code'] ?? ''
}

/** A token of the viewer, for what a signed-in person lets it do; for the one whom this number finds. */
export const tokenFor = async (
  browser: HttpBrowser,
  baseUrl: string,
  scope: string,
  number?: string,
): Promise<string> => {
  const app = testApp(baseUrl, 'viewer', scope)
  const { body } = await app.redeem(await allowed(browser, baseUrl, app.url(), number))
  return body.access_token
}

/** Asks the FHIR API with a token of an app. */
export const askFhir = async <Body>(
  baseUrl: string,
  token: string,
  method: string,
  path: string,
  options: Readonly<{ body?: object; headers?: Readonly<Record<string, string>> }> = {},
): Promise<Answer<Body>> =>
  (await fhirClient(baseUrl))<Body>(method, path, options.body, {
    Authorization: `Bearer ${token}`,
    ...options.headers,
  })
