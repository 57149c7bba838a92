import { packagesFolder } from '../../config.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import { definitionsWith, keptIn } from '../../definitions/packages/kept.ts'
import { isError } from '../../fhir/outcome.ts'
import { checkText, type Located, type Report } from '../../validation/report/check.ts'
import { createValidator } from '../../validation/validator.ts'
import { piecesOf } from './read.ts'

export type CheckOptions = Readonly<{ profiles: readonly string[]; packages: readonly string[] }>

/** What was found in one resource of a file; the places are those in the file. */
export type Checked = Readonly<{
  file: string
  resourceType: string | undefined
  valid: boolean
  findings: readonly Located[]
  unchecked: Report['unchecked']
}>

const NOTHING: Report['unchecked'] = { profiles: [], extensions: [], codeSystems: [], valueSets: [] }

/** Checks a file after another with one validator. A file that cannot be read is a finding like any other. */
export const createChecker = async ({
  profiles,
  packages,
}: CheckOptions): Promise<(file: string) => Promise<readonly Checked[]>> => {
  const validator = createValidator(await definitionsFor(packages))

  return async (file) => {
    try {
      return (await piecesOf(file)).map((piece) => {
        const { resourceType, findings, unchecked } = checkText(validator, piece, { profiles, now: new Date() })
        const moved = piece.firstLine === 1 ? findings : findings.map((found) => movedDown(found, piece.firstLine - 1))
        return { file, resourceType, valid: !findings.some(isError), findings: moved, unchecked }
      })
    } catch (error) {
      return [{ file, resourceType: undefined, valid: false, findings: [unreadable(error)], unchecked: NOTHING }]
    }
  }
}

const definitionsFor = async (packages: readonly string[]): Promise<Definitions> => {
  const known = definitionsWith(keptIn(packagesFolder(process.env)))
  if (packages.length === 0) return known
  const { withPackages } = await import('./packages.ts')
  return withPackages(known, packages)
}

const movedDown = (found: Located, lines: number): Located =>
  found.place === undefined ? found : { ...found, place: { ...found.place, line: found.place.line + lines } }

const unreadable = (error: unknown): Located => ({
  severity: 'fatal',
  code: 'structure',
  key: 'file-unreadable',
  text: error instanceof Error ? error.message : String(error),
})
