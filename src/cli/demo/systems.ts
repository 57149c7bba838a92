import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { TEST_CLIENTS } from '../../config.ts'
import type { EmbeddedPostgres } from '../../store/embedded/embedded.ts'
import { freePort } from './free-port.ts'

/** One of the four systems that must hold the current summary: a FHIR server of its own, in a process of its own, with a database of its own. */
export type RecipientSystem = Readonly<{
  id: string
  name: string
  /** FHIR base URL. */
  base: string
  start(): Promise<void>
  stop(): Promise<void>
}>

const SYSTEMS = [
  { id: 'gp', name: 'GP practice', role: 'gp-practice', organization: 'ZZ901' },
  { id: 'ambulance', name: 'Ambulance', role: 'ambulance', organization: 'Z00002' },
  { id: 'out-of-hours', name: 'Out-of-hours', role: 'out-of-hours', organization: 'Z00003' },
  { id: 'hospital', name: 'Hospital', role: 'hospital', organization: 'Z00004' },
] as const

const START_SECONDS = 30

/** Prepares the four systems: their databases, ports and folders. Also writes the file that KeyPlan is told of them by (`KEYPLAN_RECIPIENTS`). */
export const prepareSystems = async (
  postgres: EmbeddedPostgres,
  dataFolder: string,
  firstPort: number,
): Promise<{ systems: RecipientSystem[]; recipientsFile: string }> => {
  const folder = join(dataFolder, 'recipients')
  await mkdir(folder, { recursive: true })
  const systems: (RecipientSystem & { role: string; organization: string })[] = []
  for (const [index, { id, name, role, organization }] of SYSTEMS.entries()) {
    const port = await freePort(firstPort === 0 ? 0 : firstPort + 1 + index)
    const databaseUrl = await postgres.createDatabase(`recipient-${id}`)
    systems.push({
      id,
      name,
      role,
      organization,
      base: `http://localhost:${port}/fhir`,
      ...processOf({ id, port, databaseUrl, folder: join(folder, id) }),
    })
  }
  const recipientsFile = join(folder, 'recipients.json')
  await writeFile(
    recipientsFile,
    JSON.stringify(
      systems.map(({ id, name, role, organization, base }) => ({
        id,
        name,
        role,
        organization,
        address: base,
        jurisdictions: ['GB-SCT', 'GB-ENG', 'GB-WLS', 'GB-NIR'],
        clientId: 'keyplan',
        privateKeyFile: join(TEST_CLIENTS, 'keyplan.private.json'),
      })),
      undefined,
      2,
    ),
  )
  return { systems, recipientsFile }
}

const KEYPLAN = fileURLToPath(new URL('../../../bin/keyplan.js', import.meta.url))

/** `keyplan serve` in a process of its own; its log goes to a file in its folder. */
const processOf = ({
  id,
  port,
  databaseUrl,
  folder,
}: {
  id: string
  port: number
  databaseUrl: string
  folder: string
}): Pick<RecipientSystem, 'start' | 'stop'> => {
  let child: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  return {
    async start() {
      await mkdir(folder, { recursive: true })
      const log = await open(join(folder, 'log.jsonl'), 'a')
      child = spawn(process.execPath, [KEYPLAN, 'serve'], {
        env: {
          PATH: process.env['PATH'],
          PORT: String(port),
          HOST: '127.0.0.1',
          DATABASE_URL: databaseUrl,
          KEYPLAN_DATA: folder,
          KEYPLAN_CLIENTS: TEST_CLIENTS,
        },
        // Of its own group: an interrupt typed at the terminal reaches the demo alone, which stops its systems in order.
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      })
      ended = new Promise((settle) => child?.once('exit', settle))
      await log.close()
      await untilReady(
        `http://127.0.0.1:${port}/health/ready`,
        () => child?.exitCode ?? null,
        `The ${id} system did not start; its log is ${folder}/log.jsonl.`,
      )
    },
    async stop() {
      child?.kill('SIGTERM')
      await ended
      child = undefined
    },
  }
}

const untilReady = async (url: string, exitCode: () => number | null, message: string): Promise<void> => {
  const deadline = Date.now() + START_SECONDS * 1_000
  while (Date.now() < deadline && exitCode() === null) {
    const ready = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) return
    await wait(100)
  }
  throw new Error(message)
}
