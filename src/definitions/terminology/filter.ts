import type { ValueSetComposeIncludeFilter } from 'fhir/r4.js'
import type { Unknown } from './answer.ts'
import type { Spend } from './budget.ts'
import { type Concept, type LoadedCodeSystem, propertyOf } from './code-system.ts'

export type Passes = (concept: Concept, spend: Spend) => boolean

const notUnderstood = (why: string): Unknown => ({ key: 'value-set-not-understood', why })

/** Letters, classes, dots and anchors with at most two repetitions, no groups: what such an expression costs is bounded. */
const SIMPLE =
  /^(?:\\[.\-dwsDWS]|\[[^\]\\]*\]|[^\\[\](){}|*+?])(?:[*+?]?(?:\\[.\-dwsDWS]|\[[^\]\\]*\]|[^\\[\](){}|*+?]))*[*+?]?$/

/**
 * What a text is held against, and how many steps that takes: a text that each repetition may divide anywhere is gone through as often; where
 * letters stand behind the first one, from few places only.
 */
const regexOf = (value: string): ((text: string, spend: Spend) => boolean) | undefined => {
  const repetitions = (value.match(/[*+?]/g) ?? []).length
  if (value.length > 64 || !SIMPLE.test(value) || repetitions > 2) return undefined
  const regex = new RegExp(`^(?:${value})$`)
  const charactersAStep = /[*+?][A-Za-z0-9]{3}/.test(value) ? 20_000 : 1_000
  return (text, spend) => {
    spend(text.length ** repetitions / charactersAStep)
    return regex.test(text)
  }
}

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
    (accepts: (found: string, spend: Spend) => boolean): Passes =>
    (concept, spend) =>
      propertyOf(concept, property).some((found) => accepts(found, spend))
  const within =
    (codes: ReadonlySet<string>): Passes =>
    ({ concept }) =>
      codes.has(concept.code)
  const except =
    (passes: Passes): Passes =>
    (concept, spend) =>
      !passes(concept, spend)
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
        : has(regex)
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
