import { servedType } from '../../definitions/served.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { anyOf, ownOf } from './own.ts'
import { shownName, targetsOf, unknownModifier } from './parameters.ts'
import { type Condition, MOST_LEVELS } from './query.ts'
import { type BoundedReading, requireParameter } from './reading.ts'

/**
 * What one parameter asks of a type: name with modifier, chain or `_has`, and value. Throws `bad-request` with what is allowed instead.
 * `levels`: how many steps to other resources it may take yet.
 */
export const conditionOf = (
  reading: BoundedReading,
  type: string,
  name: string,
  value: string,
  levels: number = MOST_LEVELS,
): Condition => {
  if (name.startsWith('_has:')) return hasOf(reading, type, name, value, levels)
  const dot = name.indexOf('.')
  if (dot !== -1) return chainOf(reading, type, name, dot, value, levels)
  const [code = '', modifier, ...more] = name.split(':')
  const parameter = requireParameter(reading, type, code, name)
  if (more.length > 0) throw unknownModifier(name, parameter, more[0] ?? '')
  return ownOf(reading, parameter, name, modifier, value)
}

const tooDeep = (name: string): Problem =>
  problem('bad-request', 'search-too-deep', `A search leads over at most ${MOST_LEVELS} other resources.`, {
    expression: shownName(name),
    code: 'not-supported',
  })

const hasOf = (reading: BoundedReading, type: string, name: string, value: string, levels: number): Condition => {
  const [, source = '', reference = '', ...rest] = name.split(':')
  if (levels === 0) throw tooDeep(name)
  if (servedType(source) === undefined || rest.length === 0) {
    throw problem(
      'bad-request',
      'search-parameter-unknown',
      '_has is written as _has:[type]:[reference]:[parameter], with a type that is stored here: _has:CarePlan:patient:status=active.',
      { expression: shownName(name), code: 'not-supported' },
    )
  }
  const parameter = requireParameter(reading, source, reference, name)
  if (parameter.type !== 'reference' || !targetsOf(parameter).includes(type)) {
    throw problem(
      'bad-request',
      'search-parameter-unknown',
      `${source} does not refer to ${type} by "${shownName(reference)}".`,
      {
        expression: shownName(name),
        code: 'not-supported',
      },
    )
  }
  return {
    on: 'has',
    source,
    parameter: reference,
    of: conditionOf(reading, source, rest.join(':'), value, levels - 1),
  }
}

/** A chain that names no type goes over every type that the reference may lead to and that has what follows. */
const chainOf = (
  reading: BoundedReading,
  type: string,
  name: string,
  dot: number,
  value: string,
  levels: number,
): Condition => {
  if (levels === 0) throw tooDeep(name)
  const [code = '', only, ...more] = name.slice(0, dot).split(':')
  const parameter = requireParameter(reading, type, code, name)
  const possible = parameter.type === 'reference' ? targetsOf(parameter) : []
  if (more.length > 0 || possible.length === 0 || (only !== undefined && !possible.includes(only))) {
    throw problem(
      'bad-request',
      'search-modifier-unknown',
      possible.length === 0
        ? `${code} of ${type} refers to nothing that is stored here, so no chain leads over it.`
        : `A chain over ${code} of ${type} leads to ${possible.join(', ')}: ${code}:${possible[0]}.[parameter].`,
      { expression: shownName(name), code: 'not-supported' },
    )
  }
  const rest = name.slice(dot + 1)
  const targets = only === undefined ? possible : [only]
  const read = targets.map((target): Condition | Problem => {
    try {
      return { on: 'chain', parameter: code, target, of: conditionOf(reading, target, rest, value, levels - 1) }
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
  })
  const chains = read.filter((one): one is Condition => !(one instanceof Problem))
  // Only what a type does not have is passed over; a value that is wrong for one of them is wrong.
  const wrong = read.find(
    (one) => one instanceof Problem && (chains.length === 0 || one.issues[0]?.key !== 'search-parameter-unknown'),
  )
  if (wrong !== undefined) throw wrong
  return anyOf(chains)
}

/** The types that conditions lead to besides the one that is searched: something is told of what they hold. */
export const reachedBy = (condition: Condition): readonly string[] => {
  switch (condition.on) {
    case 'hierarchy':
      return [condition.target]
    case 'chain':
      return [condition.target, ...reachedBy(condition.of)]
    case 'has':
      return [condition.source, ...reachedBy(condition.of)]
    case 'not':
      return reachedBy(condition.of)
    case 'any':
      return condition.of.flatMap(reachedBy)
    default:
      return []
  }
}
