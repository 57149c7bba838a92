import { XML_CHILDREN } from '../../definitions/xml.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { type Issue, Problem, shownIssues } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { parseFhirXml } from '../../fhir/xml/read.ts'
import type { Finding, Outcome, ValidateOptions, Validator } from '../validator.ts'
import { type Excerpt, excerptOf } from './excerpt.ts'
import { findInJson } from './json-places.ts'
import { textLines } from './text-lines.ts'
import { type Span, spanOf, wantedOf } from './wanted.ts'
import { findInXml } from './xml-places.ts'

/** A text that is to be a resource, and what it is written in. */
export type Submission = Readonly<{ text: string; format: 'json' | 'xml' }>

/** What a text is written in, where nothing but the text says so. */
export const formatOf = (text: string): Submission['format'] => (/^\s*</.test(text) ? 'xml' : 'json')

/** A finding with its place in the text, and the line of the text that it begins in. */
export type Located = Finding & Readonly<{ span?: Span; source?: Excerpt }>

export type Report = Omit<Outcome, 'findings'> &
  Readonly<{
    /** Undefined where the text is no resource. */
    resourceType: string | undefined
    findings: readonly Located[]
  }>

export const NOTHING_CHECKED: Omit<Report, 'findings'> = {
  resourceType: undefined,
  checked: { profiles: [] },
  unchecked: { profiles: [], extensions: [], codeSystems: [], valueSets: [] },
}

/** The resource of a text. Throws a Problem `malformed` with the place where it stops being one. */
export const readSubmission = ({ text, format }: Submission): Resource => {
  if (format === 'json') return parseFhirJson(text)
  const reading = parseFhirXml(text, XML_CHILDREN)
  for (;;) {
    const step = reading.next()
    if (step.done === true) return step.value
  }
}

/** What a validator says of a text. One that is no resource at all has findings like any other; never throws for what it is given. */
export const checkText = (validator: Validator, submission: Submission, options: ValidateOptions = {}): Report => {
  let resource: Resource
  try {
    resource = readSubmission(submission)
  } catch (error) {
    return unreadable(submission, error)
  }
  const outcome = validator.validate(resource, options)
  return { ...outcome, resourceType: resource.resourceType, findings: located(submission, outcome.findings) }
}

/** What is found in a text that is no resource: where and why it stops being one. Throws any other failure on. */
export const unreadable = ({ text }: Submission, error: unknown): Report => {
  if (!(error instanceof Problem) || error.kind !== 'malformed') throw error
  return { ...NOTHING_CHECKED, findings: error.issues.map((issue) => shownAt(text, issue)) }
}

/** Why a text is no resource, with the line where it stops being one. */
const shownAt = (text: string, issue: Issue): Located => ({
  ...issue,
  severity: 'fatal',
  // It need not have been a body; and the place stands beside it, and is another one in a file of many resources.
  text: issue.text
    .replace(/^The body (is|has)/, 'This $1')
    .replace(/ at line \d+, column \d+| \(line \d+, column \d+ of the XML\)/, ''),
  ...(issue.place === undefined ? {} : { source: excerptOf(textLines(text), issue.place, 1) }),
})

/** These findings, as many as an answer names, with their places in the text; `within` is the way from the root of the text to the resource that they are about. */
export const located = (submission: Submission, all: readonly Finding[], within = ''): readonly Located[] => {
  if (all.length === 0) return all
  const findings: readonly Finding[] = shownIssues(all)
  const wayOf = ({ expression = '' }: Finding): string => within + expression.replace(within === '' ? /^$/ : /^\w+/, '')
  const wanted = wantedOf(findings.map(wayOf))
  if (submission.format === 'json') findInJson(submission.text, wanted)
  else findInXml(submission.text, wanted)
  const lines = textLines(submission.text)
  return findings.map((finding) => {
    const span = spanOf(wanted, wayOf(finding))
    if (span === undefined) return finding
    const place = lines.placeOf(span.start)
    return { ...finding, span, place, source: excerptOf(lines, place, span.end - span.start) }
  })
}
