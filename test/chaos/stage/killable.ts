import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'

/** A process of the run that can be killed at any moment and started again as it was. */
export type Killable = Readonly<{
  name: string
  running(): boolean
  start(): Promise<void>
  /** SIGKILL; resolves when it is gone. False where there was nothing to kill. */
  kill(): Promise<boolean>
  /** Stands still, as a machine that swaps or a virtual one that is moved, and goes on. */
  pause(): void
  resume(): void
}>

/** The shell becomes the program, and leaves behind a watcher of file descriptor 3 that ends it when the run ends, however that ends. */
const WATCHED = '( ( read -r word <&3; [ "$word" = done ] || kill -9 $$ ) & ) ; exec "$@" </dev/null 3<&-'

/** `ready` resolves when it can be used. What it writes goes to `logFile`. */
export const killable = (options: {
  name: string
  args: readonly string[]
  environment?: Readonly<Record<string, string>>
  logFile: string
  ready: (hasEnded: () => boolean) => Promise<void>
}): Killable => {
  let child: ChildProcess | undefined
  const hasEnded = (): boolean => child === undefined || child.exitCode !== null || child.signalCode !== null

  return {
    name: options.name,
    running: () => !hasEnded(),
    async start() {
      const log = await open(options.logFile, 'a')
      const started = spawn('/bin/sh', ['-c', WATCHED, 'sh', process.execPath, ...options.args], {
        env: { PATH: process.env['PATH'], ...options.environment },
        detached: true,
        stdio: ['ignore', log.fd, log.fd, 'pipe'],
      })
      child = started
      const watcher = started.stdio[3]
      watcher?.on('error', () => {})
      started.once('exit', () => {
        if (watcher !== null && watcher !== undefined && 'end' in watcher) watcher.end('done\n')
      })
      await log.close()
      await options.ready(hasEnded)
    },
    async kill() {
      if (child === undefined || hasEnded()) return false
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      return true
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  }
}
