/** The embedded PostgreSQL that may be running on a data folder already. */
import { readFile, realpath, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

type Postmaster = Readonly<{ pid: number; port: number; status: string }>

/** What the postmaster says of itself in `postmaster.pid`; undefined where there is none. */
export const readPostmaster = async (directory: string): Promise<Postmaster | undefined> => {
  const lines = await readFile(join(directory, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n').map((line) => line.trim()),
    () => undefined,
  )
  return lines === undefined
    ? undefined
    : { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7] ?? 'starting' }
}

/** Whether this process is a PostgreSQL on that directory. Where the system cannot say which program runs, any live process counts. */
const isPostgres = async (pid: number, directory: string): Promise<boolean> => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    (command) => command.includes(directory),
    () => true,
  )
}

/** Waits for a PostgreSQL that is about to end; refuses where another KeyPlan is using the data; clears away what a crash left. */
export const takeOver = async (directory: string, folder: string): Promise<void> => {
  for (let waited = 0; ; waited += 50) {
    const running = await readPostmaster(directory)
    if (running === undefined) return
    if (!(await isPostgres(running.pid, directory))) {
      await rm(join(directory, 'postmaster.pid'), { force: true })
      return
    }
    if (waited >= (running.status === 'stopping' ? 15_000 : 1_500)) {
      throw new Error(
        `KEYPLAN_DATA: ${folder} is in use by another KeyPlan (its PostgreSQL is process ${running.pid}, on port ${running.port}). Stop that one, or set KEYPLAN_DATA to another folder.`,
      )
    }
    await wait(50)
  }
}

/** Where the secret of an installation lies. */
export const passwordFile = (folder: string): string => join(folder, 'postgres.password')

/** URL of a database of the embedded PostgreSQL. */
export const databaseUrl = (to: { role: string; password: string; port: number; database: string }): string =>
  `postgres://${to.role}:${to.password}@127.0.0.1:${to.port}/${encodeURIComponent(to.database)}`

/**
 * URL of the database `keyplan` of the embedded PostgreSQL that a KeyPlan runs on this folder; undefined where none does. For commands that
 * work beside the service: nothing is started or changed.
 */
export const findEmbeddedPostgres = async (options: { folder: string }): Promise<string | undefined> => {
  const folder = resolve(options.folder)
  const directory = await realpath(join(folder, 'postgres')).catch(() => undefined)
  const running = directory === undefined ? undefined : await readPostmaster(directory)
  if (directory === undefined || running?.status !== 'ready' || !(await isPostgres(running.pid, directory)))
    return undefined
  const password = (await readFile(passwordFile(folder), 'utf8')).trim()
  return databaseUrl({ role: 'keyplan', password, port: running.port, database: 'keyplan' })
}
