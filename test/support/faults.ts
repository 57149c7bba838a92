import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a faulty recipient does with the requests that reach it below /fhir/Bundle; everything else passes. */
export type Fault = 'none' | '500' | 'hang' | 'garbage' | 'other-json' | 'lose-answer'

/** Stands before a real server and makes it faulty; `fault` may be changed at any time. */
export const faultProxy = async (target: string) => {
  let fault: Fault = 'none'
  let seen = 0
  const server = createServer((incoming, outgoing) => {
    const onBundle = incoming.url?.startsWith('/fhir/Bundle') === true
    if (onBundle) seen += 1
    const acting = onBundle ? fault : 'none'
    if (acting === 'hang') return
    if (acting === '500') return void outgoing.writeHead(500).end('internal')
    if (acting === 'garbage')
      return void outgoing.writeHead(200, { 'Content-Type': 'application/fhir+json' }).end('<html>welcome')
    if (acting === 'other-json')
      return void outgoing
        .writeHead(200, { 'Content-Type': 'application/fhir+json' })
        .end('{"resourceType":"Bundle","id":"x"}')
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (acting === 'lose-answer') {
          answer.resume().once('end', () => outgoing.destroy())
          return
        }
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
    set: (next: Fault): void => {
      fault = next
    },
    /** Requests to Bundle so far. */
    seen: (): number => seen,
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((settle) => server.close(settle))
    },
  }
}
