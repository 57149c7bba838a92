import type { AnySchemaObject, ErrorObject, FuncKeywordDefinition, ValidateFunction } from 'ajv'
import { codesOf, isConcreteType, isResourceType, lineageOf } from '../definitions/tables.ts'
import { containedIn } from './invariants/contained.ts'
import { invariantsOf } from './invariants/index.ts'
import { isNode, type Node } from './invariants/invariant.ts'
import { narrativeFault } from './narrative.ts'
import { isAbsolute, typeNamed } from './references.ts'
import type { Shape } from './schema.ts'

/** The errors that these keywords report, besides those of ajv's own; `findings.ts` puts them into words. */
export type FhirError =
  | { keyword: 'shape'; params: { fault: 'required' | 'choice' | 'empty' | 'null' | 'misaligned'; element?: string } }
  | { keyword: 'codes'; params: { valueSet: string } }
  | { keyword: 'targets'; params: { fault: 'target' | 'malformed'; found?: string; targets: readonly string[] } }
  | { keyword: 'resource'; params: { fault: 'type-missing' | 'type-unknown' } }
  | { keyword: 'narrative'; params: { key: string; what: string } }
  | { keyword: 'invariants'; params: { key: string; path: string } }
  | { keyword: 'complex'; params: { fault: 'type' } }

/** Where a validator is: the JSON pointer, and the resource in which local references are looked up. */
type DataValidationCxt = NonNullable<Parameters<ValidateFunction>[1]>

type Check = (data: unknown, at: DataValidationCxt) => ErrorObject[] | undefined

const error = (finding: FhirError, instancePath: string): ErrorObject => ({ ...finding, instancePath, schemaPath: '' })

/**
 * Checks that may fail before the rest is left unchecked. The library copies what was found so far with every one that does, so that without
 * an end to it a few megabytes of empty objects would take hours.
 */
const MOST_FAILURES = 2_000

/** Of the validation that runs; it is synchronous, so there is one at a time. */
let failures = 0

/** To be called before a resource is validated. */
export const beginValidation = (): void => {
  failures = 0
}

/** True where so much was wrong with the resource validated last that it was not checked to its end. */
export const isCutShort = (): boolean => failures >= MOST_FAILURES

/** A keyword whose argument is turned into a check once; the check returns its errors, with their full instance path. */
const keyword = <A>(name: string, make: (argument: A, schema: AnySchemaObject) => Check): FuncKeywordDefinition => ({
  keyword: name,
  errors: 'full',
  compile: (argument: A, schema) => {
    const check = make(argument, schema)
    // The one keyword whose report may be taken back: see `companion`. The element around it counts.
    const counts = name !== 'shape'
    const validate: ReturnType<NonNullable<FuncKeywordDefinition['compile']>> = (
      data: unknown,
      at?: DataValidationCxt,
    ) => {
      if (isCutShort()) return true
      const errors = check(data, at as DataValidationCxt)
      if (errors === undefined || errors.length === 0) return true
      if (counts) failures += 1
      validate.errors = errors
      return false
    }
    return validate
  },
})

const errorsOf = (validator: ValidateFunction, data: unknown, at: DataValidationCxt): ErrorObject[] | undefined =>
  validator(data, at) ? undefined : (validator.errors ?? undefined)

export type ValidatorOf = (path: string) => ValidateFunction

/** The keywords by which element tables are expressed as JSON schemas. `validatorOf` compiles the schema of a path on first use. */
export const keywords = (validatorOf: ValidatorOf): FuncKeywordDefinition[] => [
  keyword('complex', (path: string): Check => {
    let validator: ValidateFunction | undefined
    return (data, at) => {
      if (!isNode(data)) return [error({ keyword: 'complex', params: { fault: 'type' } }, at.instancePath)]
      validator ??= validatorOf(path)
      return errorsOf(validator, data, at)
    }
  }),
  // The id and extensions of a primitive. Whether it may be empty depends on the value beside it: see `shape`.
  keyword('companion', (kind: 'single' | 'item'): Check => {
    return (data, at) => {
      if (data === null && kind === 'item') return undefined
      if (!isNode(data)) return [error({ keyword: 'complex', params: { fault: 'type' } }, at.instancePath)]
      return errorsOf(validatorOf('Element'), data, at)?.filter(({ keyword: name, params, instancePath }) => {
        return !(name === 'shape' && params['fault'] === 'empty' && instancePath === at.instancePath)
      })
    }
  }),
  keyword(
    'resource',
    (kind: 'contained' | 'entry'): Check =>
      (data, at) =>
        resourceErrors(data, at, kind, validatorOf),
  ),
  keyword(
    'shape',
    (shape: Shape): Check =>
      (data, at) =>
        isNode(data) ? shapeErrors(shape, data, at.instancePath) : undefined,
  ),
  keyword('codes', (valueSet: string): Check => {
    const codes = new Set<unknown>(codesOf(valueSet))
    return (data, at) =>
      data === null || codes.has(data)
        ? undefined
        : [error({ keyword: 'codes', params: { valueSet } }, at.instancePath)]
  }),
  keyword(
    'targets',
    (targets: readonly string[]): Check =>
      (data, at) =>
        isNode(data) ? targetErrors(data, targets, at) : undefined,
  ),
  keyword(
    'narrative',
    (): Check => (data, at) => {
      const fault = typeof data === 'string' ? narrativeFault(data) : undefined
      return fault === undefined ? undefined : [error({ keyword: 'narrative', params: fault }, at.instancePath)]
    },
  ),
  keyword('invariants', (path: string): Check => {
    const invariants = lineageOf(path).flatMap(invariantsOf)
    if (invariants.length === 0) return () => undefined
    return (data, at) => {
      if (!isNode(data)) return undefined
      let errors: ErrorObject[] | undefined
      for (const invariant of invariants) {
        if (invariant.holds(data, at.rootData as Node)) continue
        errors ??= []
        errors.push(
          error({ keyword: 'invariants', params: { key: invariant.key, path: invariant.path } }, at.instancePath),
        )
      }
      return errors
    }
  }),
]

const resourceErrors = (
  data: unknown,
  at: DataValidationCxt,
  kind: 'contained' | 'entry',
  validatorOf: ValidatorOf,
): ErrorObject[] | undefined => {
  if (!isNode(data)) return [error({ keyword: 'complex', params: { fault: 'type' } }, at.instancePath)]
  const type = data['resourceType']
  if (typeof type !== 'string')
    return [error({ keyword: 'resource', params: { fault: 'type-missing' } }, at.instancePath)]
  if (!isConcreteType(type)) return [error({ keyword: 'resource', params: { fault: 'type-unknown' } }, at.instancePath)]
  // Local references are looked up in the resource that contains; an entry is a resource of its own.
  return errorsOf(validatorOf(type), data, kind === 'contained' ? at : { ...at, rootData: data })
}

const shapeErrors = (shape: Shape, data: Node, at: string): ErrorObject[] | undefined => {
  let errors: ErrorObject[] | undefined
  const report = (fault: Extract<FhirError, { keyword: 'shape' }>['params'], where = at): void => {
    errors ??= []
    if (errors.length < MOST_FAILURES) errors.push(error({ keyword: 'shape', params: fault }, where))
  }
  // An object has few of the properties that its type knows, so it is asked for what it has, not for all that it could have.
  let hasContent = shape.isResource
  let choices: Map<string, string[]> | undefined
  for (const property in data) {
    if (property !== 'id') hasContent = true
    const isCompanion = property.startsWith('_')
    if (isCompanion && shape.companions.has(property)) checkCompanion(data, property, at, report)
    const element = shape.choices.get(property)
    if (element === undefined || data[property] === undefined) continue
    choices ??= new Map()
    const chosen = choices.get(element) ?? []
    chosen.push(isCompanion ? property.slice(1) : property)
    choices.set(element, chosen)
  }
  if (!hasContent) report({ fault: 'empty' })
  for (const { name, properties } of shape.required) {
    if (!properties.some((property) => data[property] !== undefined)) report({ fault: 'required', element: name })
  }
  if (choices !== undefined) {
    for (const [element, chosen] of choices) {
      if (chosen.some((property) => property !== chosen[0])) report({ fault: 'choice', element })
    }
  }
  if (shape.lists.size > 0) {
    for (const property in data) {
      const list = data[property]
      if (!shape.lists.has(property) || !Array.isArray(list) || data[`_${property}`] !== undefined) continue
      list.forEach((item, index) => {
        if (item === null) report({ fault: 'null' }, `${at}/${property}/${index}`)
      })
    }
  }
  return errors
}

type Report = (fault: Extract<FhirError, { keyword: 'shape' }>['params'], where: string) => void

/** ele-1 for primitives: each has a value or an extension; in lists the two stand at the same index (json.html#primitive). */
const checkCompanion = (data: Node, property: string, at: string, report: Report): void => {
  const value = data[property.slice(1)]
  const companion = data[property]
  const isEmpty = (item: unknown): boolean => item === null || (isNode(item) && item['extension'] === undefined)
  if (!Array.isArray(companion)) {
    if (value === undefined && isEmpty(companion)) report({ fault: 'empty' }, `${at}/${property}`)
    return
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  if (Array.isArray(value) && value.length !== companion.length) report({ fault: 'misaligned' }, `${at}/${property}`)
  companion.forEach((item, index) => {
    if ((values[index] === undefined || values[index] === null) && isEmpty(item))
      report({ fault: 'empty' }, `${at}/${property}/${index}`)
  })
}

const targetErrors = (
  reference: Node,
  targets: readonly string[],
  at: DataValidationCxt,
): ErrorObject[] | undefined => {
  const { reference: literal, type } = reference
  const fault = (
    params: Omit<Extract<FhirError, { keyword: 'targets' }>['params'], 'targets'>,
    below: string,
  ): ErrorObject[] => [error({ keyword: 'targets', params: { ...params, targets } }, at.instancePath + below)]
  if (typeof literal === 'string') {
    const found = targetOf(literal, at.rootData as Node)
    if (found === 'malformed') return fault({ fault: 'malformed' }, '/reference')
    if (found !== undefined && !targets.includes(found)) return fault({ fault: 'target', found }, '/reference')
  }
  return typeof type === 'string' && isResourceType(type) && !targets.includes(type)
    ? fault({ fault: 'target', found: type }, '/type')
    : undefined
}

/** The resource type that a literal reference names; undefined where that cannot be told from it. */
const targetOf = (literal: string, root: Node): string | undefined => {
  if (literal.startsWith('#')) {
    const type = containedIn(root).get(literal)?.['resourceType']
    return typeof type === 'string' && isConcreteType(type) ? type : undefined
  }
  return typeNamed(literal) ?? (isAbsolute(literal) ? undefined : 'malformed')
}
