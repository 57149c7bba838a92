import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TEST_CLIENTS } from '../../src/config.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded/embedded.ts'
import { readPostmaster } from '../../src/store/embedded/running.ts'
import { end } from '../child.ts'
import { cpuSeconds } from '../cpu.ts'
import { askFhir, submitOne } from '../seeds.ts'
import { startKeyPlan, tokensOf, vacuum } from '../stage.ts'
import { type Floor, startFloor } from './floor-process.ts'
import { openPeople, type People } from './people.ts'
import { type Receivers, startReceivers } from './receiver-process.ts'

/** PostgreSQL, KeyPlan as shipped, four recipients and the floor, each in a process of its own. */
export type FanOutStage = Readonly<{
  people: People
  receivers: Receivers
  floor: Floor
  /** Id of the person who was stored over HTTP, and of whom all others are copies. */
  sample: string
  /** Seconds of processor time that each has used so far; 0 where the system does not tell. */
  used(): Promise<Used>
  /** Settles the tables after they were filled. */
  vacuum(): Promise<void>
  /** Stops everything, KeyPlan first, and takes the folder away. */
  stop(): Promise<void>
}>

export type Used = Readonly<Record<'keyplan' | 'postgresql' | 'recipients' | 'floor', number>>

export const openFanOutStage = async (options: { profileFolder?: string } = {}): Promise<FanOutStage> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-bench-fanout-'))
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  }
  try {
    const postgres = await startEmbeddedPostgres({ folder })
    undo.push(() => postgres.stop())
    const receivers = await startReceivers()
    undo.push(() => receivers.stop())
    const floor = await startFloor()
    undo.push(() => floor.stop())
    const recipients = join(folder, 'recipients.json')
    await writeFile(recipients, JSON.stringify(receivers.addresses.map(recipientAt)))
    const keyplan = await startKeyPlan(folder, postgres.databaseUrl, {
      ...options,
      environment: { KEYPLAN_RECIPIENTS: recipients, LOG_LEVEL: 'info' },
    })
    undo.push(() => end(keyplan.child))
    const target = { name: 'KeyPlan', url: keyplan.url, path: '/fhir', token: await tokensOf(keyplan.url) }
    const { patientId } = await submitOne((method, path, body) => askFhir(target, method, path, body))
    const people = await openPeople(postgres.databaseUrl, patientId)
    undo.push(() => people.close())
    await people.settled(60)
    const postmaster = (await readPostmaster(postgres.directory))?.pid
    const pids = { keyplan: keyplan.child.pid, postgresql: postmaster, recipients: receivers.pid, floor: floor.pid }
    return {
      people,
      receivers,
      floor,
      sample: patientId,
      used: async () =>
        Object.fromEntries(
          await Promise.all(Object.entries(pids).map(async ([name, pid]) => [name, await cpuSeconds(pid)])),
        ),
      vacuum: () => vacuum(postgres.databaseUrl),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const ROLES = ['hospice', 'ambulance', 'out-of-hours', 'hospital']

const recipientAt = (address: string, index: number) => ({
  id: `recipient-${index + 1}`,
  name: `Recipient ${index + 1}`,
  role: ROLES[index % ROLES.length],
  organization: `Z0000${index + 1}`,
  address,
  jurisdictions: ['GB-SCT'],
  clientId: 'keyplan',
  privateKeyFile: join(TEST_CLIENTS, 'keyplan.private.json'),
})
