import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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

/** `keyplan validate` as a person runs it: milliseconds to its first result, and seconds for all official examples; medians of so many runs. */
export const commandFigures = async (rounds: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'keyplan-bench-validate-'))
  try {
    const names = readdirSync(OFFICIAL).filter((name) => name.endsWith('.json') && !DEFINES.test(name))
    for (const name of names) cpSync(new URL(name, OFFICIAL), join(folder, name))
    const one = join(folder, 'Patient-example.json')
    const firsts: number[] = []
    const wholes: number[] = []
    for (let round = 0; round < rounds; round++) {
      firsts.push((await timed(KEYPLAN, 'validate', one)).first)
      wholes.push((await timed(KEYPLAN, 'validate', folder)).end / 1_000)
    }
    const { said } = await timed('--expose-gc', MEMORY)
    return { files: names.length, firstResult: median(firsts), seconds: median(wholes), megabytes: Number(said) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
