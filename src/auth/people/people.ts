import type { JWK } from 'jose'
import type { Log } from '../../log.ts'
import type { PeopleStore } from '../../store/access/people.ts'
import type { UseAssertionOnce } from '../client-authentication.ts'
import type { NoteSignIn } from '../note.ts'
import type { ScopeQueryFinding } from '../requested-scopes.ts'
import type { TokenAnswer, TokenRequest } from '../token-endpoint.ts'
import { answerAppToken, isCodeGrant } from './app-token.ts'
import type { Apps } from './apps.ts'
import { type ReadRequest, readAuthorizationRequest } from './authorization-request.ts'
import { createFindCaller, type FindCaller } from './callers.ts'
import { type Cookies, cookiesOf } from './cookies.ts'
import { openidConfiguration, type PeopleConfiguration, peopleConfiguration } from './discovery.ts'
import { createGrants, type Grants } from './grants.ts'
import { loadIdTokenKeys } from './id-token.ts'
import { loadIdentity } from './identity.ts'
import { createProvider } from './provider.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignIn, type SignIn } from './sign-in.ts'

/** People who sign in, and the apps that they use. */
export type People = Readonly<{
  provider: Readonly<{
    name: string
    /** Of its addresses. */
    origin: string
    /** Where the provider ends its own session, and sends the browser back to us; undefined where it does not offer that. */
    endSessionUrl(idToken: string): Promise<URL | undefined>
  }>
  cookies: Cookies
  signIn: SignIn
  sessions: Sessions
  apps: Apps
  /** What an app asks of a person (see `readAuthorizationRequest`). */
  readRequest(parameters: URLSearchParams): ReadRequest
  grants: Grants
  findCaller: FindCaller
  /** The answer to a token request of an app; undefined for one of a system. */
  answerToken(request: TokenRequest): Promise<TokenAnswer> | undefined
  /** The keys of ID tokens, as `/auth/jwks` shows them. */
  jwks: readonly JWK[]
  configuration(): PeopleConfiguration | undefined
  openidConfiguration(): object | undefined
}>

/** Where the browser comes back to from the provider, and where from its sign-out. Both are registered there letter by letter. */
export const CALLBACK = '/sign-in/callback'
export const SIGNED_OUT = '/signed-out'

export type PeopleOptions = Readonly<{
  /** The file of KEYPLAN_IDENTITY. */
  identityFile: string
  idTokenKeys: string | undefined
  dataFolder: string
  apps: Apps
  store: PeopleStore
  /** Base address of the service, without a slash at its end. */
  baseUrl: string
  useAssertionOnce: UseAssertionOnce
  scopeQueryFinding: ScopeQueryFinding
  /** Where what came of signing in is put on record. */
  note: NoteSignIn
  log: Pick<Log, 'warn' | 'error'>
  /** Milliseconds since 1970; the system's clock unless told otherwise. */
  now?: () => number
}>

/** Opens sign-in for people. Throws an Error that names the setting where the mapping or the keys of ID tokens are wrong. */
export const openPeople = async (options: PeopleOptions): Promise<People> => {
  const { apps, store, useAssertionOnce, scopeQueryFinding, note, log, now = Date.now } = options
  const baseUrl = (): string => options.baseUrl
  const identity = await loadIdentity(options.identityFile)
  const keys = await loadIdTokenKeys({ file: options.idTokenKeys, dataFolder: options.dataFolder })
  const provider = createProvider(identity, {
    redirectUri: `${options.baseUrl}${CALLBACK}`,
    signedOut: `${options.baseUrl}${SIGNED_OUT}`,
  })
  const cookies = cookiesOf(options.baseUrl)
  const sessions = createSessions({ store: store.sessions, limits: identity.limits, note, now })
  return {
    provider: {
      name: identity.name,
      origin: new URL(identity.issuer).origin,
      endSessionUrl: provider.endSessionUrl,
    },
    cookies,
    sessions,
    signIn: createSignIn({ identity, provider, sessions, store: store.signIns, note, log, now }),
    apps,
    readRequest: (parameters) =>
      readAuthorizationRequest(parameters, { apps, base: options.baseUrl, scopeQueryFinding }),
    grants: createGrants({ store, baseUrl, now }),
    findCaller: createFindCaller({ sessions, grants: store.grants, cookie: cookies.session, baseUrl, now }),
    answerToken: (request) =>
      isCodeGrant(request)
        ? answerAppToken({ apps, store: store.grants, keys, baseUrl, useAssertionOnce, note, now, log }, request)
        : undefined,
    jwks: keys.jwks.keys,
    configuration: () => peopleConfiguration(apps, options.baseUrl),
    openidConfiguration: () => openidConfiguration(apps, options.baseUrl),
  }
}
