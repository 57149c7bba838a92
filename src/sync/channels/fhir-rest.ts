import type { Bundle } from 'fhir/r4.js'
import type { FhirResource } from 'fhir-kit-client'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { Problem } from '../../fhir/outcome.ts'
import { isId } from '../../fhir/resource.ts'
import { summaryOrder } from '../../plan/summary/order.ts'
import type { LeasedDelivery } from '../../store/deliveries.ts'
import { boundedClient, etagOf } from './bounded-client.ts'
import type { Channel, OpenChannel, SendResult } from './channel.ts'

const TIMEOUT_MS = 8_000

/**
 * FHIR REST: the document Bundle, or the tombstone that takes its place, is put at one stable id for each person, against the version that the
 * recipient holds (http://hl7.org/fhir/R4/http.html#concurrency). So a message that was overtaken changes nothing. Only an answer that
 * names the epoch and sequence of what was sent confirms it.
 */
export const fhirRest: OpenChannel = (recipient, access): Channel => {
  const client = boundedClient(recipient.address)

  const put = async (
    delivery: LeasedDelivery,
    authorization: Authorization,
    signal: AbortSignal,
  ): Promise<SendResult> => {
    const { patient, document, confirmedVersion } = delivery
    const sent = JSON.parse(document) as Bundle
    try {
      const answer = await client.update({
        resourceType: 'Bundle',
        id: patient,
        // The text as it was rendered: its bytes are what a digest identifies.
        body: document as never,
        options: {
          signal,
          headers: {
            ...authorization,
            Prefer: 'return=representation',
            ...precondition(confirmedVersion),
          },
        },
      })
      return names(answer, sent)
        ? { kind: 'confirmed', version: versionOf(answer) }
        : failed('The answer does not name the summary that was sent: it is not known what the recipient holds.')
    } catch (error) {
      const status = statusOf(error)
      // Receivers use 409 and 412 interchangeably: something else is held than we thought.
      if (status === 409 || status === 412) return reconcile(delivery, sent, authorization, signal)
      throw error
    }
  }

  /** Asks the recipient what it holds, and says what that means for the next attempt. */
  const reconcile = async (
    { patient }: LeasedDelivery,
    sent: Bundle,
    authorization: Authorization,
    signal: AbortSignal,
  ): Promise<SendResult> => {
    try {
      const options = { signal, headers: authorization }
      const held = await client.read({ resourceType: 'Bundle', id: patient, options })
      const version = versionOf(held)
      if (names(held, sent)) return { kind: 'confirmed', version }
      if (isNewer(held, sent))
        return failed(
          'The recipient holds a newer summary than this database knows. It is not overwritten: find out whether the database was restored.',
        )
      return { ...failed('The recipient held another version than expected.'), holds: version }
    } catch (error) {
      const status = statusOf(error)
      if (status === 404 || status === 410)
        return { ...failed('The recipient no longer held the summary.'), holds: null }
      throw error
    }
  }

  return {
    async send(delivery, stop) {
      const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)])
      try {
        return await put(delivery, { Authorization: `Bearer ${await access.token()}` }, signal)
      } catch (error) {
        if (statusOf(error) === 401) access.forget()
        return { ...failed(describe(error)), ...retryAfter(error) }
      }
    },
  }
}

type Authorization = Readonly<{ Authorization: string }>

const failed = (error: string): SendResult & { kind: 'failed' } => ({ kind: 'failed', error })

type HttpError = {
  response?: { status?: number }
  config?: { headers?: Headers }
  name?: string
  cause?: { code?: string }
}

const statusOf = (error: unknown): number | undefined => (error as HttpError).response?.status

/** What went wrong, for an operator; never the text that a recipient sent. */
const describe = (thrown: unknown): string => {
  const error = thrown as HttpError
  if (thrown instanceof Problem) return thrown.message
  const status = error.response?.status
  if (status !== undefined)
    return status < 300 ? `HTTP ${status} with an answer that is not JSON or too long.` : `HTTP ${status}.`
  if (error.name === 'TimeoutError') return `No answer within ${TIMEOUT_MS / 1_000} s.`
  if (error.name === 'AbortError') return 'Stopped before the answer came.'
  return error.cause?.code === undefined
    ? 'The connection failed or the answer made no sense.'
    : `The connection failed (${error.cause.code}).`
}

const retryAfter = (error: unknown): { retryAfterMs?: number } => {
  const seconds = Number((error as HttpError).config?.headers?.get?.('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}
}

/** What a Bundle says that it is: whose summary, in which state, at which epoch and sequence. */
const editionOf = (bundle: unknown): string | undefined => {
  const identifier = (bundle as Bundle | null)?.identifier
  const order = orderOf(bundle)
  return identifier?.system === IDENTIFIER_SYSTEM.summary && order !== undefined
    ? `${identifier.value} ${order.state} ${order.epoch} ${order.sequence}`
    : undefined
}

const names = (held: unknown, sent: Bundle): boolean =>
  editionOf(sent) !== undefined && editionOf(held) === editionOf(sent)

/** A stranger's Bundle may be anything; what cannot be read has no order. */
const orderOf = (bundle: unknown): ReturnType<typeof summaryOrder> => {
  try {
    return summaryOrder(bundle as Bundle)
  } catch {
    return undefined
  }
}

const isNewer = (held: unknown, sent: Bundle): boolean => {
  const [theirs, ours] = [orderOf(held), orderOf(sent)]
  if (theirs === undefined || ours === undefined) return false
  return theirs.epoch !== ours.epoch ? theirs.epoch > ours.epoch : theirs.sequence > ours.sequence
}

/** The recipient's own version of what it answered, from the resource or the ETag; empty where it names none, or none that FHIR knows. */
const versionOf = (resource: FhirResource): string => {
  const named: unknown =
    (resource as { meta?: { versionId?: unknown } }).meta?.versionId ??
    /^(?:W\/)?"([^"]{1,64})"$/.exec(etagOf(resource) ?? '')?.[1]
  return typeof named === 'string' && isId(named) ? named : ''
}

/** The first summary may not replace anything; a later one only what the recipient held last, as far as it has versions. */
const precondition = (version: string | null): Record<string, string> => {
  if (version === null) return { 'If-None-Match': '*' }
  return version === '' ? {} : { 'If-Match': `W/"${version}"` }
}
