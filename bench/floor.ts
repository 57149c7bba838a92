/**
 * The floor: what the same bytes cost with nothing around them. Bare `node:http` and `pg`, one prepared statement a request, no
 * authentication, no audit, no validation. Run as a process of its own; its database is the variable DATABASE_URL.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bundle, Parameters } from 'fhir/r4.js'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })

/** What stands for its own address in what it answers. */
const HERE = 'http://127.0.0.1'

type Answer = Readonly<{ status: number; body: string }>

const found = ({ rows }: pg.QueryResult<{ body: string }>): Answer => {
  const [row] = rows
  return row === undefined ? { status: 404, body: '' } : { status: 200, body: row.body }
}

const answerByIdentifier = async (body: string): Promise<Answer> => {
  const { system, value } = (JSON.parse(body) as Parameters).parameter?.[0]?.valueIdentifier ?? {}
  return found(
    await pool.query({
      name: 'by-identifier',
      text: 'select body from answer where system = $1 and value = $2',
      values: [system, value],
    }),
  )
}

const resourceById = async (id: string): Promise<Answer> =>
  found(await pool.query({ name: 'by-id', text: 'select body from resource where id = $1', values: [id] }))

/** The plans of a person, as the Bundle of a search (http://hl7.org/fhir/R4/search.html#return). */
const plansOf = async (url: string): Promise<Answer> => {
  const { rows } = await pool.query<{ id: string; body: string }>({
    name: 'plans-of',
    text: 'select id, body from plan where patient = $1 order by id limit 51',
    values: [new URL(url, HERE).searchParams.get('patient')],
  })
  const entries = rows.map(
    ({ id, body }) => `{"fullUrl":"${HERE}/CarePlan/${id}","resource":${body},"search":{"mode":"match"}}`,
  )
  const link = `[{"relation":"self","url":"${HERE}${url}"}]`
  return {
    status: 200,
    body: `{"resourceType":"Bundle","type":"searchset","link":${link},"entry":[${entries.join(',')}]}`,
  }
}

const insert = async (body: string): Promise<Answer> => {
  await pool.query({ name: 'insert', text: 'insert into written (body) values ($1)', values: [body] })
  return { status: 201, body }
}

/** The resources of a transaction, each as a text of its own. */
const insertAll = async (body: string): Promise<Answer> => {
  const texts = ((JSON.parse(body) as Bundle).entry ?? []).map(({ resource }) => JSON.stringify(resource))
  await pool.query({
    name: 'insert-all',
    text: 'insert into written (body) select unnest($1::text[])',
    values: [texts],
  })
  return { status: 200, body: '' }
}

const bodyOf = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', reject)
  })

const answer = async (request: IncomingMessage): Promise<Answer> => {
  const url = request.url ?? ''
  if (request.method === 'GET' && url.includes('?')) return plansOf(url)
  if (request.method === 'GET') return resourceById(url.slice(url.lastIndexOf('/') + 1))
  const body = await bodyOf(request)
  if (url === '/') return insertAll(body)
  return url.endsWith('$emergency-view') ? answerByIdentifier(body) : insert(body)
}

const send = (response: ServerResponse, { status, body }: Answer): void => {
  response.writeHead(status, { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

const server = createServer((request, response) => {
  answer(request).then(
    (answered) => send(response, answered),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      send(response, { status: 500, body: '' })
    },
  )
})

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit())
