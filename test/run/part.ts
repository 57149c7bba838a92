import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The file of a package that is installed here. */
export const tool = (path: string): string => join(ROOT, 'node_modules', path)

/** What failed, in a line, the command that repeats it, and its test file. */
export type Failure = Readonly<{ what: string; again: string; file?: string }>

export type Found = Readonly<{
  passed: number
  failed: number
  failures: readonly Failure[]
  /** What failed at first and passed by itself. */
  unstable?: readonly string[]
}>

/** How far a part is: in words, and from 0 to 1 where it can tell. */
export type Position = Readonly<{ text: string; done?: number }>

/** Where a part says what it has to say while it runs. */
export type Listener = Readonly<{ at(position: Position): void; line(text: string): void }>

/** A part of `npm test`, which runs beside others. */
export type Part = Readonly<{
  name: string
  /** Whether its tests are counted; those that ran before in another time zone are not. */
  counts: boolean
  /** How long it takes on two cores, with the others beside it, until it is known better. */
  seconds: number
  run(listener: Listener): Promise<Found>
  /** Runs what failed once more, when nothing else runs. */
  again?(found: Found, listener: Listener): Promise<Found>
}>

/** Starts Node with these arguments in the checkout; resolves with its exit code. What it writes reaches `started`, or this terminal. */
export const node = (
  args: readonly string[],
  options: Readonly<{
    environment?: Readonly<Record<string, string>>
    stdio: 'pipe' | 'inherit'
    started?: (child: ChildProcess) => void
  }>,
): Promise<number> =>
  new Promise((settle, fail) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: [options.stdio === 'pipe' ? 'ignore' : 'inherit', options.stdio, options.stdio, 'ipc'],
      env: { ...process.env, ...options.environment },
    })
    options.started?.(child)
    child.once('error', fail)
    child.once('close', (code) => settle(code ?? 1))
  })
