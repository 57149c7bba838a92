/** The keys that a client publishes at an address of its own (SMART App Launch 2.2, "Client Authentication: Asymmetric", `jwks_uri`). */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { JWK } from 'jose'
import { type ClientKey, type ClientKeys, importKeys } from './client-keys.ts'
import { addressLookup, ForbiddenAddress } from './key-set-address.ts'
import type { ClientAlgorithm } from './registration.ts'
import { TEST_KEY_THUMBPRINTS } from './test-keys.ts'

/** The key of this name, or undefined where the client has none. Throws `KeysUnavailable` where it cannot be told now. */
export type FindKey = (kid: string) => Promise<ClientKey | undefined>

/** A key set could not be read; `reason` is one word for the log, and holds nothing of what was answered. */
export class KeysUnavailable extends Error {
  readonly reason: string
  constructor(reason: string, options?: ErrorOptions) {
    super(`The key set of a client could not be read (${reason}).`, options)
    this.reason = reason
  }
}

const TIMEOUT_MS = 3_000
const MOST_BYTES = 65_536
const MOST_KEYS = 100
/** How long a set counts where its answer does not say, and between which bounds it may say. */
const USUAL_SECONDS = 300
const FEWEST_SECONDS = 60
const MOST_SECONDS = 3_600
/** A name that is not in the set may be new, or made up by anybody: it has the set read again so often at most. */
const UNKNOWN_KID_MS = 60_000
/** After a failure, for so long nobody waits for the next. */
const FAILED_MS = 10_000

const answerOf = (url: URL, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((settle, fail) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      agent: false,
      signal,
      lookup: addressLookup,
      headers: { Accept: 'application/json' },
    })
    request.once('response', settle).once('error', fail).end()
  })

const boundedText = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) throw new KeysUnavailable('too-long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const isNamedKey = (key: unknown): key is JWK & { kid: string } =>
  typeof key === 'object' && key !== null && typeof (key as JWK).kid === 'string' && (key as JWK).use !== 'enc'

/** The keys of a set that could sign an assertion; a set may hold others too, for other things. */
const signingKeysOf = (text: string): (JWK & { kid: string })[] => {
  let keys: unknown
  try {
    keys = (JSON.parse(text) as { keys?: unknown } | null)?.keys
  } catch {
    throw new KeysUnavailable('not-json')
  }
  if (!Array.isArray(keys)) throw new KeysUnavailable('not-a-key-set')
  if (keys.length > MOST_KEYS) throw new KeysUnavailable('too-many-keys')
  return keys.filter(isNamedKey)
}

/** For how many seconds an answer may be kept (RFC 9111 section 5.2.2), within the bounds. */
const secondsOf = (headers: IncomingHttpHeaders): number => {
  const said = headers['cache-control'] ?? ''
  if (/\bno-(?:store|cache)\b/i.test(said)) return FEWEST_SECONDS
  const seconds = /\bmax-age=(\d{1,9})\b/i.exec(said)?.[1]
  return seconds === undefined ? USUAL_SECONDS : Math.min(MOST_SECONDS, Math.max(FEWEST_SECONDS, Number(seconds)))
}

type Known = Readonly<{ keys: ClientKeys; until: number }>

const read = async (url: URL, algorithms: readonly ClientAlgorithm[], now: () => number): Promise<Known> => {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const incoming = await answerOf(url, signal)
    if (incoming.statusCode !== 200) {
      incoming.destroy()
      throw new KeysUnavailable(`http-${incoming.statusCode}`)
    }
    const { keys } = await importKeys(signingKeysOf(await boundedText(incoming)), algorithms)
    // A key whose private half is published proves nothing, wherever it is found.
    const secret = [...keys].filter(([, { thumbprint }]) => !TEST_KEY_THUMBPRINTS.has(thumbprint))
    return { keys: new Map(secret), until: now() + secondsOf(incoming.headers) * 1_000 }
  } catch (cause) {
    if (cause instanceof KeysUnavailable) throw cause
    if (cause instanceof ForbiddenAddress) throw new KeysUnavailable('address')
    throw new KeysUnavailable(signal.aborted ? 'timeout' : 'unreachable', { cause })
  }
}

/**
 * The keys at an address, read when one is first needed: within 3 s, at most 64 kB, no redirects, from no address of this machine or its link
 * but where the host says so. Kept as `Cache-Control` says, between a minute and an hour. A name that is not among them has them read again,
 * once a minute at most; requests at the same time share one reading.
 */
export const publishedKeys = (
  address: string,
  algorithms: readonly ClientAlgorithm[],
  now: () => number = Date.now,
): FindKey => {
  const url = new URL(address)
  let known: Known | undefined
  let reading: Promise<Known> | undefined
  let readAt = Number.NEGATIVE_INFINITY
  let failure: KeysUnavailable | undefined

  const readAgain = (): Promise<Known> => {
    reading ??= (async () => {
      readAt = now()
      try {
        known = await read(url, algorithms, now)
        failure = undefined
        return known
      } catch (error) {
        failure = error as KeysUnavailable
        throw error
      } finally {
        reading = undefined
      }
    })()
    return reading
  }

  return async (kid) => {
    if (known !== undefined && now() < known.until) {
      const key = known.keys.get(kid)
      if (key !== undefined || (reading === undefined && now() < readAt + UNKNOWN_KID_MS)) return key
      return (await readAgain()).keys.get(kid)
    }
    if (failure !== undefined && reading === undefined && now() < readAt + FAILED_MS) throw failure
    return (await readAgain()).keys.get(kid)
  }
}
