/**
 * The floor: the same PUTs of the same bytes to the same recipients, from a loop over connections that are kept. No leases, no database, no
 * audit, nothing to remember. Run as a process of its own, like KeyPlan; told what to send over the IPC channel.
 */
import { Agent, request } from 'node:http'
import type { FloorAnswer, FloorTask } from './floor-process.ts'

const send = (
  agent: Agent,
  url: URL,
  path: string,
  body: string,
  precondition: Record<string, string>,
): Promise<void> =>
  new Promise((settle, fail) => {
    const outgoing = request(
      url,
      {
        agent,
        method: 'PUT',
        path,
        headers: {
          Accept: 'application/fhir+json',
          Authorization: 'Bearer any',
          'Content-Type': 'application/fhir+json',
          'Content-Length': Buffer.byteLength(body),
          Prefer: 'return=representation',
          ...precondition,
        },
      },
      (answer) => {
        answer.resume()
        answer.once('end', () =>
          answer.statusCode === 200 || answer.statusCode === 201
            ? settle()
            : fail(new Error(`The floor was answered ${answer.statusCode}.`)),
        )
      },
    )
    outgoing.once('error', fail)
    outgoing.end(body)
  })

const run = async ({ addresses, sample, document, patients, version, parallel }: FloorTask): Promise<number> => {
  // Cut at the person's id, so that each body is a join and no search.
  const parts = document.split(sample)
  // As KeyPlan sends it to a recipient that holds what it was sent last.
  const precondition: Record<string, string> =
    version === 0 ? { 'If-None-Match': '*' } : { 'If-Match': `W/"${version}"` }
  const agent = new Agent({ keepAlive: true, maxSockets: Math.max(1, parallel) })
  const urls = addresses.map((address) => new URL(address))
  const put = (url: URL, patient: string): Promise<void> =>
    send(agent, url, `${url.pathname}/Bundle/${patient}`, parts.join(patient), precondition)
  const started = performance.now()
  if (parallel === 0) for (const patient of patients) for (const url of urls) await put(url, patient)
  await Promise.all(
    urls.map(async (url) => {
      let next = 0
      const worker = async (): Promise<void> => {
        for (let patient = patients[next++]; patient !== undefined; patient = patients[next++]) await put(url, patient)
      }
      await Promise.all(Array.from({ length: parallel }, worker))
    }),
  )
  agent.destroy()
  return performance.now() - started
}

const tell = (answer: FloorAnswer): void => void process.send?.(answer)

process.on('message', (task: FloorTask) => {
  run(task).then(
    (milliseconds) => tell({ milliseconds }),
    (error: unknown) => tell({ error: String(error) }),
  )
})
process.once('disconnect', () => process.exit())
process.send?.({ ready: true })
