import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a faulty recipient does with the requests that reach it below /fhir/Bundle; everything else passes. */
export type Fault = 'none' | '500' | 'hang' | 'garbage' | 'other-json' | 'lose-answer' | 'endless' | 'long-version'

/** A success whose body never ends. */
const endless = (outgoing: ServerResponse): void => {
  const chunk = Buffer.alloc(256_000, ' ')
  outgoing.writeHead(200, { 'Content-Type': 'application/fhir+json' })
  const more = (): void => {
    while (!outgoing.destroyed && outgoing.write(chunk));
  }
  outgoing.on('drain', more)
  more()
}

/** The answer as it is, but for a version that is no id. */
const longVersion = async (answer: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  const body = text.replace(/"versionId":"[^"]*"/, `"versionId":"${'9'.repeat(100_000)}"`)
  outgoing.writeHead(answer.statusCode ?? 500, { 'Content-Type': 'application/fhir+json' }).end(body)
}

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
    if (acting === 'endless') return endless(outgoing)
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        if (acting === 'lose-answer') {
          answer.resume().once('end', () => outgoing.destroy())
          return
        }
        if (acting === 'long-version') return void longVersion(answer, outgoing)
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
