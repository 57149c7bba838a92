import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { operationOutcome, Problem, problem } from '../fhir/outcome.ts'
import type { StoredResource } from '../records/types.ts'
import { discardBody } from './body.ts'
import { etag } from './conditions.ts'
import { PLAIN, type Rendering } from './negotiate.ts'
import { pretty } from './pretty.ts'
import type { ApiResponse } from './route.ts'
import { xmlOf } from './xml.ts'

export const FHIR_JSON = 'application/fhir+json; charset=utf-8'
const FHIR_XML = 'application/fhir+xml; charset=utf-8'
export const JSON_TEXT = 'application/json; charset=utf-8'
export const HTML = 'text/html; charset=utf-8'

/** What belongs to every answer to one request, whatever becomes of it. */
export type Envelope = {
  readonly requestId: string
  /** FHIR base address, which `Location` begins with. */
  readonly baseUrl: string
  readonly correlationId: string | undefined
  rendering: Rendering
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i
export const isRequestId = (text: unknown): text is string => typeof text === 'string' && UUID.test(text)

const PRINTABLE = /^[\x21-\x7e]{1,128}$/

/**
 * X-Request-ID is kept where it is a UUID and made otherwise; X-Correlation-ID is mirrored where it is printable and short
 * (http://hl7.org/fhir/R4/http.html#custom).
 */
export const envelopeOf = (request: IncomingMessage, baseUrl: string): Envelope => {
  const requestId = request.headers['x-request-id']
  const correlationId = request.headers['x-correlation-id']
  return {
    requestId: isRequestId(requestId) ? requestId : randomUUID(),
    baseUrl,
    correlationId: typeof correlationId === 'string' && PRINTABLE.test(correlationId) ? correlationId : undefined,
    rendering: PLAIN,
  }
}

/** The answer that sends a stored resource as it is. */
export const stored = (status: number, resource: StoredResource): ApiResponse => ({
  status,
  body: resource.body,
  version: resource.version,
  lastUpdated: resource.lastUpdated,
})

export type Failure = Readonly<{
  answer: ApiResponse
  headers: Readonly<Record<string, string>>
  unforeseen: boolean
}>

/** The answer to a request that ended in this error; an error that nobody foresaw becomes `internal`, without detail. */
export const failure = (error: unknown): Failure => {
  const known = error instanceof Problem
  const ended = known ? error : internal()
  return {
    answer: {
      status: ended.status,
      ...(ended.answer ?? { body: JSON.stringify(operationOutcome(ended.issues)) }),
    },
    headers: ended.kind === 'unavailable' ? { 'Retry-After': '2', ...ended.headers } : ended.headers,
    unforeseen: !known,
  }
}

const internal = (): Problem =>
  problem(
    'internal',
    'internal',
    'Something failed inside KeyPlan. Read before you write again, and quote the X-Request-ID when you report it.',
  )

/** Made beforehand: where this is needed, nothing can be relied on. */
const LAST_RESORT = JSON.stringify(operationOutcome(internal().issues))

/** Answers 500 where even the failure could not be told, or cuts off an answer that was begun. Never throws. */
export const giveUp = (response: ServerResponse): void => {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  try {
    for (const name of response.getHeaderNames()) response.removeHeader(name)
    response.writeHead(500, {
      'Content-Type': FHIR_JSON,
      'Content-Length': Buffer.byteLength(LAST_RESORT),
      'Cache-Control': 'no-store',
      Connection: 'close',
    })
    response.end(LAST_RESORT)
  } catch {
    response.destroy()
  }
}

const rendered = (json: string, { xml, pretty: indented }: Rendering): string =>
  xml ? xmlOf(json, indented) : indented ? pretty(json) : json

/** Writes the answer. The only place that touches a response, but for `giveUp`. */
export const respond = (
  request: IncomingMessage,
  response: ServerResponse,
  envelope: Envelope,
  answer: ApiResponse,
  extra: Readonly<Record<string, string>> = {},
): void => {
  discardBody(request)
  // A failure after the answer was begun cannot be told any more: the client sees a broken answer, not a wrong one.
  if (response.headersSent) response.destroy()
  if (response.destroyed) return
  const headers: Record<string, string | number> = {
    'X-Request-ID': envelope.requestId,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': `${answer.policy ?? "default-src 'none'"}; frame-ancestors 'none'`,
  }
  if (envelope.correlationId !== undefined) headers['X-Correlation-ID'] = envelope.correlationId
  if (answer.version !== undefined) headers['ETag'] = etag(answer.version)
  if (answer.lastUpdated !== undefined) headers['Last-Modified'] = new Date(answer.lastUpdated).toUTCString()
  if (answer.location !== undefined) headers['Location'] = `${envelope.baseUrl}/${answer.location}`
  Object.assign(headers, answer.headers, extra)
  if (answer.body === undefined && answer.bytes === undefined) {
    // 204 and 304 have no body and no length (RFC 9110 section 8.6).
    if (answer.status !== 204 && answer.status !== 304) headers['Content-Length'] = 0
    response.writeHead(answer.status, headers)
    response.end()
    return
  }
  const { rendering } = envelope
  const isFhir = answer.contentType === undefined
  const text = answer.body ?? ''
  const body = answer.bytes ?? (isFhir ? rendered(text, rendering) : text)
  headers['Content-Type'] = answer.contentType ?? (rendering.xml ? FHIR_XML : FHIR_JSON)
  headers['Content-Length'] = Buffer.byteLength(body)
  response.writeHead(answer.status, headers)
  // Node itself sends no body in answer to HEAD.
  response.end(body)
}
