import type { Parameters } from 'fhir/r4.js'
import { type Issue, operationOutcome, Problem, problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { compactAnswer } from '../../plan/emergency/compact.ts'
import { unavailable } from '../../plan/emergency/no-answer.ts'
import { EMERGENCY_PAGE_POLICY, emergencyPage } from '../../plan/emergency/page.ts'
import type { EmergencyQuestion } from '../../records/types.ts'
import { refuseParameters } from '../parameters.ts'
import { HTML, JSON_TEXT } from '../respond.ts'
import type { Format } from '../route.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = {
  identifier: 'valueIdentifier',
  name: 'valueString',
  birthDate: 'valueDate',
  postcode: 'valueString',
} as const

/** Who is asked for. Throws `bad-request` where it is neither a whole identifier, nor name, birth date and postcode together, or both. */
const questionOf = (resource: Resource | undefined): EmergencyQuestion => {
  const { identifier, name, birthDate, postcode } = inputOf(resource, INPUT)
  const described = name !== undefined || birthDate !== undefined || postcode !== undefined
  if (described && identifier !== undefined)
    throw problem(
      'bad-request',
      'parameter-conflict',
      'Ask either by identifier, or by name, birthDate and postcode: together they could mean two people.',
      { expression: 'Parameters.parameter' },
    )
  if (described) {
    if (name === undefined || birthDate === undefined || postcode === undefined)
      throw problem(
        'bad-request',
        'parameter-missing',
        'Without an identifier a person is asked for by name, birthDate and postcode, all three: fewer could mean another person.',
        { expression: 'Parameters.parameter', code: 'required' },
      )
    return { demographics: { name, birthDate, postcode } }
  }
  if (identifier === undefined)
    throw problem(
      'bad-request',
      'parameter-missing',
      'Say who is asked for: identifier (valueIdentifier), or name (valueString), birthDate (valueDate) and postcode (valueString).',
      { expression: 'Parameters.parameter', code: 'required' },
    )
  const { system, value } = identifier
  if (typeof system !== 'string' || system === '' || typeof value !== 'string' || value === '')
    throw problem(
      'bad-request',
      'identifier-incomplete',
      'The identifier needs system and value: a value alone could mean another person.',
      { expression: 'Parameters.parameter[0].value', code: 'required' },
    )
  return { identifier: { system, value } }
}

/** The answer in the form that is wanted: as it is stored, or derived from that. */
const rendered = (body: string, wants: Format, now: Date) => {
  if (wants === 'json') return { body }
  const answer = JSON.parse(body) as Parameters
  return wants === 'compact'
    ? { body: JSON.stringify(compactAnswer(answer, now)), contentType: JSON_TEXT }
    : { body: emergencyPage(answer, now), contentType: HTML, policy: EMERGENCY_PAGE_POLICY }
}

const FAILED: Issue = {
  severity: 'error',
  code: 'exception',
  key: 'internal',
  text: 'Something failed inside KeyPlan. Quote the X-Request-ID when you report it.',
}

/**
 * A failure that is not the caller's, as the outcome `unavailable` in the form that is wanted: whoever reads only the body must not take it for
 * an answer about the person.
 */
const unanswered = (error: unknown, wants: Format, now: Date): unknown => {
  const known = error instanceof Problem
  if (known && error.status < 500) return error
  const issues = known ? error.issues : [FAILED]
  return new Problem('unavailable', issues, {
    cause: error,
    headers: known ? error.headers : {},
    answer: rendered(JSON.stringify(unavailable(now, operationOutcome(issues))), wants, now),
  })
}

/**
 * What a crew must know now of the person with this identifier, or of the one whom name, birth date and postcode fit: the answer that was
 * rendered when the plan last changed, looked up and sent as it is (model.md section 5).
 */
export const emergencyView: Operation = {
  code: 'emergency-view',
  type: 'Patient',
  level: 'type',
  methods: ['POST'],
  scope: 'r',
  body: 'resource',
  purpose: 'emergency',
  input: INPUT,
  html: true,
  compact: true,
  hint: 'An identifier of a person must not stand in a URL: POST a Parameters resource with the parameter identifier.',
  handle: async ({ cx, query, resource, wants }, { records }) => {
    refuseParameters(query)
    const asked = questionOf(resource)
    try {
      const { body } = await records.emergency(cx, asked)
      return { status: 200, ...rendered(body, wants, cx.now) }
    } catch (error) {
      throw unanswered(error, wants, cx.now)
    }
  },
}
