/** What an app asks of a person: the authorization request of SMART App Launch 2.2 ("Obtain authorization code"; RFC 6749 section 4.1.1). */
import { intersectScopes } from '../../access/scopes.ts'
import { problem } from '../../fhir/outcome.ts'
import { requestedScopesFinding, type ScopeQueryFinding } from '../requested-scopes.ts'
import { type App, type Apps, CONTEXT_SCOPES, isAppScope } from './apps.ts'

/** A request whose every part was checked. */
export type AuthorizationRequest = Readonly<{
  app: App
  redirectUri: string
  state: string
  challenge: string
  nonce: string | undefined
  /** The launch out of KeyPlan that the app refers to. */
  launch: string | undefined
  /** What the app will be given: asked for ∩ registered. */
  scopes: readonly string[]
  /** What it asked for and KeyPlan does not offer to anyone. */
  notOffered: readonly string[]
  /** Whether all of it is about one patient. */
  needsPatient: boolean
}>

/** The request, or where to send the browser with the error that the app is to learn. */
export type ReadRequest = Readonly<
  { request: AuthorizationRequest; refused?: never } | { refused: string; request?: never }
>

type ErrorCode =
  | 'invalid_request'
  | 'invalid_scope'
  | 'unsupported_response_type'
  | 'access_denied'
  | 'consent_required'
  | 'request_not_supported'

/** Known, and not offered: there are no tokens that outlive a session, and no other claims than those of `fhirUser`. */
const NOT_OFFERED: readonly string[] = ['offline_access', 'online_access', 'profile']

class Refused extends Error {
  readonly error: ErrorCode
  constructor(error: ErrorCode, description: string) {
    super(description)
    this.error = error
  }
}

const refusal = (description: string): Refused => new Refused('invalid_request', description)

/** Where the browser goes with an answer; `iss` says whose it is, so that an app with several servers cannot be led astray (RFC 9207). */
export const answerTo = (
  { redirectUri, state }: Readonly<{ redirectUri: string; state: string | undefined }>,
  base: string,
  answer: Readonly<Record<string, string>>,
): string => {
  const location = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...answer, ...(state === undefined ? {} : { state }), iss: base }))
    location.searchParams.append(name, value)
  return location.href
}

/** The answer that the person said no. */
export const denial = (request: AuthorizationRequest, base: string): string =>
  answerTo(request, base, { error: 'access_denied', error_description: 'The person did not allow it.' })

/**
 * Who asks, and where answers go. Whatever is wrong with these is told to the person alone: a browser is sent only to an address that the app has
 * registered. Throws a Problem `bad-request`.
 */
const askedBy = (parameters: URLSearchParams, apps: Apps): { app: App; redirectUri: string } => {
  const stop = (text: string) => problem('bad-request', 'app-request-unusable', text)
  if (new Set(parameters.keys()).size !== parameters.size)
    throw stop('The app sent a parameter twice. Tell whoever looks after the app.')
  const app = apps.get(parameters.get('client_id') ?? '')
  if (app === undefined) throw stop('The app that sent you here is not registered with KeyPlan (client_id).')
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === null || !app.redirectUris.includes(redirectUri))
    throw stop(
      `${app.name} wants its answer at an address that it has not registered (redirect_uri). Tell whoever looks after the app.`,
    )
  return { app, redirectUri }
}

const aCodeAndNothingElse = (parameters: URLSearchParams): void => {
  if (parameters.get('response_type') !== 'code')
    throw new Refused('unsupported_response_type', 'response_type must be code.')
  if (!['query', null].includes(parameters.get('response_mode'))) throw refusal('response_mode can only be query.')
  if (parameters.has('request') || parameters.has('request_uri'))
    throw new Refused(
      'request_not_supported',
      'Send the parameters themselves: request and request_uri are not offered.',
    )
}

/** What would promise something about the sign-in that cannot be kept. */
const noPromises = (parameters: URLSearchParams): void => {
  if (parameters.has('max_age')) throw refusal('max_age is not offered.')
  const prompt = parameters.get('prompt')
  if (prompt === 'none') throw new Refused('consent_required', 'The person is always asked, so prompt=none cannot be.')
  if (prompt !== null && prompt !== 'consent') throw refusal('prompt can only be consent.')
}

const stateOf = (parameters: URLSearchParams): string => {
  const state = parameters.get('state')
  if (state !== null && /^[\x20-\x7e]{8,1000}$/.test(state)) return state
  throw refusal('state is missing, shorter than 8 characters or longer than 1000: it must be hard to guess.')
}

/** The one server that the app means to get a token for (SMART: `aud`). */
const forThisServer = (parameters: URLSearchParams, base: string): void => {
  if (parameters.get('aud') !== `${base}/fhir`) throw refusal(`aud must be ${base}/fhir.`)
}

/** RFC 7636 section 4.3. */
const challengeOf = (parameters: URLSearchParams): string => {
  if (parameters.get('code_challenge_method') !== 'S256') throw refusal('code_challenge_method must be S256.')
  const challenge = parameters.get('code_challenge')
  if (challenge !== null && /^[A-Za-z0-9_-]{43}$/.test(challenge)) return challenge
  throw refusal('code_challenge must be the SHA-256 of the code_verifier in base64url: 43 characters.')
}

const APP_SCOPES = `${CONTEXT_SCOPES.join(', ')}, and scopes such as user/CarePlan.rs or patient/CarePlan.rs?status=active, a blank between them; no SMART v1 names.`

const scopesOf = (
  parameters: URLSearchParams,
  app: App,
  scopeQueryFinding: ScopeQueryFinding,
): Pick<AuthorizationRequest, 'scopes' | 'notOffered'> => {
  const refuse = (text: string): Refused => new Refused('invalid_scope', text)
  const requested = parameters.get('scope')?.split(' ') ?? []
  const notOffered = requested.filter((scope) => NOT_OFFERED.includes(scope))
  const finding = requestedScopesFinding(requested, {
    isOffered: (text) => NOT_OFFERED.includes(text) || isAppScope(text),
    expected: APP_SCOPES,
    scopeQueryFinding,
  })
  if (finding !== undefined) throw refuse(finding)
  const scopes = [
    ...CONTEXT_SCOPES.filter((scope) => requested.includes(scope) && app.scopes.includes(scope)),
    ...intersectScopes(requested, app.scopes),
  ]
  if (scopes.length === 0) throw refuse('None of the requested scopes is registered for this app.')
  if (scopes.includes('fhirUser') && !scopes.includes('openid')) throw refuse('fhirUser needs openid beside it.')
  return { scopes, notOffered }
}

const launchOf = (parameters: URLSearchParams, scopes: readonly string[]): string | undefined => {
  const launch = parameters.get('launch') ?? undefined
  if ((launch !== undefined) !== scopes.includes('launch'))
    throw refusal('The scope launch and the parameter launch go together, where the app is registered for that scope.')
  return launch
}

const nonceOf = (parameters: URLSearchParams): string | undefined => {
  const nonce = parameters.get('nonce') ?? undefined
  if (nonce !== undefined && !/^[\x20-\x7e]{1,1000}$/.test(nonce))
    throw refusal('nonce is not 1 to 1000 characters of ASCII.')
  return nonce
}

/**
 * Reads and checks an authorization request to the service at `base`. Throws a Problem where it is unsafe to tell the app; what the app is to be
 * told comes back as `refused`.
 */
export const readAuthorizationRequest = (
  parameters: URLSearchParams,
  { apps, base, scopeQueryFinding }: Readonly<{ apps: Apps; base: string; scopeQueryFinding: ScopeQueryFinding }>,
): ReadRequest => {
  const { app, redirectUri } = askedBy(parameters, apps)
  try {
    aCodeAndNothingElse(parameters)
    noPromises(parameters)
    const state = stateOf(parameters)
    forThisServer(parameters, base)
    const challenge = challengeOf(parameters)
    const { scopes, notOffered } = scopesOf(parameters, app, scopeQueryFinding)
    const launch = launchOf(parameters, scopes)
    const needsPatient =
      launch !== undefined || scopes.some((scope) => scope === 'launch/patient' || scope.startsWith('patient/'))
    const nonce = nonceOf(parameters)
    return { request: { app, redirectUri, state, challenge, nonce, launch, scopes, notOffered, needsPatient } }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const state = parameters.get('state') ?? undefined
    return { refused: answerTo({ redirectUri, state }, base, { error: error.error, error_description: error.message }) }
  }
}
