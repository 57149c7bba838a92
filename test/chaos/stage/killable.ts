import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** A process of the run that can be killed at any moment and started again as it was. One that ends by itself is started again, as an operator would. */
export type Killable = Readonly<{
  name: string
  running(): boolean
  /** Resolves when it can be used, or was killed again. */
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. False where there was nothing to kill. */
  kill(): Promise<boolean>
  /** Ends it for good. */
  stop(): Promise<void>
  /** Stands still, as a machine that swaps or a virtual one that is moved, and goes on. */
  pause(): void
  resume(): void
  /** How often it ended by itself: before it could be used, and afterwards. */
  fell(): Readonly<{ starting: number; running: number }>
}>

/** The shell becomes the program, and leaves behind a watcher of file descriptor 3 that ends it when the run ends, however that ends. */
const WATCHED = '( ( read -r word <&3; [ "$word" = done ] || kill -9 $$ ) & ) ; exec "$@" </dev/null 3<&-'

const AGAIN_MS = 500

/** `ready` resolves when it can be used, or has ended. What it writes goes to `logFile`. */
export const killable = (options: {
  name: string
  args: readonly string[]
  environment?: Readonly<Record<string, string>>
  logFile: string
  ready: (hasEnded: () => boolean) => Promise<void>
}): Killable => {
  let child: ChildProcess | undefined
  let killed = false
  let stopped = false
  let usable = false
  let starting: Promise<void> | undefined
  const fell = { starting: 0, running: 0 }
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null

  const spawnOnce = async (): Promise<void> => {
    const log = await open(options.logFile, 'a')
    const started = spawn('/bin/sh', ['-c', WATCHED, 'sh', process.execPath, ...options.args], {
      env: { PATH: process.env['PATH'], ...options.environment },
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    })
    await log.close()
    child = started
    const watcher = started.stdio[3]
    watcher?.on('error', () => {})
    started.once('exit', () => {
      if (watcher !== null && watcher !== undefined && 'end' in watcher) watcher.end('done\n')
      if (killed || !usable) return
      fell.running += 1
      start().catch(() => {})
    })
    await options.ready(() => !running())
  }

  const startUntilUsable = async (): Promise<void> => {
    killed = false
    usable = false
    while (!stopped) {
      await spawnOnce()
      usable = running()
      if (usable || killed) return
      fell.starting += 1
      await wait(AGAIN_MS)
    }
  }

  const start = (): Promise<void> => {
    starting ??= startUntilUsable().finally(() => {
      starting = undefined
    })
    return starting
  }

  const kill = async (): Promise<boolean> => {
    if (child === undefined || !running()) return false
    killed = true
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    // Whoever was starting it finds that it has ended.
    await starting
    return true
  }

  return {
    name: options.name,
    running,
    start,
    kill,
    async stop() {
      stopped = true
      await kill()
      await starting?.catch(() => {})
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    fell: () => fell,
  }
}
