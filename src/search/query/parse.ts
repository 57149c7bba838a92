import { type Issue, isError, Problem, problem } from '../../fhir/outcome.ts'
import { inCompartment } from './compartment.ts'
import { conditionOf, reachedBy } from './condition.ts'
import { includeOf, shownBy, usedBy } from './include.ts'
import { shownName } from './parameters.ts'
import { type Branch, type Condition, type Include, MOST_PARAMETERS, type Query } from './query.ts'
import { bounded, type Reading, requireBuilt } from './reading.ts'
import { PLAIN, SHAPES, type Shape } from './shape.ts'
import { invalidValue } from './text.ts'

export type Parameter = readonly [name: string, value: string]

export type Asked = Reading &
  Readonly<{
    types: readonly string[]
    parameters: readonly Parameter[]
    /** `Prefer: handling=lenient`: what is unknown is left out and reported. A value that cannot be read is refused all the same. */
    lenient: boolean
    /** The id of a Patient: only what belongs to that person. */
    compartment?: string | undefined
  }>

export type Parsed = Readonly<{
  query: Query
  /** The parameters that the query was made of, but for the place in its result. */
  understood: readonly Parameter[]
  issues: readonly Issue[]
  /** Types that chains and `_has` lead to: to search in them needs scope. */
  reached: readonly string[]
  /** Types that includes may show. */
  shown: readonly string[]
}>

/** Nothing longer is ever found: see `records/writing/value-lengths.ts`. */
const MOST_CHARACTERS = 2_001
const MOST_INCLUDES = 20

/** What may be left out where the caller is lenient: it is unknown here, and this is reported. */
const DROPPED: ReadonlySet<string> = new Set(['search-parameter-unknown', 'search-modifier-unknown', 'include-unknown'])

/**
 * Reads search parameters (http://hl7.org/fhir/R4/search.html). A parameter or modifier that is not known is refused, because ignoring it
 * would widen the answer. Throws a Problem with all issues at once.
 */
export const parseSearch = (asked: Asked): Parsed => {
  const { types, parameters, lenient } = asked
  if (parameters.length > MOST_PARAMETERS) {
    throw problem(
      'bad-request',
      'search-too-wide',
      `A search has at most ${MOST_PARAMETERS} parameters. Ask in several searches.`,
    )
  }
  const conditions: Condition[][] = types.map(() => [])
  const includes: Include[] = []
  const understood: Parameter[] = []
  const issues: Issue[] = []
  const shaped = new Set<string>()
  const reading = bounded(asked)
  let shape: Shape = PLAIN

  const read = (name: string, value: string): void => {
    checkValue(name, value)
    const kind = name.split(':', 1)[0] ?? ''
    if (kind === '_include' || kind === '_revinclude') {
      const include = includeOf(types, name, value)
      for (const used of usedBy(include)) requireBuilt(asked, used.type, used.parameter, name)
      if (includes.length === MOST_INCLUDES) throw invalidValue(kind, `A search has at most ${MOST_INCLUDES} of them.`)
      includes.push(include)
      return
    }
    const shaping = Object.hasOwn(SHAPES, name) ? SHAPES[name] : undefined
    if (shaping !== undefined) {
      if (shaped.has(name)) throw invalidValue(name, 'Send it once.')
      shaped.add(name)
      shape = { ...shape, ...shaping(value, types) }
      if (name === '_sort')
        for (const { parameter } of shape.sort) for (const type of types) requireBuilt(asked, type, parameter, name)
      return
    }
    for (const [index, type] of types.entries()) conditions[index]?.push(conditionOf(reading, type, name, value))
  }

  for (const [name, value] of parameters) {
    try {
      read(name, value)
      if (name !== '_page') understood.push([name, value])
    } catch (error) {
      if (!(error instanceof Problem) || error.issues[0]?.key === 'search-too-wide') throw error
      issues.push(
        ...error.issues.map((one): Issue => (lenient && DROPPED.has(one.key) ? { ...one, severity: 'warning' } : one)),
      )
    }
  }
  if (shape.elements !== undefined && shaped.has('_summary'))
    issues.push(...invalidValue('_elements', 'Send _elements or _summary, not both: each says what is shown.').issues)
  if (issues.some(isError)) throw new Problem('bad-request', issues)
  // No resources at all are a count, whatever is said of how they are shown.
  if (shape.count === 0) shape = { ...shape, count: PLAIN.count, summary: 'count' }
  const branches = types.map(
    (type, index): Branch => ({
      type,
      conditions: [
        ...(asked.compartment === undefined ? [] : [inCompartment(asked, type, asked.compartment)]),
        ...(conditions[index] ?? []),
      ],
    }),
  )
  const unique = (names: readonly string[]): string[] => [...new Set(names)].sort()
  const { sort, count, total, summary, elements, page } = shape
  return {
    query: { branches, sort, count, includes, total, summary, elements, page },
    understood,
    issues,
    reached: unique(branches.flatMap((branch) => branch.conditions.flatMap(reachedBy))),
    shown: unique(includes.flatMap((include) => shownBy(include, types))),
  }
}

const checkValue = (name: string, value: string): void => {
  const at = shownName(name)
  if (value === '') throw invalidValue(at, 'It has no value.')
  if (value.includes('\0')) throw invalidValue(at, 'A value holds no null character.')
  if (name !== '_page' && value.split(',').some((one) => one.length > MOST_CHARACTERS)) {
    throw problem('bad-request', 'value-too-long', `A value to search by has at most ${MOST_CHARACTERS} characters.`, {
      expression: at,
    })
  }
}
