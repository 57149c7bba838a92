import type { ValueSetComposeIncludeFilter } from 'fhir/r4.js'
import type { Unknown } from './answer.ts'
import { type Concept, type LoadedCodeSystem, propertyOf } from './code-system.ts'

export type Passes = (concept: Concept) => boolean

const notUnderstood = (why: string): Unknown => ({ key: 'value-set-not-understood', why })

/** Letters, classes, dots and anchors with at most two repetitions, no groups: what such an expression costs is bounded. */
const SIMPLE =
  /^(?:\\[.\-dwsDWS]|\[[^\]\\]*\]|[^\\[\](){}|*+?])(?:[*+?]?(?:\\[.\-dwsDWS]|\[[^\]\\]*\]|[^\\[\](){}|*+?]))*[*+?]?$/

const regexOf = (value: string): RegExp | undefined =>
  value.length <= 64 && SIMPLE.test(value) && (value.match(/[*+?]/g) ?? []).length <= 2
    ? new RegExp(`^(?:${value})$`)
    : undefined

/**
 * What a filter of a value set (http://hl7.org/fhir/R4/valueset-filter-operator.html) lets pass of a code system, or why that cannot
 * be told. A regular expression must match the whole value.
 */
export const filterOf = (
  system: LoadedCodeSystem,
  { property, op, value }: ValueSetComposeIncludeFilter,
): Passes | Unknown => {
  const url = system.resource.url ?? ''
  const has =
    (accepts: (found: string) => boolean): Passes =>
    (concept) =>
      propertyOf(concept, property).some(accepts)
  const within =
    (codes: ReadonlySet<string>): Passes =>
    ({ concept }) =>
      codes.has(concept.code)
  const except =
    (passes: Passes): Passes =>
    (concept) =>
      !passes(concept)
  const listed = (): Passes => {
    const codes = new Set(value.split(',').map((one) => one.trim()))
    return has((found) => codes.has(found))
  }
  const hierarchy = (make: () => Passes): Passes | Unknown => {
    if (property !== 'concept' && property !== 'code')
      return notUnderstood(`A filter ${op} is understood of the property concept only, not of ${property}.`)
    if (!system.subsumes) return notUnderstood(`The hierarchy of ${url} does not say which codes are kinds of others.`)
    if (!system.concepts.has(value))
      return notUnderstood(`${url} has no code ${value}, by which a value set filters it.`)
    return make()
  }
  switch (op) {
    case '=':
      return has((found) => found === value)
    case 'in':
      return listed()
    case 'not-in':
      return except(listed())
    case 'exists':
      return (concept) => String(propertyOf(concept, property).length > 0) === value
    case 'regex': {
      const regex = regexOf(value)
      return regex === undefined
        ? notUnderstood(
            'A regular expression of a filter may hold letters, classes and at most two repetitions, no groups.',
          )
        : has((found) => regex.test(found))
    }
    case 'is-a':
      return hierarchy(() => within(system.below(value)))
    case 'descendent-of':
      return hierarchy(() => within(new Set([...system.below(value)].filter((code) => code !== value))))
    case 'is-not-a':
      return hierarchy(() => except(within(system.below(value))))
    case 'generalizes':
      return hierarchy(() => within(system.above(value)))
    default:
      return notUnderstood(`The filter ${String(op)} is not one of those of R4.`)
  }
}
