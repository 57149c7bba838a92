import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { until } from '../until.ts'
import type { Fault } from './faults.ts'
import { type Link, openLink } from './link.ts'

const SECONDS = 30
/** Longer than an answer takes, and not so long that a test waits: what has not come by then is held back. */
const PATIENCE_MS = 1_500
const LONG_BODY = 'x'.repeat(4_000)

/** The server answers this when the gate is opened. */
const HELD = 'held'
let open: () => void
const gate = new Promise<void>((settle) => {
  open = settle
})

let server: Server
let link: Link
/** Bodies of the requests that have reached the server. */
let received: string[] = []

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push(body)
    if (body === HELD) await gate
    response.end(LONG_BODY)
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  link = await openLink({ http: true })
  link.lead((server.address() as AddressInfo).port)
})

afterEach(async () => {
  await link.set(undefined)
  received = []
})

afterAll(async () => {
  await link.close()
  server.closeAllConnections()
  await new Promise((settle) => server.close(settle))
})

/** One connection a test, kept open from request to request. */
let agent: Agent
beforeEach(() => {
  agent = new Agent({ keepAlive: true, maxSockets: 1 })
})
afterEach(() => agent.destroy())

/** The answer's body through the link; `failed` where the connection did, `nothing` where it was not whole in time. */
const put = (body: string, milliseconds = 30_000): Promise<string> =>
  new Promise((settle) => {
    const sent = request({ port: link.port, host: '127.0.0.1', method: 'PUT', agent }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      answer.once('end', () => settle(text)).once('error', () => settle('failed'))
    })
    const late = setTimeout(() => {
      settle('nothing')
      sent.destroy()
    }, milliseconds)
    sent.once('error', () => settle('failed')).once('close', () => clearTimeout(late))
    sent.setHeader('Content-Length', Buffer.byteLength(body))
    sent.end(body)
  })

test('a link carries requests and answers, also many on one connection', async () => {
  for (const body of ['one', 'two', 'three']) expect(await put(body)).toBe(LONG_BODY)
  expect(received).toEqual(['one', 'two', 'three'])
  expect(link.underWay()).toBe(0)
})

test.each<[Fault, string, boolean]>([
  ['refuse', 'failed', false],
  ['reset', 'failed', false],
  ['garbage', 'failed', false],
  ['black-hole', 'nothing', false],
  ['cut-after-request', 'failed', true],
  ['cut-before-response', 'failed', true],
])('%s: the client finds "%s", and that the request arrives is %s', async (fault, finding, arrives) => {
  await link.set(fault)
  expect(await put(fault, finding === 'nothing' ? PATIENCE_MS : undefined)).toBe(finding)
  if (arrives) await until('The request arrives', SECONDS, () => (received.includes(fault) ? true : undefined))
  await link.set(undefined)
  expect(await put('after')).toBe(LONG_BODY)
  expect(received).toEqual(arrives ? [fault, 'after'] : ['after'])
})

test('half-open: a connection answers once and is then dead, also when the fault is over', async () => {
  await link.set('half-open')
  expect(await put('first')).toBe(LONG_BODY)
  await link.set(undefined)
  expect(await put('second', PATIENCE_MS)).toBe('nothing')
  expect(received).toEqual(['first'])
})

test('trickle: the answer does not end in time', async () => {
  await link.set('trickle')
  expect(await put('slow', PATIENCE_MS)).toBe('nothing')
  expect(received).toEqual(['slow'])
})

test('latency: the answer comes late, and whole', async () => {
  await link.set('latency')
  const began = Date.now()
  expect(await put('late')).toBe(LONG_BODY)
  expect(Date.now() - began).toBeGreaterThanOrEqual(750)
})

test('duplicate: what was put arrives once more', async () => {
  await link.set('duplicate')
  expect(await put('again')).toBe(LONG_BODY)
  await until('It arrives once more', SECONDS, () => (received.length === 2 ? true : undefined))
  expect(received).toEqual(['again', 'again'])
})

test('a request is under way until its answer has gone through, and counted where its client goes away before', async () => {
  const before = link.abandoned()
  const answer = put(HELD)
  await until('It is under way', SECONDS, () => (link.underWay() === 1 ? true : undefined))
  agent.destroy()
  expect(await answer).toBe('failed')
  await until('It is counted', SECONDS, () => (link.abandoned() === before + 1 ? true : undefined))
  expect(link.underWay()).toBe(0)
  open()
})
