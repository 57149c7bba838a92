import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TEST_CLIENTS } from '../../../src/config.ts'
import { recipientsFile } from '../../support/recipients.ts'
import type { Application } from '../facts.ts'
import { freePort } from '../free-port.ts'
import { readApplications } from '../recipient/journal.ts'
import { until } from '../until.ts'
import { type Database, openDatabase } from './database.ts'
import { type Killable, killable } from './killable.ts'
import { type Links, openLinks } from './links.ts'
import { TYPESCRIPT } from './typescript.ts'

export const RECIPIENTS = ['gp', 'ambulance', 'out-of-hours', 'hospital'] as const

/** Everything that a run breaks, started: PostgreSQL, several KeyPlans on it, four recipients, and a faulty way to each. */
export type Stage = Readonly<{
  folder: string
  database: Database
  /** A link to each recipient, by its id, and `database`. */
  links: Links
  keyplans: readonly Killable[]
  /** Address of each KeyPlan, in the same order. */
  addresses: readonly string[]
  recipients: readonly Killable[]
  /** What each recipient has logged so far. */
  applications(): Promise<Record<string, Application[]>>
  /** Ends everything. `keep`: leaves the logs where they are. */
  stop(keep: boolean): Promise<void>
}>

const KEYPLAN = fileURLToPath(new URL('../../../bin/keyplan.js', import.meta.url))
const RECIPIENT = fileURLToPath(new URL('../recipient/main.ts', import.meta.url))
const START_SECONDS = 90

/** Waits until a process can be used; gives up at once where it has ended, for instance because it was killed again. */
const untilUsable = async (name: string, hasEnded: () => boolean, look: () => Promise<boolean>): Promise<void> => {
  await until(`${name} starts`, START_SECONDS, async () => ((await look()) || hasEnded() ? true : undefined))
}

const keyplan = (name: string, port: number, folder: string, environment: Record<string, string>): Killable =>
  killable({
    name,
    args: [KEYPLAN, 'serve'],
    environment: { ...environment, PORT: String(port) },
    logFile: join(folder, `${name}.log`),
    ready: (hasEnded) =>
      untilUsable(name, hasEnded, () =>
        fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
          ({ ok }) => ok,
          () => false,
        ),
      ),
  })

const listensAt = (port: number): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
    socket.once('connect', () => socket.destroy())
  })

/** Starts the stage in a new temporary folder. Whatever fails on the way is thrown after all that was started has ended. */
export const openStage = async ({ keyplans: count }: { keyplans: number }): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-chaos-'))
  // PostgreSQL may run as another user.
  await chmod(folder, 0o711)
  const undo: (() => Promise<unknown>)[] = []
  const stop = async (keep: boolean): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step().catch(() => {})
    if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 20 })
  }
  try {
    const database = await openDatabase(join(folder, 'database'))
    undo.push(() => database.stop())
    const links = await openLinks([...RECIPIENTS, 'database'])
    undo.push(() => links.close())
    await links.lead('database', database.port())

    const recipients: Killable[] = []
    for (const id of RECIPIENTS) {
      const port = await freePort()
      const recipient = killable({
        name: id,
        args: [...TYPESCRIPT, RECIPIENT, join(folder, id), String(port)],
        logFile: join(folder, `${id}.log`),
        ready: (hasEnded) => untilUsable(id, hasEnded, () => listensAt(port)),
      })
      recipients.push(recipient)
      undo.push(() => recipient.stop())
      await links.lead(id, port)
    }
    await Promise.all(recipients.map((recipient) => recipient.start()))

    const list = await recipientsFile(
      RECIPIENTS.map((id) => ({ id, address: `http://127.0.0.1:${links.port(id)}/fhir` })),
    )
    undo.push(() => list.remove())
    // One folder, so that they sign with the same keys.
    const data = join(folder, 'keyplan')
    await mkdir(data)
    const environment = {
      DATABASE_URL: database.urlAt(links.port('database')),
      KEYPLAN_DATA: data,
      KEYPLAN_CLIENTS: TEST_CLIENTS,
      KEYPLAN_RECIPIENTS: list.file,
    }
    const keyplans: Killable[] = []
    const addresses: string[] = []
    for (let number = 1; number <= count; number++) {
      const port = await freePort()
      const one = keyplan(`keyplan-${number}`, port, folder, environment)
      keyplans.push(one)
      addresses.push(`http://localhost:${port}`)
      undo.push(() => one.stop())
      // One after the other: the first makes the keys.
      await one.start()
    }
    return {
      folder,
      database,
      links,
      keyplans,
      addresses,
      recipients,
      applications: async () =>
        Object.fromEntries(
          await Promise.all(RECIPIENTS.map(async (id) => [id, await readApplications(join(folder, id))] as const)),
        ),
      stop,
    }
  } catch (error) {
    await stop(true)
    throw error
  }
}
