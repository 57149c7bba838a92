import type { IncomingMessage } from 'node:http'
import type { PersonCaller } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { PeopleStore } from '../../store/access/people.ts'
import type { Cookie } from './cookies.ts'
import { isSameOrigin } from './cross-site.ts'
import { callerOf } from './person.ts'
import { hashed } from './secret.ts'
import { callerAtPages, isCsrf, personIn, type Sessions } from './sessions.ts'

/** The person who sends a request to the FHIR API; undefined where it shows neither a token of an app nor a session. Rejects with a Problem. */
export type FindCaller = (incoming: Pick<IncomingMessage, 'method' | 'headers'>) => Promise<PersonCaller> | undefined

/** Tokens of apps are 43 characters without a full stop; those of systems have two. */
const APP_TOKEN = /^bearer +([A-Za-z0-9_-]{43})$/i
const SAFE = new Set(['GET', 'HEAD'])

const unauthenticated = (key: string, text: string, error: string) =>
  problem('unauthenticated', key, text, {
    expression: 'Authorization',
    headers: { 'WWW-Authenticate': `Bearer realm="keyplan"${error}` },
  })

export const createFindCaller = (options: {
  sessions: Sessions
  grants: Pick<PeopleStore['grants'], 'find'>
  cookie: Cookie
  baseUrl: () => string
  /** Milliseconds since 1970. */
  now: () => number
}): FindCaller => {
  const { sessions, grants, cookie, baseUrl, now } = options

  const byToken = async (token: string): Promise<PersonCaller> => {
    const granted = await grants.find(hashed(token), new Date(now()))
    if (granted === undefined)
      throw unauthenticated(
        'token-invalid',
        'The access token is over, was ended, or is none of ours. The app has to ask the person again.',
        ', error="invalid_token"',
      )
    const { client, scope, patient, person, glass } = granted
    return callerOf(personIn(person), { clientId: client, scopes: scope.split(' '), patient, glass })
  }

  const bySession = async (
    secret: string,
    { method = '', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  ): Promise<PersonCaller> => {
    const session = await sessions.find(secret)
    if (session === undefined)
      throw unauthenticated('session-over', 'You are not signed in any more. Sign in again at /sign-in.', '')
    if (!SAFE.has(method) && !(isSameOrigin(headers, baseUrl()) && isCsrf(session, headers['x-csrf-token'])))
      throw problem(
        'forbidden',
        'cross-site',
        'With a session, a request that may change something comes from a page of this service and has its X-CSRF-Token.',
        { expression: 'X-CSRF-Token' },
      )
    return callerAtPages(session)
  }

  return (incoming) => {
    const { authorization, cookie: header } = incoming.headers
    if (authorization !== undefined) {
      const token = APP_TOKEN.exec(authorization)?.[1]
      return token === undefined ? undefined : byToken(token)
    }
    const secret = cookie.read(header)
    return secret === undefined ? undefined : bySession(secret, incoming)
  }
}
