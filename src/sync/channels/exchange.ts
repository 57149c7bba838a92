import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

/** What a recipient answers beyond this, and beyond twice what was sent to it, is not read. */
const MOST_ANSWER_BYTES = 1_000_000

/** What a recipient may take for its whole answer. */
export const TIMEOUT_MS = 8_000

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

/** Connections to one recipient that are kept open, this many at most; whoever has an exchange of its own waits for nobody else's. */
export const openExchange = (connections: number): Exchange => {
  const options = { keepAlive: true, maxSockets: connections }
  const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }

  const once = ({ method, url, headers, body, signal }: Asked): Promise<Answer> =>
    new Promise((settle, fail) => {
      const secure = url.protocol === 'https:'
      const length = body === undefined ? {} : { 'Content-Length': String(body.length) }
      const outgoing = (secure ? httpsRequest : httpRequest)(url, {
        agent: agents[secure ? 'https:' : 'http:'],
        method,
        headers: { Accept: 'application/fhir+json', ...headers, ...length },
      })
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', stop)
      }
      const failed = (error: Error & { code?: string }): void => {
        end()
        outgoing.destroy()
        fail(error instanceof NoAnswer ? error : new NoAnswer(error.code ?? 'failed', 'The connection failed.'))
      }
      const stop = (): void => failed(new NoAnswer('stopped', 'Stopped before the answer came.'))
      const timer = setTimeout(
        () => failed(new NoAnswer('timeout', `No answer within ${TIMEOUT_MS / 1_000} s.`)),
        TIMEOUT_MS,
      )
      signal?.addEventListener('abort', stop, { once: true })
      outgoing.once('error', (error: Error & { code?: string }) =>
        // A connection that was kept, and that the recipient had closed meanwhile: nothing is known of the recipient.
        failed(
          outgoing.reusedSocket && error.code === 'ECONNRESET' ? new NoAnswer('kept-connection-closed', '') : error,
        ),
      )
      outgoing.once('response', (incoming) => {
        readBounded(incoming, MOST_ANSWER_BYTES + 2 * (body?.length ?? 0)).then((read) => {
          end()
          settle({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: read })
        }, failed)
      })
      if (signal?.aborted === true) stop()
      else outgoing.end(body)
    })

  return {
    async ask(asked) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await once(asked)
        } catch (error) {
          if ((error as NoAnswer).code !== 'kept-connection-closed' || tries > connections) throw error
        }
      }
    },
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
