/**
 * The floor: the same PUTs of the same bytes to the same recipients, from a loop over connections that are kept. No leases, no database, no
 * audit, nothing to remember. Run as a process of its own, like KeyPlan; told what to send over the IPC channel.
 */
import { Agent, request } from 'node:http'
import type { FloorAnswer, FloorTask } from './floor-process.ts'

const send = (agent: Agent, url: URL, path: string, body: string): Promise<void> =>
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

const run = async ({ addresses, sample, patients, parallel }: FloorTask): Promise<number> => {
  const lanes = await Promise.all(
    addresses.map(async (address) => {
      const answer = await fetch(`${address}/Bundle/${sample}`)
      if (!answer.ok) throw new Error(`A recipient does not hold the sample: ${answer.status}.`)
      // Cut at the person's id, so that each body is a join and no search.
      return { url: new URL(address), parts: (await answer.text()).split(sample) }
    }),
  )
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  const started = performance.now()
  await Promise.all(
    lanes.map(async ({ url, parts }) => {
      let next = 0
      const worker = async (): Promise<void> => {
        for (let patient = patients[next++]; patient !== undefined; patient = patients[next++])
          await send(agent, url, `${url.pathname}/Bundle/${patient}`, parts.join(patient))
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
