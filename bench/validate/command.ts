import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bundle } from 'fhir/r4.js'
import { DEFINES } from '../../test/validation/reference/sets.ts'
import { median } from '../figures.ts'
import { OFFICIAL } from './subjects.ts'

const KEYPLAN = fileURLToPath(new URL('../../bin/keyplan.js', import.meta.url))
const MEMORY = fileURLToPath(new URL('./memory.js', import.meta.url))

/** Milliseconds from the start of a process to its first words, and to its end. */
const timed = (...args: string[]): Promise<Readonly<{ first: number; end: number; said: string }>> =>
  new Promise((settle, fail) => {
    const started = performance.now()
    let first = Number.NaN
    let said = ''
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.on('data', (chunk: Buffer) => {
      if (Number.isNaN(first)) first = performance.now() - started
      said += chunk.toString()
    })
    child.once('error', fail)
    child.once('close', () => settle({ first, end: performance.now() - started, said }))
  })

/** The files of these names in a folder of their own, which is gone when the work is done. */
const inFolder = async <T>(names: readonly string[], work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'keyplan-bench-validate-'))
  try {
    for (const name of names) cpSync(new URL(name, OFFICIAL), join(folder, name))
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A Bundle that only carries the definitions of the standard itself, up to 35 MB of them: no more an example of a Bundle than these are of anything. */
const isOfDefinitions = (name: string): boolean => {
  if (!name.startsWith('Bundle-')) return false
  const { entry = [] } = JSON.parse(readFileSync(new URL(name, OFFICIAL), 'utf8')) as Bundle
  return entry.length > 0 && entry.every(({ resource }) => DEFINES.test(`${resource?.resourceType}-`))
}

/**
 * `keyplan validate` as a person runs it, medians of so many runs: milliseconds to its first result; seconds for the official examples, which are
 * all that the package holds besides definitions and Bundles of nothing else; and with these Bundles too.
 */
export const commandFigures = async (rounds: number) => {
  const all = readdirSync(OFFICIAL).filter((name) => name.endsWith('.json') && !DEFINES.test(name))
  const examples = all.filter((name) => !isOfDefinitions(name))
  const times = async (names: readonly string[], time: 'first' | 'end'): Promise<number> =>
    inFolder(names, async (folder) => {
      const taken: number[] = []
      for (let round = 0; round < rounds; round++) taken.push((await timed(KEYPLAN, 'validate', folder))[time])
      return median(taken)
    })
  // A checkout builds what is out of date before its first command.
  await timed(KEYPLAN, '--version')
  const { said } = await timed('--expose-gc', MEMORY)
  return {
    firstResult: await times(['Patient-example.json'], 'first'),
    files: examples.length,
    seconds: (await times(examples, 'end')) / 1_000,
    allFiles: all.length,
    allSeconds: (await times(all, 'end')) / 1_000,
    megabytes: Number(said),
  }
}
