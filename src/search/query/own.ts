import { isId } from '../../fhir/resource.ts'
import { codedTests, impliedTests } from './coded.ts'
import { compositeTest } from './composite.ts'
import { dateTest } from './date.ts'
import { numberTest, quantityTest } from './number.ts'
import { mayTarget, type Searchable, shownName, targetsOf, unknownModifier } from './parameters.ts'
import { type Condition, type Kind, MOST_ALTERNATIVES, type ReferenceTest, STEPS } from './query.ts'
import type { BoundedReading, Reading } from './reading.ts'
import { referenceTest } from './reference.ts'
import { stringTest } from './string.ts'
import { invalidValue, splitEscaped, withoutEscapes } from './text.ts'
import { ofTypeTest, tokenTest } from './token.ts'

/** One of them is enough. */
export const anyOf = (of: readonly Condition[]): Condition =>
  of.length === 1 ? (of[0] as Condition) : { on: 'any', of }

/** Of an alternative of these a statement has several values. */
const ORDERED: ReadonlySet<string> = new Set(['date', 'number', 'quantity', 'composite'])

/** What a parameter of the type itself asks, with its modifier. Throws `bad-request` for a modifier or value that it cannot have. */
export const ownOf = (
  reading: BoundedReading,
  parameter: Searchable,
  name: string,
  modifier: string | undefined,
  value: string,
): Condition => {
  const { code, type } = parameter
  reading.spend(STEPS.condition)
  if (modifier === 'missing') return missing(parameter, name, value)
  const values = splitEscaped(value, ',')
  if (values.some((one) => one === '')) throw invalidValue(shownName(name), 'It has no value, or an empty alternative.')
  if (values.length > MOST_ALTERNATIVES)
    throw invalidValue(shownName(name), `It has more than ${MOST_ALTERNATIVES} alternatives. Ask in several searches.`)
  reading.spend(values.length * (ORDERED.has(type) ? STEPS.ordered : STEPS.alternative))
  const each = <Test>(read: (text: string) => Test): readonly Test[] => values.map(read)
  const at = shownName(name)
  if (code === '_id') return idOf(parameter, at, modifier, values)
  switch (type) {
    case 'token':
      return tokenOf(reading, parameter, at, modifier, values)
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
  { spend }: BoundedReading,
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
  const coded = (within: 'in' | 'not-in' | 'above' | 'below'): Condition =>
    tokens((text) => {
      const tests = codedTests(name, within, text, types.includes('code'))
      spend(tests.length)
      return tests
    })
  switch (modifier) {
    case undefined:
      return tokens((text) => impliedTests(parameter, tokenTest(name, text)))
    case 'not':
      return { on: 'not', of: tokens((text) => impliedTests(parameter, tokenTest(name, text))) }
    case 'in':
    case 'above':
    case 'below':
      return coded(modifier)
    case 'not-in':
      return { on: 'not', of: coded(modifier) }
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
