import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('./keyplan.js', import.meta.url))
/** Makes the checkout ready where a source has changed since. */
const BUILT = fileURLToPath(new URL('../../bin/keyplan.js', import.meta.url))

/** A `keyplan …` that runs as a process of its own. */
export type RunningCommand = Readonly<{
  child: ChildProcess
  stdout(): string
  stderr(): string
  /** Log lines so far. */
  logged(): Record<string, unknown>[]
  /** Resolves with the first log line that has this message; throws where the command ends before. */
  until(message: string): Promise<Record<string, unknown>>
  /** Resolves when it has ended: its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>
}>

const logLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))

/**
 * Runs the command line from its sources with these arguments, and with no settings from the environment but those given; `input` is what
 * comes in by standard input.
 */
export const keyplan = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input = '',
): RunningCommand => run(SOURCES, args, environment, input)

/** The same as it is shipped, for what is asked of a start and an end: translating sources takes longer than all else. */
export const builtKeyplan = (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningCommand => run(BUILT, args, environment, '')

const run = (
  entry: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  input: string,
): RunningCommand => {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: [input === '' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
    for (const look of watchers) look()
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<number | NodeJS.Signals | null>((settle) => {
    child.once('close', (code, signal) => settle(code ?? signal))
  })
  const logged = () => logLines(stdout)

  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    logged,
    until: (message) =>
      new Promise((settle, fail) => {
        const look = (): void => {
          const line = logged().find((each) => each['msg'] === message)
          if (line === undefined) return
          watchers.delete(look)
          settle(line)
        }
        watchers.add(look)
        void ended.then((code) =>
          fail(new Error(`keyplan ${args.join(' ')} ended (${code}) before "${message}".\n${stdout}${stderr}`)),
        )
        look()
      }),
    ended,
  }
}
