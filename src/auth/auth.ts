import type { Router } from 'express'
import type { Log } from '../log.ts'
import { type Authenticator, createAuthenticator } from './authenticate.ts'
import type { UseAssertionOnce } from './client-authentication.ts'
import { type CertificateOf, certificateFrom } from './client-certificate.ts'
import type { Clients } from './clients.ts'
import type { CurrentKeys } from './keys.ts'
import type { NoteSignIn } from './note.ts'
import type { People } from './people/people.ts'
import type { ScopeQueryFinding } from './requested-scopes.ts'
import { authRouter } from './router.ts'
import { type SmartConfiguration, smartConfiguration } from './smart-configuration.ts'
import { answerToken } from './token-endpoint.ts'

/** Who is calling: everything that the rest of the service needs to know about signing in. */
export type Auth = Authenticator & Readonly<{ router: Router; smartConfiguration(): SmartConfiguration }>

/** Auth from what has been loaded. `baseUrl` is asked at each request, so it may be known only once the service listens. */
export const createAuth = (options: {
  clients: Clients
  keys: CurrentKeys
  /** Base address of the service as its clients see it, without a slash at its end, e.g. `https://plans.example`. */
  baseUrl: () => string
  useAssertionOnce: UseAssertionOnce
  scopeQueryFinding: ScopeQueryFinding
  /** Where what came of token requests is put on record. */
  note: NoteSignIn
  /** With which certificate a request came; by our own TLS unless told otherwise. */
  certificateOf?: CertificateOf
  /** People who sign in, where that is configured. */
  people?: Pick<People, 'answerToken' | 'jwks' | 'configuration'> | undefined
  /** Where refused and failed token requests are reported. */
  log?: Pick<Log, 'warn' | 'error'>
  /** Milliseconds since 1970; the system's clock unless told otherwise. */
  now?: () => number
}): Auth => {
  const {
    clients,
    keys,
    baseUrl,
    useAssertionOnce,
    scopeQueryFinding,
    note,
    log,
    certificateOf = certificateFrom(undefined),
    now = Date.now,
  } = options
  const { people } = options
  const configuration = (): SmartConfiguration => smartConfiguration(clients, baseUrl(), people?.configuration())
  const router = authRouter({
    answerToken: (request) =>
      people?.answerToken(request) ??
      answerToken({ clients, keys, baseUrl, useAssertionOnce, scopeQueryFinding, note, now, log }, request),
    certificateOf,
    jwks: async () => ({ keys: [...(await keys()).jwks.keys, ...(people?.jwks ?? [])] }),
    smartConfiguration: configuration,
  })
  return { ...createAuthenticator({ clients, keys, baseUrl, now }), router, smartConfiguration: configuration }
}
