/**
 * The token endpoint for apps that people use (SMART App Launch 2.2, "Obtain access token"; RFC 6749 section 4.1.3): an ordered list of small
 * checks that ends in one handler.
 */
import { createHash } from 'node:crypto'
import type { Log } from '../../log.ts'
import type { PeopleStore } from '../../store/access/people.ts'
import { claimedAssertion, prove, type UseAssertionOnce } from '../client-authentication.ts'
import type { NoteSignIn } from '../note.ts'
import { notAuthenticated, Refusal } from '../refusal.ts'
import { eachParameterOnce, formOf, notAnswered, type TokenAnswer, type TokenRequest } from '../token-endpoint.ts'
import type { App, Apps } from './apps.ts'
import { APP_TOKEN_SECONDS } from './grants.ts'
import { type IdTokenKeys, signIdToken } from './id-token.ts'
import { callerOf } from './person.ts'
import { hashed, isSecret, newSecret } from './secret.ts'
import { personIn } from './sessions.ts'

export type AppTokenOptions = Readonly<{
  apps: Apps
  store: PeopleStore['grants']
  keys: IdTokenKeys
  /** Base address of the service, without a slash at its end. */
  baseUrl: () => string
  useAssertionOnce: UseAssertionOnce
  note: NoteSignIn
  /** Milliseconds since 1970. */
  now: () => number
  log: Pick<Log, 'warn' | 'error'> | undefined
}>

export const isCodeGrant = ({ body }: TokenRequest): boolean =>
  body !== undefined && new URLSearchParams(body).get('grant_type') === 'authorization_code'

/** The same words whatever is wrong with a code, so that nobody who has found one learns what they lack. */
const invalidGrant = (check: string): Refusal =>
  new Refusal(
    'invalid_grant',
    check,
    'The code is unknown, over or used, or belongs to another app, redirect_uri or code_verifier. Begin the sign-in again.',
  )

/** RFC 6749 section 2.3: a public app says its name; another proves who it is, by its key and nothing else. */
const authenticated = async (
  form: URLSearchParams,
  request: TokenRequest,
  { apps, baseUrl, useAssertionOnce, now }: AppTokenOptions,
): Promise<App> => {
  if (request.authorization || form.has('client_secret')) throw notAuthenticated('one-method')
  if (form.has('client_assertion')) {
    const assertion = claimedAssertion(form, apps)
    if (form.has('client_id') && form.get('client_id') !== assertion.client.clientId)
      throw notAuthenticated('client-id')
    await prove(assertion, { audience: `${baseUrl()}/auth/token`, now: now() }, useAssertionOnce)
    return assertion.client
  }
  const app = apps.get(form.get('client_id') ?? '')
  if (app?.isPublic !== true) throw notAuthenticated(app === undefined ? 'client-id' : 'assertion-missing')
  return app
}

/** RFC 7636 section 4.6. */
const isVerifier = (verifier: string | null, challenge: string): boolean =>
  verifier !== null &&
  /^[A-Za-z0-9\-._~]{43,128}$/.test(verifier) &&
  createHash('sha256').update(verifier).digest('base64url') === challenge

/** Answers a token request of an app with the grant `authorization_code`. Does not throw. */
export const answerAppToken = async (options: AppTokenOptions, request: TokenRequest): Promise<TokenAnswer> => {
  let app: App | undefined
  try {
    const { store, keys, baseUrl } = options
    const now = options.now()
    const form = formOf(request)
    eachParameterOnce(form)
    app = await authenticated(form, request, options)

    const code = form.get('code')
    if (!isSecret(code)) throw invalidGrant('code')
    const token = newSecret()
    const ends = new Date(now + APP_TOKEN_SECONDS * 1_000)
    // Used up before anything about it is checked: whoever holds a code has one try.
    const granted = await store.redeem(hashed(code), app.clientId, hashed(token), new Date(now), ends)
    if (granted === undefined) throw invalidGrant('code')
    const isRight =
      form.get('redirect_uri') === granted.redirectUri && isVerifier(form.get('code_verifier'), granted.challenge)
    if (!isRight) {
      await store.end(hashed(code))
      throw invalidGrant(form.get('redirect_uri') === granted.redirectUri ? 'code-verifier' : 'redirect-uri')
    }

    const { scope, patient, nonce, fhirUser, person } = granted
    const scopes = scope.split(' ')
    await options.note({
      interaction: 'token',
      caller: callerOf(personIn(person), { clientId: app.clientId, scopes, patient }),
    })
    const idToken = scopes.includes('openid')
      ? await signIdToken(keys, {
          base: baseUrl(),
          clientId: app.clientId,
          person: personIn(person),
          began: person.began,
          nonce,
          fhirUser,
          now,
        })
      : undefined
    return {
      status: 200,
      headers: {},
      body: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: APP_TOKEN_SECONDS,
        scope,
        ...(patient === null ? {} : { patient, need_patient_banner: true }),
        ...(idToken === undefined ? {} : { id_token: idToken }),
      },
    }
  } catch (cause) {
    return notAnswered(cause, options, app?.clientId ?? '')
  }
}
