import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PersonCaller, RequestContext, SystemCaller } from '../context.ts'
import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import { behindRequest } from './caller-headers.ts'
import { capabilityTexts } from './capability.ts'
import { changeOfEntry, readEntryRequest } from './entry-request.ts'
import { acceptLater, isAsynchronous } from './interactions/asynchronous.ts'
import { LIMITS, type Limits } from './limits.ts'
import { failureRendering } from './negotiate.ts'
import { splitTarget } from './parameters.ts'
import type { Admit } from './rate-limit.ts'
import { readRequest } from './request.ts'
import { envelopeOf, type Failure, failure, giveUp, respond } from './respond.ts'
import type { Api, ApiResponse, EntryRequest } from './route.ts'
import { match, segmentsOf } from './router.ts'
import type { SignIn } from './security.ts'
import type { Validating } from './validating/validating.ts'

/** Where the FHIR API is mounted. */
export const FHIR_PATH = '/fhir'

/**
 * True for the request targets that `createFhirHandler` answers. What SMART wants to find below the base without a token
 * (`/fhir/.well-known/…`) is not one of them: the authorization server answers that.
 */
export const isFhirTarget = (target: string): boolean =>
  target.startsWith(FHIR_PATH) &&
  ['/', '?', undefined].includes(target[FHIR_PATH.length]) &&
  !target.startsWith(`${FHIR_PATH}/.well-known/`)

/** What became of a request, for metrics: `route` is the template of its path, never the path. */
export type Served = Readonly<{ route: string; method: string; status: number; seconds: number }>

/** Whoever is not the service itself. */
export type Outside = SystemCaller | PersonCaller

export type FhirHandlerOptions = Readonly<{
  records: Records
  validating: Validating
  /** How callers sign in, for the CapabilityStatement; asked when it is first read. */
  signIn: () => SignIn
  /**
   * Who sends a request: whom its bearer token names, or the person who is signed in at the browser that it came from. Throws a Problem
   * `unauthenticated`. Answer without a promise where that is known already.
   */
  authenticate: (incoming: Pick<IncomingMessage, 'method' | 'headers' | 'socket'>) => Outside | Promise<Outside>
  /** FHIR base address as clients know it, without a slash at its end; asked at each request. */
  baseUrl: () => string
  log: Log
  limits?: Limits
  /** Whether a client may be served now; asked of every request with a token, before its body is read. */
  admit?: Admit
  observe?: (served: Served) => void
}>

/** What handlers work with, and so does what performs requests that are answered later. */
export const createApi = ({
  records,
  validating,
  signIn,
  baseUrl,
  log,
  limits = LIMITS,
}: Pick<FhirHandlerOptions, 'records' | 'validating' | 'signIn' | 'baseUrl' | 'log' | 'limits'>): Api => {
  const capability = capabilityTexts(signIn)
  const api: Api = {
    records,
    validating,
    get baseUrl() {
      return baseUrl()
    },
    limits,
    get capability() {
      return capability(api.baseUrl)
    },
    perform: (cx, entry) => perform(api, log, cx, entry),
    changeOf: changeOfEntry,
  }
  return api
}

/**
 * The FHIR API as a plain `node:http` handler, placed ahead of Express (decision record 0001). It answers every request whose
 * target `isFhirTarget` accepts, failures included, and never throws.
 */
export const createFhirHandler = (
  options: FhirHandlerOptions,
): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const { log, observe } = options
  const api = createApi(options)

  return (incoming, response) => {
    const started = performance.now()
    serve(api, options, incoming, response)
      .then((route) => {
        observe?.({
          route,
          method: incoming.method ?? '',
          status: response.statusCode,
          seconds: (performance.now() - started) / 1_000,
        })
      })
      .catch((error: unknown) => {
        giveUp(response)
        log.error({ err: error }, 'An answer could not be written')
      })
  }
}

/** Who has shown no token: no scope reaches anything. */
const ANYONE: Outside = { kind: 'system', clientId: 'anyone', role: 'integrator', organization: '', scopes: [] }

/** Answers one request; resolves to the template of its path. */
const serve = async (
  api: Api,
  { authenticate, admit, log }: FhirHandlerOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<string> => {
  const envelope = envelopeOf(incoming, api.baseUrl)
  let route = `${FHIR_PATH}/*`
  try {
    const { path, query } = splitTarget(incoming.url ?? '')
    const matched = match(incoming.method ?? '', segmentsOf(path.slice(FHIR_PATH.length)))
    route = `${FHIR_PATH}/${matched.route.path}`
    const { scope, purpose } = matched.route
    const known = scope === 'none' ? ANYONE : authenticate(incoming)
    const caller = known instanceof Promise ? await known : known
    if (caller !== ANYONE) admit?.(caller, purpose)
    const now = new Date()
    const breakGlass = caller.kind === 'person' ? await api.records.openGlass(caller, now) : undefined
    const asked: RequestContext = { requestId: envelope.requestId, caller, purpose, now }
    const cx = breakGlass === undefined ? asked : { ...asked, breakGlass }
    const behind = caller === ANYONE ? undefined : behindRequest(incoming.headers, envelope.correlationId)
    if (behind !== undefined) await api.records.noteBehindRequest(cx, behind)
    const { request, rendering } = await readRequest(incoming, matched, query, cx, api.limits)
    envelope.rendering = rendering
    const answer = isAsynchronous(matched, request)
      ? await acceptLater(request, path.slice(FHIR_PATH.length), api)
      : await matched.route.handle(request, api)
    respond(incoming, response, envelope, answer)
  } catch (error) {
    const { answer, headers } = reported(error, log, { requestId: envelope.requestId, route })
    envelope.rendering = failureRendering(incoming.headers.accept, splitTarget(incoming.url ?? '').query)
    respond(incoming, response, envelope, answer, headers)
  }
  return route
}

/** Answers one entry of a batch as the same request by itself would be answered. */
const perform = async (api: Api, log: Log, cx: RequestContext, entry: EntryRequest): Promise<ApiResponse> => {
  try {
    const { route, request } = readEntryRequest(cx, entry)
    return await route.handle(request, api)
  } catch (error) {
    return reported(error, log, { requestId: cx.requestId, route: 'entry of a batch' }).answer
  }
}

/** What to answer to a failure. What is the service's fault, and not the caller's, goes to the log with its cause. */
const reported = (error: unknown, log: Log, about: Readonly<{ requestId: string; route: string }>): Failure => {
  const failed = failure(error)
  if (failed.unforeseen) log.error({ err: error, ...about }, 'A request failed for a reason that nobody foresaw')
  else if (failed.answer.status >= 500) log.warn({ err: error, ...about }, 'A request could not be served now')
  return failed
}
