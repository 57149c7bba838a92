import type { FhirResource } from 'fhir/r4.js'
import { packagesFolder } from '../../config.ts'
import { bringing } from '../../definitions/brought.ts'
import type { Definitions } from '../../definitions/definitions.ts'
import { definitionsWith, keptIn } from '../../definitions/packages/kept.ts'
import { isError } from '../../fhir/outcome.ts'
import { checkText, type Located, NOTHING_CHECKED, type Report } from '../../validation/report/check.ts'
import { createValidator } from '../../validation/validator.ts'
import { type Piece, piecesOf } from './read.ts'

export type CheckOptions = Readonly<{
  profiles: readonly string[]
  /** Definitions to know before those that were added. */
  definitions: readonly FhirResource[]
}>

/** What was found in one resource of a file; the places are those in the file. */
export type Checked = Readonly<{
  file: string
  resourceType: string | undefined
  valid: boolean
  findings: readonly Located[]
  unchecked: Report['unchecked']
}>

/** Checks a file after another with one validator. A file that cannot be read, or checked, is a finding like any other. */
export const createChecker = ({
  profiles,
  definitions,
}: CheckOptions): ((file: string) => Promise<readonly Checked[]>) => {
  const validator = createValidator(definitionsFor(definitions))

  const checkPiece = (file: string, piece: Piece): Checked => {
    try {
      const { resourceType, findings, unchecked } = checkText(validator, piece, { profiles, now: new Date() })
      const moved = piece.firstLine === 1 ? findings : findings.map((found) => movedDown(found, piece.firstLine - 1))
      return { file, resourceType, valid: !findings.some(isError), findings: moved, unchecked }
    } catch (error) {
      return unknown(
        file,
        'check-failed',
        `KeyPlan failed while it checked this: ${messageOf(error)}. Please report it.`,
      )
    }
  }

  return async (file) => {
    let pieces: readonly Piece[]
    try {
      pieces = await piecesOf(file)
    } catch (error) {
      return [unknown(file, 'file-unreadable', messageOf(error))]
    }
    return pieces.map((piece) => checkPiece(file, piece))
  }
}

const definitionsFor = (resources: readonly FhirResource[]): Definitions => {
  const known = definitionsWith(keptIn(packagesFolder(process.env)))
  return resources.length === 0 ? known : bringing(known, resources).definitions
}

const movedDown = (found: Located, lines: number): Located =>
  found.place === undefined ? found : { ...found, place: { ...found.place, line: found.place.line + lines } }

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Where it is not known whether something is valid, and so it is not taken for it. */
const unknown = (file: string, key: string, text: string): Checked => ({
  file,
  resourceType: undefined,
  valid: false,
  findings: [{ severity: 'fatal', code: 'structure', key, text }],
  unchecked: NOTHING_CHECKED.unchecked,
})
