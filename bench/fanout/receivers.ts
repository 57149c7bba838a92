/**
 * Four recipients in a process of their own: light FHIR servers that keep what is put in memory, under version control as KeyPlan's channel
 * expects it (http://hl7.org/fhir/R4/http.html#concurrency), and hand out tokens to anyone. Asked over the IPC channel when something arrives.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { now, type ReceiverQuestion, type ReceiverReport } from './receiver-process.ts'

const RECEIVERS = 4

type Held = Readonly<{ version: number; body: Buffer }>

const stores: Map<string, Held>[] = []
let isAsked = false

const report = (message: ReceiverReport): void => void process.send?.(message)

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

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

const put = async (
  store: Map<string, Held>,
  id: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (isAsked) report({ arrivedAt: now() })
  isAsked = false
  const body = await bodyOf(request)
  const held = store.get(id)
  if (!agrees(held, request.headers)) return answer(response, 412, '')
  const version = (held?.version ?? 0) + 1
  store.set(id, { version, body })
  const prefer = String(request.headers['prefer'] ?? '')
  answer(response, held === undefined ? 201 : 200, prefer.includes('representation') ? body : '', {
    ETag: `W/"${version}"`,
  })
}

const serve = (store: Map<string, Held>, port: () => number) =>
  createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const path = request.url ?? ''
    const id = /^\/fhir\/Bundle\/([A-Za-z0-9.-]{1,64})$/.exec(path)?.[1]
    if (id !== undefined && request.method === 'PUT') return void put(store, id, request, response)
    request.resume()
    const base = `http://localhost:${port()}`
    if (path.endsWith('/.well-known/smart-configuration')) return json(response, { token_endpoint: `${base}/token` })
    if (path === '/token') return json(response, { access_token: 'any', token_type: 'bearer', expires_in: 300 })
    const held = id === undefined ? undefined : store.get(id)
    if (held === undefined) return answer(response, 404, '')
    return answer(response, 200, held.body, { ETag: `W/"${held.version}"` })
  })

const listen = (): Promise<number> =>
  new Promise((settle) => {
    const store = new Map<string, Held>()
    stores.push(store)
    const server = serve(store, () => (server.address() as AddressInfo).port)
    server.listen(0, '127.0.0.1', () => settle((server.address() as AddressInfo).port))
  })

process.on('message', ({ forget }: ReceiverQuestion) => {
  if (forget !== undefined) {
    for (const store of stores) for (const id of store.keys()) if (id.startsWith(forget)) store.delete(id)
  }
  isAsked = true
  report({ asked: true })
})
process.once('disconnect', () => process.exit())
process.send?.(await Promise.all(Array.from({ length: RECEIVERS }, listen)))
