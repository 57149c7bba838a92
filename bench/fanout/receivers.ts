/**
 * Four recipients in a process of their own: light FHIR servers that put things under version control as KeyPlan's channel expects it
 * (http://hl7.org/fhir/R4/http.html#concurrency), answer with what they were sent, and hand out tokens to anyone. Of each document they keep the
 * version and a checksum: kept whole, documents cost a turn twice the work, and a turn pays for what the turns before it left behind.
 * Asked over the IPC channel when something arrives, and what they hold.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { now, type ReceiverQuestion, type ReceiverReport } from './receiver-process.ts'

const RECEIVERS = 4

type Held = Readonly<{ version: number; checksum: number }>

const stores: Map<string, Held>[] = []
let isAsked = false

const report = (message: ReceiverReport): void => void process.send?.(message)

const answer = (
  response: ServerResponse,
  status: number,
  body: Buffer | string,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, {
    'Content-Type': 'application/fhir+json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  })
  response.end(body)
}

const json = (response: ServerResponse, value: unknown): void =>
  answer(response, 200, JSON.stringify(value), { 'Content-Type': 'application/json' })

/** What a request asks to be held must be what is held: nothing for If-None-Match, this version for If-Match. */
const agrees = (
  held: Held | undefined,
  { 'if-none-match': none, 'if-match': match }: IncomingMessage['headers'],
): boolean => !(none === '*' && held !== undefined) && !(match !== undefined && match !== `W/"${held?.version}"`)

const put = (store: Map<string, Held>, id: string, request: IncomingMessage, response: ServerResponse): void => {
  if (isAsked) report({ arrivedAt: now() })
  isAsked = false
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.once('end', () => {
    const held = store.get(id)
    if (!agrees(held, request.headers)) return answer(response, 412, '')
    const body = Buffer.concat(chunks)
    const version = (held?.version ?? 0) + 1
    store.set(id, { version, checksum: crc32(body) })
    const prefer = String(request.headers['prefer'] ?? '')
    answer(response, held === undefined ? 201 : 200, prefer.includes('representation') ? body : '', {
      ETag: `W/"${version}"`,
    })
  })
}

const PLACE = '/fhir/Bundle/'

const serve = (store: Map<string, Held>, port: () => number) =>
  createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const path = request.url ?? ''
    if (request.method === 'PUT' && path.startsWith(PLACE))
      return put(store, path.slice(PLACE.length), request, response)
    request.resume()
    const base = `http://localhost:${port()}`
    if (path.endsWith('/.well-known/smart-configuration')) return json(response, { token_endpoint: `${base}/token` })
    if (path === '/token') return json(response, { access_token: 'any', token_type: 'bearer', expires_in: 300 })
    answer(response, 404, '')
  })

const listen = (): Promise<number> =>
  new Promise((settle) => {
    const store = new Map<string, Held>()
    stores.push(store)
    const server = serve(store, () => (server.address() as AddressInfo).port)
    server.listen(0, '127.0.0.1', () => settle((server.address() as AddressInfo).port))
  })

process.on('message', (question: ReceiverQuestion) => {
  if (question === 'next') {
    isAsked = true
    report({ asked: true })
  } else report({ held: stores.map((store) => question.held.map((id) => store.get(id)?.checksum)) })
})
process.once('disconnect', () => process.exit())
process.send?.(await Promise.all(Array.from({ length: RECEIVERS }, listen)))
