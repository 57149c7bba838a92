import type { ChildProcess } from 'node:child_process'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Failure, type Found, type Listener, node, type Part, ROOT, tool } from './part.ts'

/** What the reporter tells (reporter.js). `expected`: seconds that a file took before, or all of them one after the other. */
type FailedFile = Readonly<{
  path: string
  message: string
  tests: readonly Readonly<{ name: string; message: string }>[]
}>
type Told =
  | Readonly<{ kind: 'begun'; files: number; expected: number }>
  | Readonly<{ kind: 'file'; path: string; expected: number; seconds: number; told?: string }>
  | Readonly<{ kind: 'ended'; passed: number; failed: number; failures: readonly FailedFile[] }>

/** Lines of a failure that are told again at the end, and their longest: a log is often kept from its end only. */
const TOLD_LINES = 3
const TOLD_LENGTH = 160

const firstLines = (text: string): string =>
  stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at '))
    .slice(0, TOLD_LINES)
    .map((line) => line.slice(0, TOLD_LENGTH))
    .join(' | ')

/** What failed in a file: each test by its file, its name and what it said; a file that could not run by its own message. */
const failuresOf = ({ path, message, tests }: FailedFile, timeZone: string): Failure[] => {
  const file = relative(ROOT, path)
  const again = `${timeZone === 'UTC' ? '' : `TZ=${timeZone} `}npm test -- ${file}`
  if (tests.length === 0) return [{ what: `${file}: ${firstLines(message)}`, again, file }]
  return tests.map((test) => ({ what: `${file}: ${test.name}: ${firstLines(test.message)}`, again, file }))
}

/** One run of Jest: its results, or what kept it from having any. */
const runJest = async (
  args: readonly string[],
  options: Readonly<{ timeZone: string; watched: boolean; listener: Listener }>,
): Promise<Found> => {
  const { timeZone, watched, listener } = options
  let said = ''
  let ended: Extract<Told, { kind: 'ended' }> | undefined
  const started = (child: ChildProcess): void => {
    const all = { files: 0, expected: 0 }
    const done = { files: 0, expected: 0 }
    child.on('message', (told: Told) => {
      if (told.kind === 'ended') ended = told
      if (told.kind === 'begun') Object.assign(all, told)
      if (told.kind === 'file') {
        done.files += 1
        done.expected += told.expected
        if (told.told !== undefined && !watched)
          listener.line(`FAILED  ${relative(ROOT, told.path)} (${told.seconds.toFixed(1)} s)\n${told.told}`)
      }
      const share = all.expected === 0 ? {} : { done: Math.min(1, done.expected / all.expected) }
      listener.at({ text: `${done.files} of ${all.files} files`, ...share })
    })
    const keep = (chunk: Buffer): void => {
      said += chunk
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
  }
  const code = await node(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      tool('jest/bin/jest.js'),
      `--reporters=${ROOT}/test/run/reporter.js`,
      ...(watched ? ['--reporters=default'] : []),
      '--config=jest.config.js',
      ...(process.stdout.isTTY ? ['--colors'] : []),
      ...args,
    ],
    { environment: { TZ: timeZone }, stdio: watched ? 'inherit' : 'pipe', started },
  )
  if (ended === undefined || (code !== 0 && ended.failed === 0)) {
    // Jest can fail though no test did: nothing matched, or the set-up failed.
    if (said !== '') listener.line(said)
    const what = `Jest ended with code ${code} and no failed test: ${firstLines(said)}`
    return { passed: ended?.passed ?? 0, failed: 1, failures: [{ what, again: 'npm test' }] }
  }
  return {
    passed: ended.passed,
    failed: ended.failed,
    failures: ended.failures.flatMap((file) => failuresOf(file, timeZone)),
  }
}

/** More files than this do not fail because the machine was busy. */
const MOST_RUN_AGAIN = 5

/**
 * Tests by Jest. Files that fail are run once more, by themselves, since many tests share few cores: what passes then is told as unstable,
 * and what fails twice has failed (docs/decisions/0014-second-run.md). `watched`: Jest itself shows what it does.
 */
export const jest = (
  name: string,
  options: Readonly<{
    args: readonly string[]
    timeZone: string
    seconds: number
    counts?: boolean
    watched?: boolean
  }>,
): Part => {
  const { args, timeZone, seconds, counts = true, watched = false } = options
  return {
    name,
    counts,
    seconds,
    run: (listener) => runJest(args, { timeZone, watched, listener }),
    async again(first, listener) {
      const files = [...new Set(first.failures.flatMap(({ file }) => file ?? []))]
      if (files.length === 0 || files.length > MOST_RUN_AGAIN) return first
      listener.line(`\n== ${name}: once more, what failed`)
      const alone = ['--maxWorkers=1', '--runTestsByPath', ...files]
      const { failed } = await runJest(alone, { timeZone, watched, listener })
      if (failed > 0) return first
      const unstable = first.failures.map(({ what }) => what)
      return { passed: first.passed + first.failed, failed: 0, failures: [], unstable }
    },
  }
}
