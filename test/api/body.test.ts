import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readBody } from '../../src/api/body.ts'
import { envelopeOf, failure, respond } from '../../src/api/respond.ts'

const BASE = 'http://localhost/fhir'
const LIMIT = 1_000_000

/** Answers with the length of what it read, or with the failure, as the FHIR handler does. */
const echo = async (incoming: IncomingMessage, response: Parameters<typeof respond>[1]): Promise<void> => {
  const envelope = envelopeOf(incoming, BASE)
  try {
    const text = await readBody(incoming, LIMIT)
    respond(incoming, response, envelope, { status: 200, body: JSON.stringify({ length: text?.length ?? null }) })
  } catch (error) {
    respond(incoming, response, envelope, failure(error).answer)
  }
}

let server: Server
let port: number

beforeAll(async () => {
  server = createServer((incoming, response) => void echo(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

type Answer = { status: number; key: string | undefined; body: Record<string, unknown> }

const post = (
  write: (outgoing: ReturnType<typeof httpRequest>) => void,
  headers: Record<string, string | number> = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = httpRequest({ port, host: '127.0.0.1', method: 'POST', path: '/', headers }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => {
          text += chunk
        })
        .on('end', () => {
          const body = JSON.parse(text) as Record<string, unknown>
          const issue = (body['issue'] as { details: { coding: { code: string }[] } }[] | undefined)?.[0]
          resolve({ status: response.statusCode ?? 0, key: issue?.details.coding[0]?.code, body })
        })
    })
    outgoing.on('error', reject)
    write(outgoing)
  })

describe('a body is read up to its limit', () => {
  test('a body of many parts is joined, and characters that lie across them are whole', async () => {
    const { body } = await post((outgoing) => {
      const bytes = Buffer.from('ä'.repeat(1_000))
      outgoing.write(bytes.subarray(0, 999))
      outgoing.end(bytes.subarray(999))
    })
    expect(body).toEqual({ length: 1_000 })
  })

  test('no body is undefined, not an empty text', async () => {
    expect((await post((outgoing) => outgoing.end())).body).toEqual({ length: null })
  })

  test('a body that announces too much is answered 413 before it has been sent', async () => {
    const answer = await new Promise<Answer>((resolve, reject) => {
      post((outgoing) => outgoing.write('{'), { 'Content-Length': 20_000_000 }).then(resolve, reject)
    })
    expect(answer).toMatchObject({ status: 413, key: 'body-too-large' })
  })

  test('a body of 20 MB that is sent whole all the same gets its answer, and the connection serves the next request', async () => {
    const answers = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let received = ''
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk
        if (received.split('HTTP/1.1 ').length === 3 && received.endsWith('}')) socket.end(() => resolve(received))
      })
      socket.on('error', reject)
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n`)
      socket.write(Buffer.alloc(20_000_000, 'x'))
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}')
    })
    expect(answers).toMatch(/^HTTP\/1\.1 413 [\s\S]*HTTP\/1\.1 200 [\s\S]*\{"length":2\}$/)
  })

  test('a body of unknown length is dropped when it passes the limit, and memory does not grow with it', async () => {
    const before = process.memoryUsage().rss
    const { status, key } = await post((outgoing) => {
      for (let sent = 0; sent < 20; sent += 1) outgoing.write(Buffer.alloc(LIMIT, 'x'))
      outgoing.end()
    })
    expect({ status, key }).toEqual({ status: 413, key: 'body-too-large' })
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('a client that breaks off leaves the server as it was', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"half')
        setTimeout(() => socket.destroy(), 20)
      })
      socket.on('close', () => resolve())
    })
    expect((await post((outgoing) => outgoing.end('{}'))).status).toBe(200)
  })
})

test('a byte order mark before a body is no part of it (RFC 8259, section 8.1)', async () => {
  expect((await post((outgoing) => outgoing.end('\ufeff{}'))).body).toEqual({ length: 2 })
  expect((await post((outgoing) => outgoing.end('\ufeff'))).body).toEqual({ length: null })
})

describe('a body that cannot be read', () => {
  test('that is not UTF-8 is refused', async () => {
    const { status, key } = await post((outgoing) => outgoing.end(Buffer.from([0x7b, 0xff, 0x7d])))
    expect({ status, key }).toEqual({ status: 400, key: 'body-not-utf-8' })
  })

  test('that is compressed is refused', async () => {
    const { status, key } = await post((outgoing) => outgoing.end('{}'), { 'Content-Encoding': 'gzip' })
    expect({ status, key }).toEqual({ status: 415, key: 'content-encoding-not-read' })
  })
})
