import { type Issue, isError } from '../../fhir/outcome.ts'

/** What a validator found: an Issue, with what helps to understand and to mend it. */
export type Finding = Issue &
  Readonly<{
    /** The value seen, shortened; only what was submitted, so it is for whoever submitted it and never for a log. */
    value?: string
    /** What was expected in its place. */
    expected?: string
    /** Canonical address, with `|version`, of the definition whose rule it is. */
    profile?: string
    /** The standard's or the profile's own name of the rule, e.g. `ele-1`. */
    rule?: string
    /** How to mend it. */
    hint?: string
  }>

/** Issues of these codes are about the shape of an element, not about what it means. */
const OF_SHAPE: ReadonlySet<Issue['code']> = new Set(['structure', 'required', 'value'])

/** True for an error by which an element cannot be read as its type. */
export const isMisshapen = (issue: Issue): boolean => isError(issue) && OF_SHAPE.has(issue.code)

/** What is wrong and how to mend it, where there is room for a text alone. */
export const sentencesOf = ({ text, hint }: Finding): string => (hint === undefined ? text : `${text} ${hint}`)

/** What a validation looked at and what it could not; canonical addresses, each once, in the order in which they were met. */
export type Outcome = Readonly<{
  findings: readonly Finding[]
  checked: Readonly<{ profiles: readonly string[] }>
  /** What is not loaded, so that nothing is known about it. */
  unchecked: Readonly<{
    profiles: readonly string[]
    extensions: readonly string[]
    codeSystems: readonly string[]
    valueSets: readonly string[]
  }>
}>

const LONGEST_SHOWN = 60
/** Texts that JSON writes as they are. */
const PLAIN = /^[ !#-[\]-~]{0,200}$/

/** A value as it may be shown in a finding: as JSON, shortened. */
export const shownValue = (value: unknown): string => {
  const text = typeof value === 'string' && PLAIN.test(value) ? `"${value}"` : (JSON.stringify(value) ?? 'nothing')
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN - 1)}…`
}
