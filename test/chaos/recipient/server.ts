import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Bundle } from 'fhir/r4.js'
import { openJournal } from './journal.ts'
import { createShelf, describe, etagOf, type Kept } from './shelf.ts'

type Answer = Readonly<{ status: number; body: string; etag?: string | undefined }>

const TOKEN_SECONDS = 300

const outcome = (status: number, text: string): Answer => ({
  status,
  body: JSON.stringify({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'processing', diagnostics: text }],
  }),
})

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const parsed = (text: string): Bundle | undefined => {
  try {
    return JSON.parse(text) as Bundle
  } catch {
    return undefined
  }
}

/** A token says until when it is good and nothing else, so that one outlives a kill. Who asks is not what is tried here. */
const granted = (authorization = ''): boolean =>
  Number(/^Bearer until-(\d+)$/.exec(authorization)?.[1] ?? 0) > Date.now()

/**
 * A recipient system as far as KeyPlan sees one: Bundle/{id} of FHIR R4 with versions and preconditions, a token endpoint found by SMART discovery.
 * Nothing is answered before it would survive a kill.
 */
export const createRecipient = async (folder: string): Promise<Server> => {
  const journal = await openJournal(folder)
  const shelf = createShelf(journal.known)

  const shown = async (status: number, kept: Kept, text?: string): Promise<Answer> => {
    await journal.settle()
    const bundle = JSON.parse(text ?? (await journal.text(kept))) as Bundle
    const meta = { ...bundle.meta, versionId: String(kept.version), lastUpdated: new Date(kept.at).toISOString() }
    return { status, etag: etagOf(kept), body: JSON.stringify({ ...bundle, meta }) }
  }

  const put = async (id: string, request: IncomingMessage): Promise<Answer> => {
    const text = await bodyOf(request)
    const bundle = parsed(text)
    const described = bundle === undefined ? undefined : describe(bundle)
    if (bundle?.id !== id || described === undefined)
      return outcome(400, `PUT Bundle/${id} must have a summary or tombstone with this id as its body.`)
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers
    const done = shelf.put(id, described, { ifMatch, ifNoneMatch }, Date.now())
    if (done.status === 412) {
      await journal.settle()
      return outcome(done.status, done.why)
    }
    journal.append(done.kept, text)
    return shown(done.status, done.kept, text)
  }

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { method, url = '', headers } = request
    if (method === 'GET' && url === '/fhir/.well-known/smart-configuration')
      return { status: 200, body: JSON.stringify({ token_endpoint: `http://${headers.host}/fhir/token` }) }
    if (method === 'POST' && url === '/fhir/token') {
      const asked = new URLSearchParams(await bodyOf(request))
      if (!asked.has('client_assertion')) return { status: 400, body: JSON.stringify({ error: 'invalid_client' }) }
      const token = `until-${Date.now() + TOKEN_SECONDS * 1_000}`
      const body = { access_token: token, token_type: 'bearer', expires_in: TOKEN_SECONDS, scope: asked.get('scope') }
      return { status: 200, body: JSON.stringify(body) }
    }
    if (!granted(headers.authorization)) return outcome(401, 'There is no good token.')
    const id = /^\/fhir\/Bundle\/([A-Za-z0-9.-]{1,64})$/.exec(url)?.[1]
    if (id === undefined) return outcome(404, 'There is no such thing here.')
    if (method === 'PUT') return put(id, request)
    if (method !== 'GET') return outcome(405, 'GET and PUT are possible.')
    const kept = shelf.get(id)
    return kept === undefined ? outcome(404, 'Nothing is held.') : shown(200, kept)
  }

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    answer(request).then(
      ({ status, body, etag }) => {
        response.writeHead(status, {
          'Content-Type': 'application/fhir+json',
          ...(etag === undefined ? {} : { ETag: etag }),
        })
        response.end(body)
      },
      (error: Error) => response.destroy(error),
    )
  })
  server.once('close', () => void journal.close())
  return server
}
