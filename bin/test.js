/** `npm test`: installs and builds what is missing, then types, lint and tests. With arguments, Jest alone, which they are given to. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare, requireNode } from './prepare.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const tool = (path) => join(ROOT, 'node_modules', path)

/** Folders whose tests need no database: they run in seconds, so they run in three time zones. */
const PURE = 'test/(fhir|definitions|plan|access|validation|search)/'

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

/** Biome colours its report letter by letter wherever it runs, unless told. */
const COLOURS = process.stdout.isTTY ? [] : ['--colors=off']

const steps = []

const step = async (name, counts, work) => {
  process.stdout.write(`\n== ${name}\n`)
  const started = performance.now()
  const { passed, failed } = await work()
  steps.push({ name, counts, passed, failed, seconds: (performance.now() - started) / 1000 })
}

/** A tool that passes or fails as a whole. */
const check = (name, args) =>
  step(name, false, async () => ((await run(args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }))

const jest = (name, args, timeZone, counts = true) =>
  step(name, counts, async () => {
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
      const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8'))
      const failed = numFailedTests + numRuntimeErrorTestSuites
      // Jest can fail though no test did: nothing matched, or the set-up failed.
      return { passed: numPassedTests, failed: code === 0 ? failed : Math.max(1, failed) }
    } catch {
      return { passed: 0, failed: 1 }
    } finally {
      rmSync(folder, { recursive: true, force: true })
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
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
