import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** What a recipient answers beyond this, and beyond twice what was sent to it, is not read. */
const MOST_ANSWER_BYTES = 1_000_000

/** What a recipient may take for its whole answer, and for all that one sending asks of it: less than a lease holds. */
const TIMEOUT_MS = 8_000

export type Answer = Readonly<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>

export type Asked = Readonly<{
  method: string
  url: URL
  headers: Readonly<Record<string, string>>
  body?: Buffer
  /** Ends the request. */
  signal?: AbortSignal
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

/** Ends what is done, and all that it asks, when the time of a recipient is over, or when `signal` does. */
export const inTime = async <Result>(
  signal: AbortSignal | undefined,
  act: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  const ended = new AbortController()
  const stop = (): void => {
    const why: unknown = signal?.reason
    ended.abort(why instanceof NoAnswer ? why : new NoAnswer('stopped', 'Stopped before the answer came.'))
  }
  const timer = setTimeout(
    () => ended.abort(new NoAnswer('timeout', `No answer within ${TIMEOUT_MS / 1_000} s.`)),
    TIMEOUT_MS,
  )
  signal?.addEventListener('abort', stop, { once: true })
  try {
    if (signal?.aborted === true) stop()
    return await act(ended.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}

/** Connections to one recipient that are kept open, this many at most; whoever has an exchange of its own waits for nobody else's. */
export const openExchange = (connections: number): Exchange => {
  const options = { keepAlive: true, maxSockets: connections }
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }

  /** `again`: on a connection of its own, that was not kept. */
  const once = ({ method, url, headers, body }: Asked, signal: AbortSignal, again: boolean): Promise<Answer> =>
    new Promise((settle, fail) => {
      const secure = url.protocol === 'https:'
      const length = body === undefined ? {} : { 'Content-Length': String(body.length) }
      const outgoing = (secure ? httpsRequest : httpRequest)(url, {
        agent: again ? false : agents[secure ? 'https:' : 'http:'],
        method,
        headers: { Accept: 'application/fhir+json', ...headers, ...length },
      })
      const failed = (error: Error & { code?: string }): void => {
        signal.removeEventListener('abort', stop)
        outgoing.destroy()
        fail(error instanceof NoAnswer ? error : new NoAnswer(error.code ?? 'failed', 'The connection failed.'))
      }
      const stop = (): void => failed(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      outgoing.once('error', (error: Error & { code?: string }) =>
        // A connection that was kept, and that the recipient had closed meanwhile: nothing is known of the recipient.
        failed(
          outgoing.reusedSocket && error.code === 'ECONNRESET' ? new NoAnswer('kept-connection-closed', '') : error,
        ),
      )
      outgoing.once('response', (incoming) => {
        readBounded(incoming, MOST_ANSWER_BYTES + 2 * (body?.length ?? 0)).then((read) => {
          signal.removeEventListener('abort', stop)
          settle({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: read })
        }, failed)
      })
      if (signal.aborted) stop()
      else outgoing.end(body)
    })

  return {
    ask: (asked) =>
      inTime(asked.signal, async (signal) => {
        try {
          return await once(asked, signal, false)
        } catch (error) {
          if ((error as NoAnswer).code !== 'kept-connection-closed') throw error
          return once(asked, signal, true)
        }
      }),
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
