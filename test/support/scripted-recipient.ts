import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bundle } from 'fhir/r4.js'
import { summaryOrder } from '../../src/plan/summary/order.ts'

/** A request to Bundle/{id}. */
export type Asked = Readonly<{
  method: string
  id: string
  headers: IncomingHttpHeaders
  body: string
  /** Requests under way, this one included. */
  underWay: number
  /** A new number for each connection. */
  connection: number
  at: number
}>

/** What it does with a request: as a FHIR server does, keep the connection and say nothing, cut it, or answer this. */
export type Act =
  | 'serve'
  | 'hang'
  | 'cut'
  | 'serve-and-cut'
  | Readonly<{ status: number; headers?: Record<string, string>; body?: string; serve?: boolean }>

export type Applied = Readonly<{ id: string; state: string; epoch: number; sequence: number; at: number }>

/**
 * A recipient over HTTP that keeps Bundles in memory under version control (http://hl7.org/fhir/R4/http.html#concurrency), gives tokens to anyone,
 * and does with each request to a Bundle what its script says at that time.
 */
export const scriptedRecipient = async () => {
  let script: (asked: Asked) => Act | Promise<Act> = () => 'serve'
  let admit: () => void | Promise<void> = () => {}
  const held = new Map<string, { version: number; body: string }>()
  const asked: Asked[] = []
  const applied: Applied[] = []
  let underWay = 0
  let connections = 0
  const connectionOf = new WeakMap<object, number>()

  const answer = (
    response: ServerResponse,
    status: number,
    body: string,
    headers: Record<string, string> = {},
  ): void => {
    response.writeHead(status, { 'Content-Type': 'application/fhir+json', ...headers }).end(body)
  }

  /** Status and body of a FHIR server. */
  const serve = ({
    method,
    id,
    headers,
    body,
  }: Asked): { status: number; body: string; headers?: Record<string, string> } => {
    const now = held.get(id)
    if (method === 'PUT') {
      const { 'if-match': match, 'if-none-match': none } = headers
      if ((none === '*' && now !== undefined) || (match !== undefined && match !== `W/"${now?.version}"`))
        return { status: 412, body: '' }
      const version = (now?.version ?? 0) + 1
      const bundle = JSON.parse(body) as Bundle
      const order = summaryOrder(bundle)
      if (order !== undefined) applied.push({ id, ...order, at: performance.now() })
      held.set(id, { version, body: JSON.stringify({ ...bundle, meta: { ...bundle.meta, versionId: `${version}` } }) })
    }
    const kept = held.get(id)
    return kept === undefined
      ? { status: 404, body: '' }
      : { status: now === undefined ? 201 : 200, body: kept.body, headers: { ETag: `W/"${kept.version}"` } }
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('utf8')
    const { method = '', url = '', headers } = request
    const base = `http://${headers.host}`
    if (url.endsWith('/.well-known/smart-configuration'))
      return answer(response, 200, JSON.stringify({ token_endpoint: `${base}/token` }), {
        'Content-Type': 'application/json',
      })
    if (url === '/token') {
      await admit()
      return answer(
        response,
        200,
        JSON.stringify({ access_token: clientOf(body), token_type: 'bearer', expires_in: 300 }),
        {
          'Content-Type': 'application/json',
        },
      )
    }
    const id = /^\/fhir\/Bundle\/([A-Za-z0-9.-]{1,64})$/.exec(url)?.[1]
    if (id === undefined) return answer(response, 404, '')
    underWay += 1
    response.once('close', () => {
      underWay -= 1
    })
    const connection = connectionOf.get(request.socket) ?? 0
    const one: Asked = { method, id, headers, body, underWay, connection, at: performance.now() }
    asked.push(one)
    const act = await script(one)
    if (act === 'hang') return
    if (act === 'cut') return void response.destroy()
    const served = act === 'serve' || act === 'serve-and-cut' || act.serve === true ? serve(one) : undefined
    if (act === 'serve-and-cut') return void response.destroy()
    if (act === 'serve') return answer(response, served?.status ?? 500, served?.body ?? '', served?.headers)
    answer(response, act.status, act.body ?? '', act.headers)
  })
  server.on('connection', (socket) => {
    connections += 1
    connectionOf.set(socket, connections)
  })
  const listen = (port: number): Promise<void> =>
    new Promise((settle) => {
      server.listen(port, '127.0.0.1', settle)
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    if (server.listening) await new Promise((settle) => server.close(settle))
  }
  return {
    address: `http://localhost:${port}/fhir`,
    /** Requests to Bundles so far, in their order. */
    asked: asked as readonly Asked[],
    /** What was stored, in its order. */
    applied: applied as readonly Applied[],
    held: (id: string): Bundle | undefined => {
      const kept = held.get(id)
      return kept === undefined ? undefined : (JSON.parse(kept.body) as Bundle)
    },
    script: (next: typeof script): void => {
      script = next
    },
    /** What happens before a token is given. */
    admission: (next: typeof admit): void => {
      admit = next
    },
    /** Takes it off the network, and back at the same address. */
    goAway: close,
    comeBack: () => listen(port),
    stop: close,
  }
}

/** The client that asks for a token, which is the token that it gets. */
const clientOf = (form: string): string => {
  const [, claims = ''] = (new URLSearchParams(form).get('client_assertion') ?? '').split('.')
  return (JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { iss: string }).iss
}

export type ScriptedRecipient = Awaited<ReturnType<typeof scriptedRecipient>>
