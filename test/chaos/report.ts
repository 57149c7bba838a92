import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { machine } from '../../bench/report.ts'
import type { Violation } from './checker/checks.ts'
import type { Figure } from './figures.ts'
import type { Options } from './options.ts'

type Report = Readonly<{
  options: Options
  figures: readonly Figure[]
  notes: readonly string[]
  violations: readonly Violation[]
}>

const FOLDER = '.keyplan-chaos'
const SHOWN_VIOLATIONS = 20

/** The report as text: each figure beside what it must be, then what was found, then what is worth knowing. */
export const printed = ({ options, figures, notes, violations }: Report): string => {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const valueWidth = Math.max(...figures.map(({ value }) => value.length))
  return [
    '',
    ...figures.map(
      ({ name, value, target, holds }) =>
        `${holds ? 'holds ' : 'BROKEN'}  ${name.padEnd(width)}  ${value.padStart(valueWidth)}  (${target})`,
    ),
    '',
    ...violations
      .slice(0, SHOWN_VIOLATIONS)
      .map(
        ({ check, patient, recipient, at, what }) =>
          `${check}: ${recipient ?? 'KeyPlan'}, Patient/${patient}${at === undefined ? '' : `, ${new Date(at).toISOString()}`}: ${what}`,
      ),
    ...(violations.length > SHOWN_VIOLATIONS ? [`and ${violations.length - SHOWN_VIOLATIONS} more`] : []),
    ...notes,
    `seed ${options.seed}; ${machine()}`,
    '',
  ].join('\n')
}

/** Writes everything that a run found as JSON; answers the path of the file, below the working directory. */
export const writeReport = async (report: Report): Promise<string> => {
  await mkdir(FOLDER, { recursive: true })
  const at = new Date().toISOString()
  const path = join(FOLDER, `${at.replaceAll(':', '-')}.json`)
  await writeFile(path, `${JSON.stringify({ at, machine: machine(), ...report }, undefined, 2)}\n`)
  return path
}
