import autocannon from 'autocannon'
import type { Request, Requests } from './benchmark.ts'
import { type Measured, percentile } from './figures.ts'
import type { Target } from './stage.ts'

const FHIR_JSON = 'application/fhir+json'

/**
 * Loads one server from `connections` connections, each of which sends its next request when it has its answer. Throws where
 * an answer was not 2xx, or none came.
 */
export const load = async (
  target: Target,
  requests: Requests,
  { connections, seconds }: Readonly<{ connections: number; seconds: number }>,
): Promise<Measured> => {
  const milliseconds: number[] = []
  let refused: string | undefined
  let clients = 0

  const watch = (client: autocannon.Client): void => {
    let body: Buffer | undefined
    client.on('body', (last) => {
      body = last
    })
    client.on('response', (status, _bytes, took) => {
      milliseconds.push(took)
      if (status < 200 || status > 299) refused ??= `${status} ${String(body).slice(0, 1_000)}`
    })
  }

  const result = await autocannon({
    url: target.url,
    connections,
    duration: seconds,
    timeout: 30,
    headers: { Accept: FHIR_JSON, 'Content-Type': FHIR_JSON, Authorization: `Bearer ${await target.token()}` },
    ...(typeof requests === 'function'
      ? { requests: [{ setupRequest: (request: autocannon.Request) => ({ ...request, ...sent(target, requests()) }) }] }
      : {}),
    setupClient: (client: autocannon.Client) => {
      watch(client)
      if (typeof requests === 'function') return
      // Each connection begins elsewhere in the list, so that they do not all ask for the same at the same moment.
      const start = Math.floor((requests.length * clients++) / connections)
      const turned = [...requests.slice(start), ...requests.slice(0, start)]
      client.setRequests(turned.map((request) => sent(target, request)))
    },
  })
  const failed = result.errors + result.timeouts + result.non2xx
  if (failed > 0) {
    throw new Error(
      `${target.name}: ${failed} of ${result.requests.total} requests failed (${result.errors} connection errors, ${result.timeouts} timeouts). First answer that was not 2xx: ${refused ?? 'none'}`,
    )
  }
  milliseconds.sort((a, b) => a - b)
  return {
    perSecond: result['2xx'] / result.duration,
    p50: percentile(milliseconds, 0.5),
    p99: percentile(milliseconds, 0.99),
  }
}

const sent = ({ path: base }: Target, { method, path, body }: Request): autocannon.Request => ({
  method,
  path: base + path,
  ...(body === undefined ? {} : { body }),
})
