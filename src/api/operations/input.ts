import type { CodeableConcept, Coding, Identifier, Meta, Reference } from 'fhir/r4.js'
import { type Issue, isEnough, issue, Problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { FORMATS } from '../../validation/values/formats.ts'

type Values = {
  resource: Resource
  valueBoolean: boolean
  valueCode: string
  valueDate: string
  valueDateTime: string
  valueInstant: string
  valueInteger: number
  valuePositiveInt: number
  valueString: string
  valueUnsignedInt: number
  valueUri: string
  valueIdentifier: Identifier
  valueReference: Reference
  valueCodeableConcept: CodeableConcept
  valueCoding: Coding
  valueMeta: Meta
}

type Kind = keyof Values

/** Parameters of an operation: for each name the element in which its value stands. */
export type Shape = Readonly<Record<string, Kind>>

export type Input<S extends Shape, Repeated extends keyof S = never> = {
  [Name in keyof S]?: Name extends Repeated ? Values[S[Name]][] : Values[S[Name]]
}

/** Kinds whose text is held to its form here; a date is for the operation to judge (http://hl7.org/fhir/R4/datatypes.html#primitive). */
const FORMATS_OF: Partial<Record<Kind, string>> = {
  valueDateTime: 'dateTime',
  valueInstant: 'instant',
}

const ofKind = (value: unknown, kind: Kind): boolean => {
  if (kind === 'valueBoolean') return typeof value === 'boolean'
  if (kind === 'valueInteger') return Number.isInteger(value)
  if (kind === 'valuePositiveInt') return Number.isInteger(value) && (value as number) > 0
  if (kind === 'valueUnsignedInt') return Number.isInteger(value) && (value as number) >= 0
  const format = FORMATS_OF[kind]
  if (format !== undefined) return typeof value === 'string' && FORMATS[format]?.accepts(value) === true
  if (kind === 'valueCode' || kind === 'valueDate' || kind === 'valueString' || kind === 'valueUri')
    return typeof value === 'string' && value.trim() !== ''
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A canonical is a uri of a special kind (http://hl7.org/fhir/R4/datatypes.html#canonical), and taken for one. */
const elementOf = (kind: Kind, given: Readonly<Record<string, unknown>>): string =>
  kind === 'valueUri' && Object.hasOwn(given, 'valueCanonical') ? 'valueCanonical' : kind

/**
 * The values of a Parameters resource (http://hl7.org/fhir/R4/operations.html#request). Throws `bad-request` with all issues at
 * once: a body that is no Parameters, a parameter that is not known, given twice, of another type, or missing though required. What is
 * `repeated` may be given several times, and comes as a list.
 */
export const inputOf = <S extends Shape, Repeated extends keyof S = never>(
  body: Resource | undefined,
  shape: S,
  required: readonly (keyof S & string)[] = [],
  repeated: readonly Repeated[] = [],
): Input<S, Repeated> => {
  const issues: Issue[] = []
  const found = new Map<string, unknown>()
  if (body !== undefined && body.resourceType !== 'Parameters') {
    throw new Problem('bad-request', [
      issue('parameters-expected', 'resourceType', 'This operation takes a Parameters resource.', { code: 'invalid' }),
    ])
  }
  const list = (body as { parameter?: unknown } | undefined)?.parameter ?? []
  if (!Array.isArray(list)) {
    throw new Problem('bad-request', [
      issue('parameters-expected', 'Parameters.parameter', 'Parameters.parameter must be an array.', {
        code: 'structure',
      }),
    ])
  }
  for (const [index, parameter] of (list as unknown[]).entries()) {
    if (isEnough(issues)) break
    const at = `Parameters.parameter[${index}]`
    const { name, ...rest } = (typeof parameter === 'object' && parameter !== null ? parameter : {}) as Record<
      string,
      unknown
    >
    const kind = typeof name === 'string' && Object.hasOwn(shape, name) ? (shape[name] as Kind) : undefined
    if (typeof name !== 'string' || kind === undefined) {
      issues.push(
        issue(
          'parameter-unknown',
          `${at}.name`,
          `This operation has no such parameter. It takes ${Object.keys(shape).join(', ') || 'none'}.`,
          { code: 'not-supported' },
        ),
      )
    } else if (found.has(name) && !repeated.includes(name as unknown as Repeated)) {
      issues.push(issue('parameter-repeated', at, `${name} may be given once.`, { code: 'invalid' }))
    } else if (!ofKind(rest[elementOf(kind, rest)], kind) || Object.keys(rest).length > 1) {
      found.set(name, undefined)
      issues.push(
        issue('parameter-malformed', at, `${name} must stand in ${kind}, and nothing beside it.`, { code: 'value' }),
      )
    } else {
      const value = rest[elementOf(kind, rest)]
      found.set(
        name,
        repeated.includes(name as unknown as Repeated) ? [...((found.get(name) as unknown[]) ?? []), value] : value,
      )
    }
  }
  for (const name of required) {
    if (!found.has(name))
      issues.push(
        issue('parameter-missing', 'Parameters.parameter', `The parameter ${name} (${shape[name]}) is missing.`, {
          code: 'required',
        }),
      )
  }
  if (issues.length > 0) throw new Problem('bad-request', issues)
  return Object.fromEntries(found) as Input<S, Repeated>
}
