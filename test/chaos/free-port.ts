import { createServer } from 'node:net'

/** Below those that systems give to outgoing connections: nothing takes such a port while the server that it belongs to is away. */
const LOWEST = 20_001
const HIGHEST = 32_000

const isFree = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const server = createServer()
    server.once('error', () => settle(false))
    server.listen(port, '127.0.0.1', () => server.close(() => settle(true)))
  })

/** A port of 127.0.0.1 that nobody listens on, and that stays free until somebody listens on it by its number. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = Math.floor(LOWEST + Math.random() * (HIGHEST - LOWEST))
    if (await isFree(port)) return port
  }
}
