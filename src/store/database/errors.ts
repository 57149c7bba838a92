import pg from 'pg'
import { Problem, problem } from '../../fhir/outcome.ts'

type DatabaseError = Error & { code?: string; constraint?: string; detail?: string }

/** Raised by `commit_changes` where the state that a commit was computed from is no longer the newest: read again, and try again. */
export class Outdated extends Error {
  readonly reason: 'person' | 'version' | 'identity' | 'deadlock' | 'epoch'
  constructor(reason: Outdated['reason'], cause: unknown) {
    super(`outdated: ${reason}`, { cause })
    this.name = 'Outdated'
    this.reason = reason
  }
}

/** Which reference (`Type/id`) was refused: the cause of the Problem. Where in the request it stands the store does not know. */
export type RefusedReference = Readonly<{ reference: string | undefined }>

/** Raised where something is to be deleted to which `holder` (`Type/id`) refers. Who asks need not be allowed to know of it. */
export class StillReferenced extends Error {
  readonly holder: string
  constructor(holder: string, cause: unknown) {
    super('still referred to', { cause })
    this.name = 'StillReferenced'
    this.holder = holder
  }
}

/** Raised where the client has had this very request done already (`performed_request`). */
export class Repeated extends Error {
  constructor(cause: unknown) {
    super('done already', { cause })
    this.name = 'Repeated'
  }
}

/** Classes and codes of PostgreSQL's own trouble: connection, resources, operator, system, statement and lock timeouts, read-only after failover. */
const CANNOT_TELL = /^(08|53|57P|58)|^(57014|55P03|25006)$/

const CONNECTION_LOST =
  /terminat|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|Query read timeout|ECONNRESET|ENOENT|EPIPE|timeout exceeded when trying to connect|Connection ended|not queryable|starting up|shutting down/i

const unavailable = (error: unknown): Problem =>
  problem(
    'unavailable',
    'database-unavailable',
    'KeyPlan cannot reach its records now. This says nothing about the person asked for. Try again, or use another source.',
    {
      cause: error,
      headers: { 'Retry-After': '2' },
    },
  )

/** True for what `translate` made of a statement that was ended because of the time that it took. */
export const tookTooLong = (error: unknown): boolean =>
  error instanceof Problem && (error.cause as DatabaseError | undefined)?.code === '57014'

/** It is the search that has to change: what only says that the records cannot be reached is tried again as it is. */
export const searchTooSlow = (cause: unknown): Problem =>
  problem(
    'unavailable',
    'search-too-slow',
    'This search took too long and was ended. That says nothing about what is stored. Narrow it, by a person or a shorter time for one; as it is, try it only when less is going on.',
    { cause, code: 'too-costly', headers: { 'Retry-After': '10' } },
  )

/** What a failure of PostgreSQL means to the caller: a Problem, an Outdated, a StillReferenced, a Repeated, or the error itself where nobody foresaw it. */
export const translate = (thrown: unknown): unknown => {
  const error = thrown as DatabaseError
  switch (error.code) {
    case 'KP001':
      return new Outdated('person', error)
    case 'KP002':
      return new Outdated('version', error)
    case 'KP006':
      return new Outdated('epoch', error)
    case '23505':
      if (error.constraint === 'performed_request_pkey') return new Repeated(error)
      return new Outdated(error.constraint === 'identity_pkey' ? 'identity' : 'version', error)
    case '40001':
    case '40P01':
      return new Outdated('deadlock', error)
    case 'KP003':
      return problem(
        'unprocessable',
        'reference-refused',
        `The reference to ${error.detail} was refused: there is no such resource, or it belongs to another person. Refer to resources of the same person that exist.`,
        { cause: { reference: error.detail } satisfies RefusedReference },
      )
    case 'KP004':
      return new StillReferenced(error.detail ?? '', error)
    case 'KP005':
      return problem(
        'forbidden',
        'sharing-withheld',
        'A decision not to share this record is recorded; only the organisation that registered the person may change it.',
        { cause: { patient: error.detail, entities: [] } },
      )
    case '23503':
      return problem(
        'unprocessable',
        'reference-refused',
        'The person that this refers to is not registered here. Register the Patient first.',
        { cause: error },
      )
    default:
      return CANNOT_TELL.test(error.code ?? '') || CONNECTION_LOST.test(`${error.code} ${error.message}`)
        ? unavailable(error)
        : thrown
  }
}

/** True where PostgreSQL answered that it refused a statement, so that nothing of it is stored. Where it did not answer, nobody knows. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof Outdated ||
  error instanceof StillReferenced ||
  error instanceof Repeated ||
  (error instanceof Problem && error.kind !== 'unavailable') ||
  error instanceof pg.DatabaseError
