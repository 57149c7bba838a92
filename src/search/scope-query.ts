import { servedType } from '../definitions/served.ts'
import { Problem, problem } from '../fhir/outcome.ts'
import { parseSearch } from './query/parse.ts'
import type { Condition, DateTest } from './query/query.ts'
import type { Reading } from './query/reading.ts'

/** What one process has read already; texts that strangers make up must not fill its memory. */
const MOST_REMEMBERED = 1_000
const remembered = new Map<string, readonly Condition[]>()

/** Scopes mean the same whenever they are read: nothing in them is relative to a time or to an address of ours. */
const TIMELESS: Reading = { base: undefined, now: new Date(0), isBuilding: () => false }

/**
 * What must hold of a resource that the query part of a scope lets through (SMART App Launch 2.2, "Finer-grained resource constraints using search
 * parameters"): `category=a&status=active`, read as a search reads it. Throws a Problem where the type is not kept here, where a parameter, modifier
 * or value is not understood, where one says how to answer rather than what to find, and where one looks at other resources or at the clock: of
 * such a query it cannot be told from a resource alone whether it holds.
 */
export const scopeConditions = (type: string, query: string): readonly Condition[] => {
  const key = `${type}?${query}`
  let conditions = remembered.get(key)
  if (conditions === undefined) {
    conditions = read(type, query)
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(key, conditions)
  }
  return conditions
}

const read = (type: string, query: string): readonly Condition[] => {
  if (servedType(type) === undefined)
    throw problem('bad-request', 'scope-query-invalid', `Resources of the type ${type} are not kept here.`)
  const { query: parsed, understood } = parseSearch({
    ...TIMELESS,
    types: [type],
    parameters: [...new URLSearchParams(query)],
    lenient: false,
  })
  const conditions = parsed.branches[0]?.conditions ?? []
  if (conditions.length === 0 || conditions.length < understood.length)
    throw problem(
      'bad-request',
      'scope-query-invalid',
      'The query part of a scope consists of search parameters alone, without those that shape an answer, such as _count and _include.',
    )
  if (!conditions.every(isOfItself))
    throw problem(
      'bad-request',
      'scope-query-invalid',
      'The query part of a scope is about the resource itself: it has no chained parameters, no _has, no references :above or :below, and no dates that are approximate (ap).',
    )
  return conditions
}

/** What is wrong with the query part of a scope, in one line that repeats no value; undefined where it can be held to. */
export const scopeQueryFinding = (type: string, query: string): string | undefined => {
  try {
    scopeConditions(type, query)
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.message
    throw error
  }
}

/** Whether it can be told from a resource alone that a condition holds. */
const isOfItself = (condition: Condition): boolean => {
  const isFixed = ({ prefix }: DateTest): boolean => prefix !== 'ap'
  switch (condition.on) {
    case 'hierarchy':
    case 'chain':
    case 'has':
      return false
    case 'not':
      return isOfItself(condition.of)
    case 'any':
      return condition.of.every(isOfItself)
    case 'date':
    case 'updated':
      return condition.alternatives.every(isFixed)
    case 'composite':
      return condition.alternatives.every(({ second }) => second.on !== 'date' || isFixed(second.test))
    default:
      return true
  }
}

/** The search parameters that a condition looks at, as its rows are named. */
export const parametersIn = (condition: Condition): readonly string[] => {
  switch (condition.on) {
    case 'not':
      return parametersIn(condition.of)
    case 'any':
      return condition.of.flatMap(parametersIn)
    case 'id':
    case 'updated':
    case 'hierarchy':
    case 'chain':
    case 'has':
      return []
    case 'reference':
      return condition.parameters
    default:
      return [condition.parameter]
  }
}
