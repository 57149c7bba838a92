import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before a real server, remembers what was asked (`PUT /fhir/Bundle/1`), and refuses what it is told to. */
export const recordingProxy = async (target: string) => {
  const asked: string[] = []
  let refused: { pattern: RegExp; status: number } | undefined
  const server = createServer((incoming, outgoing) => {
    const line = `${incoming.method} ${decodeURIComponent((incoming.url ?? '').split('?')[0] as string)}`
    asked.push(line)
    if (refused?.pattern.test(line) === true) {
      incoming.resume()
      return void outgoing.writeHead(refused.status).end()
    }
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  const { port } = server.address() as AddressInfo
  return {
    base: `http://localhost:${port}/fhir`,
    /** What was asked so far, oldest first. */
    asked,
    /** From now on what fits is answered with this status; nothing, where none is named. */
    refuse: (pattern?: RegExp, status = 503): void => {
      refused = pattern === undefined ? undefined : { pattern, status }
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((settle) => server.close(settle))
    },
  }
}

export type RecordingProxy = Awaited<ReturnType<typeof recordingProxy>>
