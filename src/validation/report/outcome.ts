import type { OperationOutcome } from 'fhir/r4.js'
import { type Issue, isError, operationOutcome } from '../../fhir/outcome.ts'
import type { Finding } from '../validator.ts'
import type { Report } from './check.ts'

/** All that is known of a finding in sentences: what is wrong, what was seen and expected, whose rule it is, how to mend it. */
export const diagnosticsOf = ({ text, value, expected, rule, profile, hint }: Finding): string =>
  [
    text,
    ...(value === undefined ? [] : [`Seen: ${value}.`]),
    ...(expected === undefined ? [] : [`Expected: ${expected}.`]),
    ...(rule === undefined && profile === undefined
      ? []
      : [`Rule: ${[rule, profile].filter((part) => part !== undefined).join(' of ')}.`]),
    ...(hint === undefined ? [] : [hint]),
  ].join(' ')

const note = (key: string, text: string): Issue => ({ severity: 'information', code: 'informational', key, text })

const KINDS = {
  profiles: 'Profiles that are not loaded',
  extensions: 'Definitions of extensions that are not loaded',
  codeSystems: 'Code systems that are not loaded',
  valueSets: 'Value sets that are not loaded, or whose codes cannot be listed here',
} as const

/** Addresses of one kind that are named; the others are counted. */
const MOST_NAMED = 20

const named = (addresses: readonly string[]): string =>
  addresses.length <= MOST_NAMED
    ? addresses.join(', ')
    : `${addresses.slice(0, MOST_NAMED).join(', ')} and ${addresses.length - MOST_NAMED} more`

/** What was checked and what could not be, as notes. */
export const notesOf = ({
  resourceType,
  findings,
  checked,
  unchecked,
}: Omit<Report, 'findings'> & Readonly<{ findings: readonly Finding[] }>): Issue[] => {
  if (resourceType === undefined) return []
  const verdict = findings.some(isError) ? 'It is not valid.' : 'It is valid.'
  const profiles = checked.profiles.length === 0 ? '' : ` and ${named(checked.profiles)}`
  return [
    note('validation-checked', `Checked as ${resourceType} of FHIR R4 4.0.1${profiles}. ${verdict}`),
    ...Object.entries(KINDS).flatMap(([kind, name]) => {
      const missing = unchecked[kind as keyof typeof KINDS]
      return missing.length === 0
        ? []
        : [note('validation-not-checked', `${name}, so that nothing was checked against them: ${named(missing)}.`)]
    }),
  ]
}

/**
 * The OperationOutcome of a validation: `details` has the stable code and what is wrong, `diagnostics` all that is known of it, `expression`
 * the element, and extensions the line and column of the text. What was checked and what could not be comes last.
 */
export const validationOutcome = (report: Report): OperationOutcome => {
  const notes = notesOf(report)
  // Apart, so that they are told however much was found.
  const told = [...(report.findings.length === 0 ? [] : [report.findings]), ...(notes.length === 0 ? [] : [notes])]
  const outcome = {
    ...operationOutcome([]),
    ...(told.length === 0 ? {} : { issue: told.flatMap((issues) => operationOutcome(issues).issue) }),
  }
  for (const [index, finding] of report.findings.entries()) {
    const issue = outcome.issue[index]
    if (issue !== undefined && issue.details?.text === finding.text) issue.diagnostics = diagnosticsOf(finding)
  }
  return outcome
}
