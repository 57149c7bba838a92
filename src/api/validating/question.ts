import type { FhirResource } from 'fhir/r4.js'
import type { Definitions } from '../../definitions/definitions.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import {
  located,
  NOTHING_CHECKED,
  type Report,
  readSubmission,
  type Submission,
  unreadable,
} from '../../validation/report/check.ts'
import { createValidator, type Validator } from '../../validation/validator.ts'
import { inputOf, type Shape } from '../operations/input.ts'
import { type BroughtOne, definitionsFor } from './definitions.ts'

/** What `$validate` takes in Parameters (http://hl7.org/fhir/R4/resource-operation-validate.html). */
export const VALIDATE_INPUT = {
  resource: 'resource',
  mode: 'valueCode',
  profile: 'valueUri',
  definition: 'resource',
} as const satisfies Shape

export const MODES = ['profile', 'create', 'update', 'delete'] as const
export type Mode = (typeof MODES)[number]

/** A text to validate, as it came: a resource, or the Parameters of `$validate`. */
export type Question = Readonly<{
  submission: Submission
  profiles: readonly string[]
  mode: string | undefined
}>

/** What was found, and what of the resource decides whether it could be written. */
export type Examination = Readonly<{
  report: Report
  mode: Mode
  profiles: readonly string[]
  /** Number of definitions that came with the question. */
  brings: number
  resource: Readonly<{ resourceType: string; id?: string; versionId?: string }> | undefined
}>

/** A question that has been read. */
export type Understood = Readonly<{
  submission: Submission
  resource: Resource | undefined
  /** The way from the root of the text to the resource, where it stands in Parameters. */
  within: string
  profiles: readonly string[]
  mode: Mode
  definitions: readonly BroughtOne[]
}>

/** Definitions that one call may bring: more is a package, which is loaded once and not with every call. */
const MOST_DEFINITIONS = 200
const DEFINES: ReadonlySet<string> = new Set(['StructureDefinition', 'ValueSet', 'CodeSystem'])

/** Reads a question. Throws a Problem: `malformed` where the text is no resource, `bad-request` for Parameters that are not those of `$validate`. */
export const understand = ({ submission, profiles, mode }: Question): Understood => {
  const body = readSubmission(submission)
  if (body.resourceType !== 'Parameters')
    return { submission, resource: body, within: '', profiles, mode: modeOf(mode), definitions: [] }
  const input = inputOf<typeof VALIDATE_INPUT, 'profile' | 'definition'>(
    body,
    VALIDATE_INPUT,
    [],
    ['profile', 'definition'],
  )
  const { parameter = [] } = body as { parameter?: readonly { name?: string; resource?: FhirResource }[] }
  const definitions = parameter.flatMap(({ name, resource }, index): BroughtOne[] =>
    name === 'definition' && resource !== undefined
      ? [{ resource, at: `Parameters.parameter[${index}].resource` }]
      : [],
  )
  if (
    definitions.length > MOST_DEFINITIONS ||
    definitions.some(({ resource: { resourceType } }) => !DEFINES.has(resourceType))
  )
    throw problem(
      'bad-request',
      'parameter-malformed',
      `definition must be a StructureDefinition, a ValueSet or a CodeSystem, and may be given ${MOST_DEFINITIONS} times.`,
      { expression: 'definition' },
    )
  return {
    submission,
    resource: input.resource,
    within: `Parameters.parameter[${parameter.findIndex(({ name }) => name === 'resource')}].resource`,
    profiles: [...profiles, ...(input.profile ?? [])],
    mode: modeOf(mode ?? input.mode),
    definitions,
  }
}

const modeOf = (mode: string | undefined): Mode => {
  const found = mode === undefined ? 'profile' : MODES.find((each) => each === mode)
  if (found !== undefined) return found
  throw problem('bad-request', 'parameter-malformed', `mode must be one of ${MODES.join(', ')}.`, {
    expression: 'mode',
  })
}

/** Validates what has been read, with a validator of its own where definitions came with it. */
const validated = (understood: Understood, known: Definitions, validator: Validator): Report => {
  const { submission, resource, within, profiles, definitions } = understood
  if (resource === undefined) return { ...NOTHING_CHECKED, findings: [] }
  const options = { profiles, now: new Date() }
  if (definitions.length === 0) {
    const outcome = validator.validate(resource, options)
    return { ...outcome, resourceType: resource.resourceType, findings: located(submission, outcome.findings, within) }
  }
  const brought = definitionsFor(known, definitions)
  const outcome = createValidator(brought.definitions).validate(resource, options)
  return {
    ...outcome,
    resourceType: resource.resourceType,
    findings: [...located(submission, brought.faults), ...located(submission, outcome.findings, within)],
  }
}

/** The answer to what has been read. */
export const examine = (understood: Understood, known: Definitions, validator: Validator): Examination => {
  const { resource, mode, profiles, definitions } = understood
  return {
    report: validated(understood, known, validator),
    mode,
    profiles,
    brings: definitions.length,
    resource:
      resource === undefined
        ? undefined
        : {
            resourceType: resource.resourceType,
            ...(typeof resource.id === 'string' ? { id: resource.id } : {}),
            ...(typeof resource.meta?.versionId === 'string' ? { versionId: resource.meta.versionId } : {}),
          },
  }
}

/** The answer where a text is no resource: why it is none is what was found. Throws any other failure on. */
export const notUnderstood = ({ submission, mode, profiles }: Question, error: unknown): Examination =>
  withoutResource(unreadable(submission, error), profiles, modeOf(mode))

/** What there is to say where no resource was looked at. */
export const withoutResource = (report: Report, profiles: readonly string[], mode: Mode = 'profile'): Examination => ({
  report,
  mode,
  profiles,
  brings: 0,
  resource: undefined,
})
