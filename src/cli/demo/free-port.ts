import { createServer } from 'node:net'

/** This port where it is free, else any. */
export const freePort = (wanted: number): Promise<number> =>
  new Promise((settle, fail) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' && wanted !== 0 ? settle(freePort(0)) : fail(error),
    )
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
