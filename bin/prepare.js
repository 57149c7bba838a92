/**
 * Makes a source checkout ready to run: installs what package-lock.json says and builds what `src` holds, each only where it is
 * missing or out of date. Plain JavaScript without dependencies, for nothing is installed yet when it runs.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const at = (...parts) => join(ROOT, ...parts)

const INSTALL_STAMP = at('node_modules', '.keyplan-installed.json')
const BUILD_STAMP = at('dist', '.keyplan-built')
const LOCK = at('.keyplan-prepare')

/** True in a checkout of the sources; an image or a package holds `dist` ready made. */
const isCheckout = () => existsSync(at('tsconfig.build.json')) && existsSync(at('src', 'main.ts'))

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')

/** Whether a package that is only for other machines may be missing here. */
const isForElsewhere = (entry) =>
  entry.optional === true && (entry.os !== undefined || entry.cpu !== undefined || entry.libc !== undefined)

/** Whether node_modules, by npm's own record of it, holds every package of the lock file in its version. */
const isInStep = (everything) => {
  const wanted = readJson(at('package-lock.json'))?.packages
  const found = readJson(at('node_modules', '.package-lock.json'))?.packages
  if (wanted === undefined || found === undefined) return false
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      (!everything && (entry.dev === true || entry.devOptional === true)) ||
      found[path]?.version === entry.version ||
      isForElsewhere(entry),
  )
}

const isInstalled = (everything) => {
  const hash = lockHash()
  const stamp = readJson(INSTALL_STAMP)
  if (stamp?.lock === hash && (stamp.everything || !everything)) return true
  if (!isInStep(everything)) return false
  writeFileSync(INSTALL_STAMP, JSON.stringify({ lock: hash, everything }))
  return true
}

/** Of what the build is made: the path, size and time of each file, so that a file taken away counts as well. */
const sourceState = () => {
  const hash = createHash('sha256')
  const files = readdirSync(at('src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = [
    ...files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
    at('tsconfig.json'),
    at('tsconfig.build.json'),
  ]
  for (const path of paths.sort()) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

const isBuilt = (state) => existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === state

/** One line on standard error, with the seconds that it takes where a person looks on. Standard output belongs to the command. */
const announce = (text) => {
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  if (!process.stderr.isTTY) {
    process.stderr.write(`${text} …\n`)
    return () => {}
  }
  const show = () => process.stderr.write(`\r\x1b[K${text} … ${seconds()} s`)
  show()
  const timer = setInterval(show, 1000)
  return () => {
    clearInterval(timer)
    process.stderr.write(`\r\x1b[K${text}: ${seconds()} s\n`)
  }
}

/** Runs a program quietly; what it said is shown only where it fails. */
const run = (program, args, { shell = false } = {}) =>
  new Promise((settle, fail) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], shell })
    const said = []
    child.stdout.on('data', (chunk) => said.push(chunk))
    child.stderr.on('data', (chunk) => said.push(chunk))
    child.once('error', fail)
    child.once('close', (code) => {
      if (code === 0) settle()
      else
        fail(
          new Error(
            `${Buffer.concat(said).toString().trim()}\n\n${basename(program)} ${args.join(' ')} ended with code ${code}.`,
          ),
        )
    })
  })

const npm = (args) => {
  const cli = process.env.npm_execpath
  return cli !== undefined && basename(cli) === 'npm-cli.js' && existsSync(cli)
    ? run(process.execPath, [cli, ...args])
    : run('npm', args, { shell: process.platform === 'win32' })
}

const install = async (everything) => {
  const done = announce(everything ? 'Installing packages, those for tests too' : 'Installing packages')
  const scope = everything ? ['--include=dev', '--include=optional'] : ['--omit=dev', '--include=optional']
  // Not `npm ci`: that refuses a lock file without the optional packages of platforms whose builds a registry does not have.
  await npm(['install', '--no-save', ...scope, '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'])
  writeFileSync(INSTALL_STAMP, JSON.stringify({ lock: lockHash(), everything }))
  done()
}

const build = async (state) => {
  const compiler = at('node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(compiler))
    throw new Error('The TypeScript compiler is not installed. Run npm install, optional dependencies included.')
  const done = announce('Building')
  // Beside `dist` and swapped in whole: a process that runs from the old one never sees half of the new one.
  const fresh = at('.keyplan-dist')
  rmSync(fresh, { recursive: true, force: true })
  await run(process.execPath, [compiler, '-p', at('tsconfig.build.json'), '--outDir', fresh, '--pretty', 'false'])
  writeFileSync(join(fresh, basename(BUILD_STAMP)), state)
  rmSync(at('dist'), { recursive: true, force: true })
  renameSync(fresh, at('dist'))
  done()
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const isAbandoned = () => {
  const owner = Number(readJson(join(LOCK, 'owner.json'))?.pid)
  if (owner > 0) return !isAlive(owner)
  // Taken a moment ago, or by a process that died in that moment.
  return Date.now() - statSync(LOCK).mtimeMs > 5000
}

/** Does the work while no other process prepares the same checkout. */
const alone = async (work) => {
  for (let waited = false; ; waited = true) {
    try {
      mkdirSync(LOCK)
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    try {
      if (isAbandoned()) rmSync(LOCK, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
    if (!waited) process.stderr.write('Waiting for another process that prepares this checkout …\n')
    await new Promise((settle) => setTimeout(settle, 200))
  }
  const release = () => rmSync(LOCK, { recursive: true, force: true })
  process.once('exit', release)
  try {
    writeFileSync(join(LOCK, 'owner.json'), JSON.stringify({ pid: process.pid }))
    await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

/** Installs and builds what is missing or stale; `everything` includes the packages that only tests need. Throws where that fails. */
export const prepare = async ({ everything = false } = {}) => {
  if (!isCheckout()) return
  if (isInstalled(everything) && isBuilt(sourceState())) return
  await alone(async () => {
    // What tests need is kept where it is there already.
    if (!isInstalled(everything)) await install(everything || readJson(INSTALL_STAMP)?.everything === true)
    const state = sourceState()
    if (!isBuilt(state)) await build(state)
  })
}

/** Ends the process with a plain sentence where Node is too old for what follows. */
export const requireNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  process.stderr.write(`KeyPlan needs Node 20.19 or later; this is ${process.versions.node}.\n`)
  process.exit(1)
}
