import { servedType } from '../../definitions/served.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { isId } from '../../fhir/resource.ts'
import { codedTests } from './coded.ts'
import { compositeTest } from './composite.ts'
import { dateTest } from './date.ts'
import { numberTest, quantityTest } from './number.ts'
import {
  findParameter,
  mayTarget,
  type Searchable,
  shownName,
  targetsOf,
  unknownModifier,
  unknownParameter,
} from './parameters.ts'
import { type Condition, type Kind, MOST_ALTERNATIVES, MOST_LEVELS, type ReferenceTest } from './query.ts'
import { referenceTest } from './reference.ts'
import { stringTest } from './string.ts'
import { invalidValue, splitEscaped, withoutEscapes } from './text.ts'
import { ofTypeTest, tokenTest } from './token.ts'

/** What reading depends on besides the text. */
export type Reading = Readonly<{
  /** Our own FHIR address: references below it are to resources here. */
  base: string | undefined
  now: Date
  /** True while the rows of a parameter do not yet cover all that is stored. */
  isBuilding: (type: string, parameter: string) => boolean
}>

/**
 * What one parameter asks of a type: name with modifier, chain or `_has`, and value. Throws `bad-request` with what is allowed instead.
 * `levels`: how many steps to other resources it may take yet.
 */
export const conditionOf = (
  reading: Reading,
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

const requireParameter = (reading: Reading, type: string, code: string, name: string): Searchable => {
  const parameter = findParameter(type, code)
  if (parameter === undefined) throw unknownParameter(type, name, code)
  requireBuilt(reading, type, code, name)
  return parameter
}

/** Throws `bad-request` where a search by this parameter would miss something of what is stored. `name`: as the caller wrote it. */
export const requireBuilt = ({ isBuilding }: Reading, type: string, code: string, name = code): void => {
  // `_id` and `_lastUpdated` are columns of every resource: there is nothing to build.
  if (code === '_id' || code === '_lastUpdated' || !isBuilding(type, code)) return
  throw problem(
    'bad-request',
    'search-parameter-building',
    `${code} of ${type} is new, and not everything that is stored can be found by it yet. Search without it, or try again later.`,
    { expression: shownName(name), code: 'not-supported' },
  )
}

const tooDeep = (name: string): Problem =>
  problem('bad-request', 'search-too-deep', `A search leads over at most ${MOST_LEVELS} other resources.`, {
    expression: shownName(name),
    code: 'not-supported',
  })

const hasOf = (reading: Reading, type: string, name: string, value: string, levels: number): Condition => {
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
  reading: Reading,
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

/** One of them is enough. */
export const anyOf = (of: readonly Condition[]): Condition =>
  of.length === 1 ? (of[0] as Condition) : { on: 'any', of }

const ownOf = (
  reading: Reading,
  parameter: Searchable,
  name: string,
  modifier: string | undefined,
  value: string,
): Condition => {
  const { code, type } = parameter
  if (modifier === 'missing') return missing(parameter, name, value)
  const values = splitEscaped(value, ',')
  if (values.some((one) => one === '')) throw invalidValue(shownName(name), 'It has no value, or an empty alternative.')
  if (values.length > MOST_ALTERNATIVES)
    throw invalidValue(shownName(name), `It has more than ${MOST_ALTERNATIVES} alternatives. Ask in several searches.`)
  const each = <Test>(read: (text: string) => Test): readonly Test[] => values.map(read)
  const at = shownName(name)
  if (code === '_id') return idOf(parameter, at, modifier, values)
  switch (type) {
    case 'token':
      return tokenOf(parameter, at, modifier, values)
    case 'reference':
      return referenceOf(reading, parameter, at, modifier, values)
    case 'string':
      if (modifier !== undefined && modifier !== 'exact' && modifier !== 'contains')
        throw unknownModifier(name, parameter, modifier)
      return {
        on: 'string',
        parameter: code,
        match: modifier ?? 'starts',
        alternatives: each((text) => stringTest(at, text)),
      }
    case 'uri':
      if (modifier !== undefined && modifier !== 'above' && modifier !== 'below')
        throw unknownModifier(name, parameter, modifier)
      return { on: 'uri', parameter: code, match: modifier ?? 'exact', alternatives: each(withoutEscapes) }
    default:
      if (modifier !== undefined) throw unknownModifier(name, parameter, modifier)
  }
  switch (type) {
    case 'date': {
      const alternatives = each((text) => dateTest(at, text, reading.now))
      return code === '_lastUpdated' ? { on: 'updated', alternatives } : { on: 'date', parameter: code, alternatives }
    }
    case 'number':
      return { on: 'number', parameter: code, alternatives: each((text) => numberTest(at, text)) }
    case 'quantity':
      return { on: 'quantity', parameter: code, alternatives: each((text) => quantityTest(at, text)) }
    case 'composite':
      return {
        on: 'composite',
        parameter: code,
        alternatives: each((text) => compositeTest(at, text, parameter.components ?? [], reading)),
      }
  }
}

const idOf = (parameter: Searchable, name: string, modifier: string | undefined, ids: readonly string[]): Condition => {
  if (modifier !== undefined && modifier !== 'not') throw unknownModifier(name, parameter, modifier)
  if (!ids.every(isId))
    throw invalidValue(
      name,
      'Expected ids of letters, digits, "-" and ".", at most 64 characters each, with commas between.',
    )
  const condition: Condition = { on: 'id', ids }
  return modifier === 'not' ? { on: 'not', of: condition } : condition
}

const tokenOf = (
  parameter: Searchable,
  name: string,
  modifier: string | undefined,
  values: readonly string[],
): Condition => {
  const { code, types } = parameter
  const tokens = (
    read: (text: string) => readonly Readonly<{ system: string | undefined; code: string | undefined }>[],
  ): Condition => ({
    on: 'token',
    parameter: code,
    alternatives: values.flatMap(read),
  })
  switch (modifier) {
    case undefined:
      return tokens((text) => [tokenTest(name, text)])
    case 'not':
      return { on: 'not', of: tokens((text) => [tokenTest(name, text)]) }
    case 'in':
    case 'above':
    case 'below':
      return tokens((text) => codedTests(name, modifier, text, types.includes('code')))
    case 'not-in':
      return { on: 'not', of: tokens((text) => codedTests(name, modifier, text, types.includes('code'))) }
    case 'text':
      return {
        on: 'string',
        parameter: `${code}:text`,
        match: 'starts',
        alternatives: values.map((text) => stringTest(name, text)),
      }
    case 'of-type':
      if (types.includes('Identifier'))
        return { on: 'token', parameter: `${code}:of-type`, alternatives: values.map((text) => ofTypeTest(name, text)) }
  }
  throw unknownModifier(name, parameter, modifier)
}

const referenceOf = (
  { base }: Reading,
  parameter: Searchable,
  name: string,
  modifier: string | undefined,
  values: readonly string[],
): Condition => {
  const { code } = parameter
  if (modifier === 'identifier')
    return { on: 'token', parameter: `${code}:identifier`, alternatives: values.map((text) => tokenTest(name, text)) }
  const possible = targetsOf(parameter)
  if (modifier !== undefined && !possible.includes(modifier)) throw unknownModifier(name, parameter, modifier)
  const type = modifier ?? (possible.length === 1 ? possible[0] : undefined)
  const tests = values.map((text) => referenceTest(name, text, { base, type }))
  const here = tests.filter((test): test is ReferenceTest => !('uri' in test))
  const elsewhere = tests.flatMap((test) => ('uri' in test ? [test.uri] : []))
  const foreign = here.find((test) => test.type !== undefined && !mayTarget(parameter, test.type))
  if (foreign !== undefined)
    throw invalidValue(name, `It refers to ${parameter.targets.join(', ')}, and to nothing else.`)
  return anyOf([
    ...(here.length === 0 ? [] : [{ on: 'reference', parameters: [code], alternatives: here } as const]),
    ...(elsewhere.length === 0
      ? []
      : [{ on: 'uri', parameter: code, match: 'exact', alternatives: elsewhere } as const]),
  ])
}

const missing = ({ code, type }: Searchable, name: string, value: string): Condition => {
  if (value !== 'true' && value !== 'false') throw invalidValue(shownName(name), 'With :missing it is true or false.')
  const present = (kind: Kind, parameter = code): Condition => ({ on: 'present', kind, parameter })
  const there: Condition =
    code === '_id' || code === '_lastUpdated'
      ? { on: 'not', of: { on: 'any', of: [] } }
      : type === 'token'
        ? anyOf([present('token'), present('string', `${code}:text`)])
        : type === 'reference'
          ? anyOf([present('reference'), present('uri'), present('token', `${code}:identifier`)])
          : present(type)
  return value === 'true' ? { on: 'not', of: there } : there
}

/** The types that conditions lead to besides the one that is searched. */
export const reachedBy = (condition: Condition): readonly string[] => {
  switch (condition.on) {
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
