import { Problem } from '../../fhir/outcome.ts'
import { isId } from '../../fhir/resource.ts'
import type { LeasedDelivery } from '../../store/sharing/deliveries.ts'
import type { Channel, OpenChannel, SendResult } from './channel.ts'
import { openClient, optionsOf } from './client.ts'
import { type Answer, type Ending, inTime, NoAnswer, openExchange } from './exchange.ts'
import { readHeld } from './named.ts'

/**
 * FHIR REST: the document Bundle, or the tombstone that takes its place, is put at one stable id for each person, against the version that the
 * recipient holds (http://hl7.org/fhir/R4/http.html#concurrency). So a message that was overtaken changes nothing. Only an answer that
 * names the state, epoch and sequence of what was sent confirms it; one that says nothing is followed by a read.
 */
export const fhirRest: OpenChannel = ({ address }, access, { connections }): Channel => {
  const exchange = openExchange(connections)
  const client = openClient(address, exchange)

  const attempt = async (delivery: LeasedDelivery, token: string, ending: Ending): Promise<SendResult> => {
    const { patient, confirmedVersion, document } = delivery
    const place = { resourceType: 'Bundle', id: patient } as const
    const authorization = { Authorization: `Bearer ${token}` }

    const read = (): Promise<Answer> =>
      client.answerTo((fhir) => fhir.read({ ...place, options: optionsOf(authorization, ending) }))

    /** Asks the recipient what it holds, and says what that means for the next attempt. */
    const reconcile = async (): Promise<SendResult> => {
      const answer = await read()
      if (answer.status === 404 || answer.status === 410)
        return { ...failed('order', 'The recipient no longer held the summary.'), holds: null }
      if (answer.status !== 200) return refused(answer)
      const { held, version } = named(answer, delivery, document)
      if (held === 'sent') return { kind: 'confirmed', version }
      if (held === 'unreadable') return failed('recipient', notJson(answer))
      if (held === 'newer')
        return failed(
          'order',
          'The recipient holds a newer summary than this database knows. It is not overwritten: find out whether the database was restored.',
        )
      return { ...failed('order', 'The recipient held another version than expected.'), holds: version }
    }

    /** The recipient took something; it is known to hold what was sent once it says so, in this answer or when it is asked. */
    const stored = async (answer: Answer): Promise<SendResult> => {
      const first = named(answer, delivery, document)
      if (first.held === 'sent') return { kind: 'confirmed', version: first.version }
      if (answer.body.length > 0 && first.held === 'unreadable')
        return { ...failed('recipient', notJson(answer)), received: true }
      const again = await read().catch(() => undefined)
      const second = again?.status === 200 ? named(again, delivery, document) : undefined
      if (second?.held === 'sent') return { kind: 'confirmed', version: second.version }
      return {
        ...failed(
          'order',
          'The answer does not name the summary that was sent: it is not known what the recipient holds.',
        ),
        received: true,
      }
    }

    const headers = { ...authorization, Prefer: 'return=representation', ...precondition(confirmedVersion) }
    const answer = await client.answerTo((fhir) =>
      // The text as it was rendered: its bytes are what a digest identifies.
      fhir.update({ ...place, body: document as never, options: optionsOf(headers, ending) }),
    )
    if (answer.status >= 200 && answer.status < 300) return stored(answer)
    // Receivers use 409 and 412 interchangeably: something else is held than we thought. Some say that nothing is.
    const expected = confirmedVersion !== null
    if ([409, 412, ...(expected ? [404, 410] : [])].includes(answer.status)) return reconcile()
    if (answer.status === 401) access.forget()
    return refused(answer)
  }

  /** A token that came too late for what it was asked for: what is loaded anew goes out with it, however short-lived this server's tokens are. */
  let late: string | undefined

  return {
    async ready() {
      await access.token().catch(() => {})
    },
    async send(delivery, ending, isFresh) {
      try {
        const token = late ?? (await access.token())
        late = undefined
        if (!isFresh()) {
          late = token
          return { kind: 'stale' }
        }
        return await inTime(ending, () => attempt(delivery, token, ending))
      } catch (error) {
        return failed('recipient', describe(error))
      }
    },
    close: exchange.close,
  }
}

type Failed = SendResult & { kind: 'failed' }

const failed = (fault: Failed['fault'], error: string): Failed => ({ kind: 'failed', fault, error })

/** Refusals that are about the recipient, or about us, and not about the document: all others would be refused as well. */
const NOT_OF_THE_DOCUMENT = new Set([401, 403, 404, 405, 407, 408, 409, 410, 412, 421, 425, 426, 429])

const refused = ({ status, headers }: Answer): Failed => {
  const isOfDocument = status >= 400 && status < 500 && !NOT_OF_THE_DOCUMENT.has(status)
  return {
    ...failed(isOfDocument ? 'document' : 'recipient', `HTTP ${status}.`),
    ...retryAfter(headers['retry-after']),
  }
}

const notJson = ({ status }: Answer): string => `HTTP ${status} with an answer that is not JSON.`

/** What went wrong, for an operator; never the text that a recipient sent. */
const describe = (error: unknown): string => {
  if (error instanceof Problem) return error.message
  if (!(error instanceof NoAnswer)) return 'The connection failed or the answer made no sense.'
  return /^[A-Z_]+$/.test(error.code) ? `The connection failed (${error.code}).` : error.message
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
const retryAfter = (header: string | undefined): { retryAfterMs?: number } => {
  if (header === undefined) return {}
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return waitMs > 0 ? { retryAfterMs: waitMs } : {}
}

/** What an answer names, with the recipient's own version of it from the resource or the ETag. */
const named = (answer: Answer, delivery: LeasedDelivery, document: Buffer): ReturnType<typeof readHeld> => {
  const { held, version } = readHeld(answer.body, delivery, document)
  const tag = /^(?:W\/)?"([^"]{1,64})"$/.exec(answer.headers.etag ?? '')?.[1] ?? ''
  return { held, version: version !== '' ? version : isId(tag) ? tag : '' }
}

/** The first summary may not replace anything; a later one only what the recipient held last, as far as it has versions. */
const precondition = (version: string | null): Record<string, string> => {
  if (version === null) return { 'If-None-Match': '*' }
  return version === '' ? {} : { 'If-Match': `W/"${version}"` }
}
