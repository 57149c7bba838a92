import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { urlToHttpOptions } from 'node:url'

/** What a recipient answers beyond this, and beyond twice what was sent to it, is not read. */
const MOST_ANSWER_BYTES = 1_000_000

/** What a recipient may take for its whole answer, and for all that one sending asks of it: less than a lease holds. */
const TIMEOUT_MS = 8_000

export type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>

export type Asked = Readonly<{
  method: string
  /** Absolute. */
  url: string
  headers: Readonly<Record<string, string>>
  body?: Buffer
  /** Ends the request. */
  signal?: AbortSignal
  /** Ends the request, and has a time of its own: the request has none then. */
  ending?: Ending
}>

/** Why there was no answer that could be read; `code` is Node's or one of ours, and never says what was sent or received. */
export class NoAnswer extends Error {
  readonly code: 'timeout' | 'stopped' | 'too-long' | (string & {})
  constructor(code: string, text: string) {
    super(text)
    this.name = 'NoAnswer'
    this.code = code
  }
}

export type Exchange = Readonly<{
  /** The whole answer, of whatever status; redirects are answers too, and not followed. Throws `NoAnswer`. */
  ask(asked: Asked): Promise<Answer>
  close(): void
}>

/**
 * What ends work that is under way, once: its time is over, or whoever asked for it wants no answer any more. There is one for each sending, for
 * which an AbortSignal would be dear.
 */
export type Ending = { why: NoAnswer | undefined; act: ((why: NoAnswer) => void) | undefined }

export const openEnding = (): Ending => ({ why: undefined, act: undefined })

export const end = (ending: Ending, why: NoAnswer): void => {
  if (ending.why !== undefined) return
  ending.why = why
  ending.act?.(why)
}

export const stopped = (): NoAnswer => new NoAnswer('stopped', 'Stopped before the answer came.')

/** Ends what is done, and all that it asks, when the time of a recipient is over. */
export const inTime = async <Result>(ending: Ending, act: () => Promise<Result>): Promise<Result> => {
  const timer = setTimeout(
    () => end(ending, new NoAnswer('timeout', `No answer within ${TIMEOUT_MS / 1_000} s.`)),
    TIMEOUT_MS,
  )
  try {
    return await act()
  } finally {
    clearTimeout(timer)
  }
}

/** The same where there is no more than a signal that may end it. */
const inTimeOf = async <Result>(
  signal: AbortSignal | undefined,
  act: (ending: Ending) => Promise<Result>,
): Promise<Result> => {
  const ending = openEnding()
  const stop = (): void => end(ending, stopped())
  if (signal?.aborted === true) stop()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await inTime(ending, () => act(ending))
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

type Place = Readonly<{ request: typeof httpRequest; agent: HttpAgent; to: RequestOptions }>

/** Connections to one recipient that are kept open, this many at most; whoever has an exchange of its own waits for nobody else's. */
export const openExchange = (connections: number): Exchange => {
  const options = { keepAlive: true, maxSockets: connections }
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }

  const places = new Map<string, Place>()
  /** Where a request goes to; the origin is taken apart once. */
  const placeOf = (origin: string): Place => {
    const known = places.get(origin)
    if (known !== undefined) return known
    const url = new URL(origin)
    const secure = url.protocol === 'https:'
    const { protocol, hostname, port, auth } = urlToHttpOptions(url)
    const place = {
      request: secure ? httpsRequest : httpRequest,
      agent: agents[secure ? 'https:' : 'http:'],
      to: { protocol, hostname, port, auth },
    }
    places.set(origin, place)
    return place
  }

  /** `again`: on a connection of its own, that was not kept. */
  const once = ({ method, url, headers, body }: Asked, ending: Ending, again: boolean): Promise<Answer> =>
    new Promise((settle, fail) => {
      if (ending.why !== undefined) return fail(ending.why)
      const pathAt = url.indexOf('/', 'https://'.length)
      const { request, agent, to } = placeOf(url.slice(0, pathAt))
      const outgoing = request({
        ...to,
        agent: again ? false : agent,
        method,
        path: url.slice(pathAt),
        headers: {
          Accept: 'application/fhir+json',
          ...headers,
          ...(body === undefined ? {} : { 'Content-Length': body.length }),
        },
      })
      const over = (): void => {
        if (ending.act === failed) ending.act = undefined
      }
      const failed = (error: Error & { code?: string }): void => {
        over()
        outgoing.destroy()
        fail(error instanceof NoAnswer ? error : new NoAnswer(error.code ?? 'failed', 'The connection failed.'))
      }
      ending.act = failed
      outgoing.once('error', (error: Error & { code?: string }) =>
        // A connection that was kept, and that the recipient had closed meanwhile: nothing is known of the recipient.
        failed(
          outgoing.reusedSocket && error.code === 'ECONNRESET' ? new NoAnswer('kept-connection-closed', '') : error,
        ),
      )
      outgoing.once('response', (incoming: IncomingMessage) => {
        readBounded(incoming, MOST_ANSWER_BYTES + 2 * (body?.length ?? 0)).then((read) => {
          over()
          settle({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: read })
        }, failed)
      })
      outgoing.end(body)
    })

  const twiceAtMost = async (asked: Asked, ending: Ending): Promise<Answer> => {
    try {
      return await once(asked, ending, false)
    } catch (error) {
      if ((error as NoAnswer).code !== 'kept-connection-closed') throw error
      return once(asked, ending, true)
    }
  }

  return {
    ask: (asked) =>
      asked.ending === undefined
        ? inTimeOf(asked.signal, (ending) => twiceAtMost(asked, ending))
        : twiceAtMost(asked, asked.ending),
    close() {
      agents['http:'].destroy()
      agents['https:'].destroy()
    },
  }
}

const readBounded = (incoming: IncomingMessage, most: number): Promise<Buffer> =>
  new Promise((settle, fail) => {
    const chunks: Buffer[] = []
    let size = 0
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > most) fail(new NoAnswer('too-long', `HTTP ${incoming.statusCode} with an answer that is too long.`))
      else chunks.push(chunk)
    })
    incoming.once('end', () => settle(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    incoming.once('error', fail)
    incoming.once('close', () => {
      if (!incoming.complete) fail(new NoAnswer('ECONNRESET', 'The connection failed.'))
    })
  })
