import type { IncomingHttpHeaders } from 'node:http'
import { type Problem, problem } from '../fhir/outcome.ts'
import type { BehindRequest } from '../records/types.ts'
import { isRequestId } from './respond.ts'

const ORGANISATION = 'NHSD-End-User-Organisation-ODS'
const SESSION = 'NHSD-Session-URID'

/** As registrations have it (ODS code), and a user role id of the national register. */
const ODS = /^[A-Z0-9]{3,10}$/
const URID = /^\d{1,20}$/

const wrong = (header: string, expected: string): Problem =>
  problem('bad-request', 'header-invalid', `${header}: expected ${expected}.`, { expression: header })

const single = (headers: IncomingHttpHeaders, name: string, pattern: RegExp, expected: string): string | undefined => {
  const value = headers[name.toLowerCase()]
  if (value === undefined) return undefined
  if (typeof value === 'string' && pattern.test(value)) return value
  throw wrong(name, expected)
}

/**
 * Who stands behind a request by its own account, in the headers of the NHS's APIs; undefined where it says nothing. Throws `bad-request` for what has
 * not the shape of what it should be, and where somebody is named and X-Request-ID is not a UUID, by which the two could be told together.
 */
export const behindRequest = (
  headers: IncomingHttpHeaders,
  correlationId: string | undefined,
): BehindRequest | undefined => {
  const organization = single(headers, ORGANISATION, ODS, 'the ODS code of one organisation, in capital letters')
  const session = single(headers, SESSION, URID, 'the user role id of one person, in digits')
  if (organization === undefined && session === undefined)
    return correlationId === undefined ? undefined : { correlationId }
  if (!isRequestId(headers['x-request-id']))
    throw wrong('X-Request-ID', `a UUID, because ${organization === undefined ? SESSION : ORGANISATION} is sent`)
  return {
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(organization === undefined ? {} : { organization }),
    ...(session === undefined ? {} : { session }),
  }
}
