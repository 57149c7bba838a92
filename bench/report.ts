import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Measured, Round, Summary } from './figures.ts'

export const RESULTS = fileURLToPath(new URL('./results', import.meta.url))

/** What one case of a benchmark came to. */
export type CaseResult = Readonly<{
  benchmark: string
  name: string
  target: number | undefined
  rounds: readonly Round[]
  summary: Summary
}>

/** How a run was made, so that it can be made again. */
export type Run = Readonly<{
  arguments: readonly string[]
  connections: number
  seconds: number
  rounds: number
  people: number
}>

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`

const commit = (): string | undefined => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

/** The lines of a table, columns as wide as their widest cell, numbers to the right. */
export const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n')
}

const measured = ({ perSecond, p50, p99 }: Measured): string[] => [
  Math.round(perSecond).toLocaleString('en-GB'),
  p50.toFixed(1),
  p99.toFixed(1),
]

/** The results as a table for people: medians over the rounds, and of the ratio the lowest and the highest round too. */
export const resultsTable = (results: readonly CaseResult[]): string =>
  table([
    ['', 'KeyPlan/s', 'p50 ms', 'p99 ms', 'floor/s', 'p50 ms', 'p99 ms', 'ratio', 'rounds', 'target'],
    ...results.map(({ name, target, summary: { keyplan, floor, ratio } }) => [
      name,
      ...measured(keyplan),
      ...measured(floor),
      ratio.median.toFixed(2),
      `${ratio.lowest.toFixed(2)}–${ratio.highest.toFixed(2)}`,
      target === undefined ? '' : `${target.toFixed(1)} ${ratio.median >= target ? 'reached' : 'missed'}`,
    ]),
  ])

/** Writes everything that was measured, with where and of what; returns the path of the file. */
export const writeResults = async (measured: object): Promise<string> => {
  await mkdir(RESULTS, { recursive: true })
  const at = new Date().toISOString()
  const path = join(RESULTS, `${at.replaceAll(':', '-')}.json`)
  await writeFile(path, `${JSON.stringify({ at, machine: machine(), commit: commit(), ...measured }, undefined, 2)}\n`)
  return path
}
