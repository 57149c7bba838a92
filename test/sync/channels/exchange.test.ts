import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Exchange, openExchange } from '../../../src/sync/channels/exchange.ts'

const KEPT = 8

let server: Server
let exchange: Exchange

afterEach(async () => {
  exchange.close()
  server.closeAllConnections()
  await new Promise((settle) => server.close(settle))
})

/** An exchange with connections that are kept, to a server that does this with a PUT on one of them, and that with a PUT on any other. */
const connected = async (
  kept: (socket: Socket) => void | Promise<void>,
  other: (response: ServerResponse) => void,
): Promise<{ put: () => ReturnType<Exchange['ask']>; puts: () => number }> => {
  let puts = 0
  const known = new Set<Socket>()
  const waiting: ServerResponse[] = []
  server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    if (request.method === 'GET') {
      // All at once, so that each has a connection of its own.
      known.add(request.socket)
      waiting.push(response)
      if (waiting.length === KEPT) for (const one of waiting) one.end('{}')
      return
    }
    puts += 1
    request.resume()
    if (known.has(request.socket)) void kept(request.socket)
    else other(response)
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  exchange = openExchange(KEPT)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await Promise.all(Array.from({ length: KEPT }, () => exchange.ask({ method: 'GET', url, headers: {} })))
  return { put: () => exchange.ask({ method: 'PUT', url, headers: {}, body: Buffer.from('{}') }), puts: () => puts }
}

describe('a connection that was kept and is closed when it is used', () => {
  test('what was asked is asked once more, on a new connection, however many are kept', async () => {
    const { put, puts } = await connected(
      (socket) => void socket.resetAndDestroy(),
      (response) => response.end('{}'),
    )
    expect(await put()).toMatchObject({ status: 200 })
    expect(puts()).toBe(2)
  })

  test('both tries have the time of one', async () => {
    const { put, puts } = await connected(
      async (socket) => {
        await wait(6_000)
        socket.resetAndDestroy()
      },
      () => {},
    )
    const from = performance.now()
    await expect(put()).rejects.toMatchObject({ code: 'timeout' })
    expect(performance.now() - from).toBeLessThan(12_000)
    expect(puts()).toBe(2)
  }, 30_000)
})
