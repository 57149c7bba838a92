import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import type { Described } from './described.ts'
import { json, ROOT } from './fixtures.ts'

export type SubmissionCase = Readonly<{
  title: string
  /** Submitted first, about the same person. */
  before?: readonly Described[]
  submission: Described
  expect: Readonly<{
    outcome: 'refused' | 'reported' | 'accepted'
    /** refused: all keys of errors; reported: keys of warnings and information that are among those found; accepted: all keys of warnings. */
    keys?: readonly string[]
    /** Among the places of the findings. */
    expressions?: readonly string[]
  }>
  file: string
}>

/** The cases of a folder of `fixtures`, in the order of their file names. */
export const submissionCases = (folder: 'contradictions' | 'valid'): SubmissionCase[] =>
  readdirSync(new URL(`fixtures/${folder}/`, ROOT))
    .sort()
    .map((file) => ({ ...(json(`fixtures/${folder}/${file}`) as SubmissionCase), file: basename(file, '.json') }))
