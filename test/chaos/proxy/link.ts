import { randomBytes } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import type { Fault } from './faults.ts'
import { isPut, requestReader } from './requests.ts'

const LATE_MS = 800
const DROP_BYTES = 16
const DROP_MS = 100
const REPEAT_AT_MOST_MS = 3_000

/** A way to one server, which can be made faulty. Its port stays, whatever happens to the server. */
export type Link = Readonly<{
  port: number
  /** Where it leads. */
  lead(target: number): void
  /** What is wrong with it from now on; nothing, where undefined. Connections that a fault has killed stay dead. */
  set(fault: Fault | undefined): Promise<void>
  /** Requests that have gone through and whose answer has not. */
  underWay(): number
  /** Requests that had gone through and of which the client went away before the answer, though the link was at most slow. */
  abandoned(): number
  close(): Promise<void>
}>

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((settle, fail) => {
    server.once('error', fail)
    server.listen(port, '127.0.0.1', () => settle())
  })

/** Opens a link on a free port of 127.0.0.1. `http`: false for one that carries something else, which can only be refused or swallowed. */
export const openLink = async ({ http }: { http: boolean }): Promise<Link> => {
  let target = 0
  let fault: Fault | undefined
  let server: Server
  let abandoned = 0
  const sockets = new Set<Socket>()
  const open = new Set<{ pending: number }>()

  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  const repeat = async (request: Buffer): Promise<void> => {
    await wait(Math.random() * REPEAT_AT_MOST_MS, undefined, { ref: false })
    const again = track(connect(target, '127.0.0.1'))
    again.resume().write(request)
    await wait(5_000, undefined, { ref: false })
    again.destroy()
  }

  const carry = (client: Socket): void => {
    track(client)
    const upstream = track(connect(target, '127.0.0.1'))
    const connection = { pending: 0 }
    open.add(connection)
    let dead = false
    const requestsIn = requestReader()
    /** What was asked has been answered, as far as the client is to know. */
    const answered = (): void => {
      connection.pending = 0
    }

    client.on('data', (chunk: Buffer) => {
      if (dead || fault === 'black-hole') return
      if (fault === 'reset') return void client.resetAndDestroy()
      if (fault === 'garbage') return void client.end(randomBytes(400))
      upstream.write(chunk)
      if (!http) return
      for (const request of requestsIn(chunk)) {
        connection.pending += 1
        if (fault === 'duplicate' && isPut(request)) void repeat(request)
        // Later than the bytes to the server, which then has the whole of it.
        if (fault === 'cut-after-request') setImmediate(() => client.destroy())
      }
    })

    let drops: Promise<void> = Promise.resolve()
    const trickle = (chunk: Buffer): void => {
      drops = drops.then(async () => {
        for (let at = 0; at < chunk.length && !client.destroyed; at += DROP_BYTES) {
          client.write(chunk.subarray(at, at + DROP_BYTES))
          await wait(DROP_MS, undefined, { ref: false })
        }
        answered()
      })
    }

    upstream.on('data', (chunk: Buffer) => {
      if (dead || fault === 'black-hole') return
      if (fault === 'cut-before-response') return void client.destroy()
      if (fault === 'trickle') return trickle(chunk)
      if (fault === 'latency')
        return void setTimeout(() => {
          client.write(chunk)
          answered()
        }, LATE_MS)
      client.write(chunk)
      answered()
      if (fault === 'half-open') {
        dead = true
        // The client keeps its end.
        upstream.destroy()
      }
    })
    client.once('close', () => {
      open.delete(connection)
      if (fault === undefined || fault === 'latency') abandoned += connection.pending
      // What has gone through is worked off by the server, though nobody waits for it.
      upstream.end()
    })
    upstream.once('close', () => {
      if (!dead && fault !== 'black-hole' && fault !== 'trickle') client.destroy()
    })
  }

  const port = await freePort()
  const start = (): Promise<void> => {
    server = createServer(carry)
    return listen(server, port)
  }
  const stop = async (): Promise<void> => {
    const closed = new Promise((settle) => server.close(settle))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await start()

  return {
    port,
    lead: (to) => {
      target = to
    },
    async set(next) {
      if (next === fault) return
      const before = fault
      fault = next
      if (next === 'refuse') await stop()
      if (before === 'refuse') await start()
    },
    underWay: () => [...open].reduce((sum, { pending }) => sum + pending, 0),
    abandoned: () => abandoned,
    close: async () => {
      if (fault !== 'refuse') await stop()
    },
  }
}
