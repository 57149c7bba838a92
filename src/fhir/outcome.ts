import type { Extension, OperationOutcome, OperationOutcomeIssue } from 'fhir/r4.js'

/** One finding about a request or a resource, as it will stand in an OperationOutcome. */
export type Issue = Readonly<{
  severity: 'fatal' | 'error' | 'warning' | 'information'
  /** A code of the FHIR value set issue-type (http://hl7.org/fhir/R4/valueset-issue-type.html). */
  code: OperationOutcomeIssue['code']
  /** KeyPlan's own stable code, e.g. `RSP-1` or `json-malformed`; programs may rely on it. */
  key: string
  /** For people: what was wrong, what was expected, what to do. Never a name, a date of birth or an identifier. */
  text: string
  /** FHIRPath of the element, e.g. `CarePlan.identifier[0].value`, or the name of a parameter or header. */
  expression?: string
  /** Where it stands in the text that was submitted, where that is known. */
  place?: TextPlace
}>

/** Both counted from 1. */
export type TextPlace = Readonly<{ line: number; column: number }>

/**
 * The one table from kind of failure to HTTP status and issue code (http://hl7.org/fhir/R4/http.html#Status-Codes).
 * Everything that ends a request is one of these kinds.
 */
export const STATUS = {
  malformed: { status: 400, code: 'structure' },
  'bad-request': { status: 400, code: 'invalid' },
  'not-supported': { status: 400, code: 'not-supported' },
  unauthenticated: { status: 401, code: 'login' },
  forbidden: { status: 403, code: 'forbidden' },
  'not-found': { status: 404, code: 'not-found' },
  'method-not-allowed': { status: 405, code: 'not-supported' },
  'not-acceptable': { status: 406, code: 'not-supported' },
  conflict: { status: 409, code: 'conflict' },
  gone: { status: 410, code: 'deleted' },
  'version-mismatch': { status: 412, code: 'conflict' },
  'precondition-required': { status: 428, code: 'required' },
  'too-large': { status: 413, code: 'too-long' },
  'unsupported-media-type': { status: 415, code: 'not-supported' },
  unprocessable: { status: 422, code: 'business-rule' },
  'too-many-requests': { status: 429, code: 'throttled' },
  internal: { status: 500, code: 'exception' },
  unavailable: { status: 503, code: 'transient' },
} as const satisfies Record<string, { status: number; code: OperationOutcomeIssue['code'] }>

export type ProblemKind = keyof typeof STATUS

/** More issues than this in one answer help nobody, and would make a small request into a large answer. */
export const MOST_ISSUES = 200

/** True where so much is wrong already that looking for more is of no use: what collects issues breaks off here. */
export const isEnough = (issues: readonly Issue[]): boolean =>
  issues.length > MOST_ISSUES && issues.filter(isError).length > MOST_ISSUES

/** At most `MOST_ISSUES` of these, errors before all else where some must go, and one more that says how many are not shown. */
export const shownIssues = <I extends Issue>(issues: readonly I[]): readonly (I | Issue)[] => {
  const isToldAlready = issues.length === MOST_ISSUES + 1 && issues.at(-1)?.key === 'more-issues'
  if (issues.length <= MOST_ISSUES || isToldAlready) return issues
  const errors = issues.filter(isError)
  const kept = [...errors, ...issues.filter((finding) => !isError(finding))].slice(0, MOST_ISSUES)
  return [
    ...kept,
    {
      severity: 'information',
      code: 'too-costly',
      key: 'more-issues',
      text: `There are more issues, ${issues.length - MOST_ISSUES} at least, which are not shown. Mend these first.`,
    },
  ]
}

/** The body of a failure that must be told otherwise than by an OperationOutcome; FHIR's JSON unless told otherwise. */
export type FailureAnswer = Readonly<{ body: string; contentType?: string; policy?: string }>

/** What ends a request: thrown anywhere, turned into a response in one place (`api/respond.ts`). */
export class Problem extends Error {
  readonly kind: ProblemKind
  /** At most `MOST_ISSUES`, and one that says that there are more. */
  readonly issues: readonly Issue[]
  /** Response headers that belong to the failure, e.g. `Retry-After` or `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>
  /** What to answer in place of an OperationOutcome. */
  readonly answer: FailureAnswer | undefined

  constructor(
    kind: ProblemKind,
    issues: readonly Issue[],
    options: { cause?: unknown; headers?: Readonly<Record<string, string>>; answer?: FailureAnswer } = {},
  ) {
    const told = shownIssues(issues)
    super(told.map((issue) => issue.text).join(' '), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Problem'
    this.kind = kind
    this.issues = told
    this.headers = options.headers ?? {}
    this.answer = options.answer
  }

  get status(): number {
    return STATUS[this.kind].status
  }
}

/** A Problem with a single error, whose issue code follows from its kind unless told otherwise. */
export const problem = (
  kind: ProblemKind,
  key: string,
  text: string,
  more: {
    expression?: string
    place?: TextPlace
    code?: OperationOutcomeIssue['code']
    cause?: unknown
    headers?: Readonly<Record<string, string>>
  } = {},
): Problem =>
  new Problem(
    kind,
    [
      {
        severity: 'error',
        code: more.code ?? STATUS[kind].code,
        key,
        text,
        ...(more.expression === undefined ? {} : { expression: more.expression }),
        ...(more.place === undefined ? {} : { place: more.place }),
      },
    ],
    more,
  )

/** An error-level Issue; `more` overrides the severity or the issue code (`business-rule`). */
export const issue = (
  key: string,
  expression: string,
  text: string,
  more: Partial<Pick<Issue, 'severity' | 'code'>> = {},
): Issue => ({ severity: 'error', code: 'business-rule', key, expression, text, ...more })

export const isError = (finding: Issue): boolean => finding.severity === 'error' || finding.severity === 'fatal'

/** CodeSystem of `Issue.key`, so that programs find the stable code in `issue.details.coding`. */
export const ISSUE_SYSTEM = 'https://keyplan.example/fhir/CodeSystem/issue'

const PLACE = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-'

/** The standard extensions that say line and column of an issue (http://hl7.org/fhir/R4/operationoutcome-profiles.html). */
export const placeExtensions = ({ line, column }: TextPlace): Extension[] => [
  { url: `${PLACE}line`, valueInteger: line },
  { url: `${PLACE}col`, valueInteger: column },
]

/** The OperationOutcome of these issues, at most `MOST_ISSUES` of them; with none, one that says that all is well. */
export const operationOutcome = (issues: readonly Issue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue:
    issues.length === 0
      ? [{ severity: 'information', code: 'informational', diagnostics: 'No issues found.' }]
      : shownIssues(issues).map((finding) => ({
          ...(finding.place === undefined ? {} : { extension: placeExtensions(finding.place) }),
          severity: finding.severity,
          code: finding.code,
          details: { coding: [{ system: ISSUE_SYSTEM, code: finding.key }], text: finding.text },
          diagnostics: finding.text,
          ...(finding.expression === undefined ? {} : { expression: [finding.expression] }),
        })),
})
