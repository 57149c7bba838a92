/** `npm test`: installs and builds what is missing, then types, lint and tests. With arguments, Jest alone, which they are given to. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { prepare, requireNode } from './prepare.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const tool = (path) => join(ROOT, 'node_modules', path)

/** Folders whose tests need no database: they run in seconds, so they run in three time zones. */
const PURE = 'test/(fhir|definitions|plan|validation|search)/|test/access/(decide|explain|scopes)'

const run = (args, environment = {}) =>
  new Promise((settle, fail) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    })
    child.once('error', fail)
    child.once('close', (code) => settle(code ?? 1))
  })

/** A minute of kills where somebody waits for it (docs/chaos.md), five where nobody does. */
const KILLS = process.env.CI ? ['--minutes', '5', '--kills', '75'] : []

/** Biome colours its report letter by letter wherever it runs, unless told. */
const COLOURS = process.stdout.isTTY ? [] : ['--colors=off']

const steps = []

const step = async (name, counts, work) => {
  process.stdout.write(`\n== ${name}\n`)
  const started = performance.now()
  const { passed, failed, failures, unstable = [] } = await work()
  steps.push({ name, counts, passed, failed, failures, unstable, seconds: (performance.now() - started) / 1000 })
}

/** A tool that passes or fails as a whole. */
const check = (name, args) =>
  step(name, false, async () =>
    (await run(args)) === 0 ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [name] },
  )

/** Lines of a failure that are told again at the end, and their longest: a log is often kept from its end only. */
const TOLD_LINES = 3
const TOLD_LENGTH = 160

const firstLines = (text) =>
  stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('at '))
    .slice(0, TOLD_LINES)
    .map((line) => line.slice(0, TOLD_LENGTH))
    .join(' | ')

/** What failed in a run of Jest: each test by its file, its name and what it said; a file that could not run by its own message. */
const failuresOf = (testResults) =>
  testResults.flatMap(({ name: path, message, status, assertionResults }) => {
    const file = relative(ROOT, path)
    const tests = assertionResults.filter((test) => test.status === 'failed')
    if (tests.length > 0)
      return tests.map((test) => `${file}: ${test.fullName}: ${firstLines(test.failureMessages.join('\n'))}`)
    return status === 'failed' ? [`${file}: ${firstLines(message)}`] : []
  })

/** One run of Jest: its results, or what kept it from having any. */
const runJest = async (args, timeZone) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyplan-test-results-'))
  const results = join(folder, 'results.json')
  try {
    const code = await run(
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        tool('jest/bin/jest.js'),
        '--config=jest.config.js',
        '--json',
        `--outputFile=${results}`,
        ...args,
      ],
      { TZ: timeZone },
    )
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, testResults } = JSON.parse(
      readFileSync(results, 'utf8'),
    )
    const failed = numFailedTests + numRuntimeErrorTestSuites
    return {
      passed: numPassedTests,
      // Jest can fail though no test did: nothing matched, or the set-up failed.
      failed: code === 0 ? failed : Math.max(1, failed),
      failures: failuresOf(testResults),
      files: testResults.filter(({ status }) => status === 'failed').map(({ name }) => name),
    }
  } catch (error) {
    return { passed: 0, failed: 1, failures: [`no results: ${error.message}`], files: [] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** More files than this do not fail because the machine was busy. */
const MOST_RUN_AGAIN = 5

/**
 * Tests by Jest. Files that fail are run once more, by themselves, since many tests share few cores: what passes then is told as unstable,
 * and what fails twice has failed (docs/decisions/0014-second-run.md).
 */
const jest = (name, args, timeZone, counts = true) =>
  step(name, counts, async () => {
    const first = await runJest(args, timeZone)
    if (first.files.length === 0 || first.files.length > MOST_RUN_AGAIN) return first
    process.stdout.write(`\n== ${name}: once more, what failed\n`)
    const second = await runJest(['--maxWorkers=1', '--runTestsByPath', ...first.files], timeZone)
    const healed = second.failed === 0
    return {
      passed: healed ? first.passed + first.failed : first.passed,
      failed: healed ? 0 : first.failed,
      failures: healed ? [] : first.failures,
      unstable: healed ? first.failures : [],
    }
  })

requireNode()
try {
  await prepare({ everything: true })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.stdout.write('\n0 passed, 1 failed\n')
  process.exit(1)
}

const args = process.argv.slice(2)
if (args.length > 0) {
  await jest(`tests: ${args.join(' ')}`, args, process.env.TZ ?? 'UTC')
} else {
  await check('type check', [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'])
  await check('lint and format', [tool('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', ...COLOURS])
  await jest('tests', [], 'UTC')
  await jest('tests without a database, Europe/London', [PURE], 'Europe/London', false)
  await jest('tests without a database, Pacific/Auckland', [PURE], 'Pacific/Auckland', false)
  await check('sharing while everything around it is killed', ['test/chaos/run.js', '--short', ...KILLS])
}

// A test counts as passed once, however many time zones it ran in; whatever failed counts.
const failed = steps.reduce((sum, each) => sum + each.failed, 0)
const passed = steps.filter(({ counts }) => counts).reduce((sum, each) => sum + each.passed, 0)
process.stdout.write('\n')
for (const each of steps) {
  const result = each.failed === 0 ? 'ok    ' : 'FAILED'
  process.stdout.write(
    `${result}  ${each.name}: ${each.passed} passed, ${each.failed} failed (${each.seconds.toFixed(1)} s)\n`,
  )
}
for (const unstable of steps.flatMap((each) => each.unstable))
  process.stdout.write(`UNSTABLE, passed by itself: ${unstable}\n`)
for (const failure of steps.flatMap(({ failures }) => failures)) process.stdout.write(`FAILED  ${failure}\n`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
