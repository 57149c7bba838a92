import type { IncomingMessage } from 'node:http'
import { problem } from '../fhir/outcome.ts'
import { textOfUtf8 } from '../fhir/utf8.ts'

/** A client that is still sending what nobody reads gets this long before its connection is closed. */
const DISCARD_MILLISECONDS = 5_000
const DISCARD_BYTES = 64_000_000

const tooLarge = (limit: number) =>
  problem(
    'too-large',
    'body-too-large',
    `The body is larger than the ${limit} bytes that are read here. Send less, or send a transaction in parts.`,
  )

/** True where the request announces a body. */
export const hasBody = (request: IncomingMessage): boolean => {
  const length = request.headers['content-length']
  return (length !== undefined && length !== '0') || request.headers['transfer-encoding'] !== undefined
}

/**
 * The whole body as text, or undefined where there is none. At most `limit` bytes are ever held: a body that announces more is
 * not read at all, one that turns out to hold more is dropped at that point. Throws `too-large`, `unsupported-media-type` for a
 * compressed body, `malformed` for what is not UTF-8 and for a body that breaks off.
 */
export const readBody = async (request: IncomingMessage, limit: number): Promise<string | undefined> => {
  if (!hasBody(request)) return undefined
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw problem('unsupported-media-type', 'content-encoding-not-read', 'Send the body without compression.', {
      expression: 'Content-Encoding',
    })
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  const bytes = await collect(request, limit)
  const text = textOfUtf8(bytes)
  if (text === undefined) throw problem('malformed', 'body-not-utf-8', 'The body is not UTF-8.', { code: 'invalid' })
  return text === '' ? undefined : text
}

const collect = (request: IncomingMessage, limit: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (result: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
      result()
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      if (size > limit) {
        chunks.length = 0
        settle(() => {
          reject(tooLarge(limit))
        })
      } else chunks.push(chunk)
    }
    const onEnd = (): void => {
      settle(() => {
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size))
      })
    }
    const onBroken = (): void => {
      settle(() => {
        reject(problem('malformed', 'body-incomplete', 'The body broke off before its end.', { code: 'incomplete' }))
      })
    }
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
  })

/**
 * Lets the rest of an unread body run into nothing, so that the client can read the answer that it got early, and the connection
 * can be used again. A client that goes on for too long is cut off.
 */
export const discardBody = (request: IncomingMessage): void => {
  if (request.complete || request.destroyed || !hasBody(request)) return
  let size = 0
  const cut = (): void => {
    request.destroy()
  }
  const timer = setTimeout(cut, DISCARD_MILLISECONDS).unref()
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > DISCARD_BYTES) cut()
  })
  request
    .on('error', () => undefined)
    .once('close', () => {
      clearTimeout(timer)
    })
    .once('end', () => {
      clearTimeout(timer)
    })
  request.resume()
}
