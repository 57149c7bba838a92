import { XML_CHILDREN } from '../../definitions/xml.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { Problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { parseFhirXml } from '../../fhir/xml/read.ts'
import type { Finding, Outcome, ValidateOptions, Validator } from '../validator.ts'
import { findInJson } from './json-places.ts'
import { textLines } from './text-lines.ts'
import { type Span, spanOf, wantedOf } from './wanted.ts'
import { findInXml } from './xml-places.ts'

/** A text that is to be a resource, and what it is written in. */
export type Submission = Readonly<{ text: string; format: 'json' | 'xml' }>

/** A finding with its place in the text, and what stands there. */
export type Located = Finding & Readonly<{ span?: Span }>

export type Report = Omit<Outcome, 'findings'> &
  Readonly<{
    /** Undefined where the text is no resource. */
    resourceType: string | undefined
    findings: readonly Located[]
  }>

const NOTHING_CHECKED: Omit<Report, 'findings'> = {
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
    if (!(error instanceof Problem)) throw error
    return { ...NOTHING_CHECKED, findings: error.issues.map((issue) => ({ ...issue, severity: 'fatal' })) }
  }
  const outcome = validator.validate(resource, options)
  return { ...outcome, resourceType: resource.resourceType, findings: located(submission, outcome.findings) }
}

/** These findings with their places in the text; `within` is the way from the root of the text to the resource that they are about. */
export const located = (submission: Submission, findings: readonly Finding[], within = ''): readonly Located[] => {
  if (findings.length === 0) return findings
  const wayOf = ({ expression = '' }: Finding): string => within + expression.replace(within === '' ? /^$/ : /^\w+/, '')
  const wanted = wantedOf(findings.map(wayOf))
  if (submission.format === 'json') findInJson(submission.text, wanted)
  else findInXml(submission.text, wanted)
  const lines = textLines(submission.text)
  return findings.map((finding) => {
    const span = spanOf(wanted, wayOf(finding))
    return span === undefined ? finding : { ...finding, span, place: lines.placeOf(span.start) }
  })
}
