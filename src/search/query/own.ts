import { isId } from '../../fhir/resource.ts'
import { codedTests, impliedTests } from './coded.ts'
import { compositeTests } from './composite.ts'
import { dateTest } from './date.ts'
import { numberTest, quantityTest } from './number.ts'
import { modifiersOf, type Searchable, shownName, targetsOf, unknownModifier } from './parameters.ts'
import { type Condition, type Kind, MOST_ALTERNATIVES, STEPS } from './query.ts'
import type { BoundedReading } from './reading.ts'
import { referencesTo } from './reference.ts'
import { stringTest } from './string.ts'
import { invalidValue, splitEscaped, withoutEscapes } from './text.ts'
import { isMediaType, mediaTypeTest, ofTypeTest, tokenTest } from './token.ts'
import { inEachUnit } from './units.ts'

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
  if (modifier !== undefined && !takes(parameter, modifier)) throw unknownModifier(name, parameter, modifier)
  reading.spend(STEPS.condition)
  if (modifier === 'missing') return missing(parameter, name, value)
  const values = splitEscaped(value, ',')
  if (values.some((one) => one === '')) throw invalidValue(shownName(name), 'It has no value, or an empty alternative.')
  if (values.length > MOST_ALTERNATIVES)
    throw invalidValue(shownName(name), `It has more than ${MOST_ALTERNATIVES} alternatives. Ask in several searches.`)
  reading.spend(values.length * (ORDERED.has(type) ? STEPS.ordered : STEPS.alternative))
  const each = <Test>(read: (text: string) => Test): readonly Test[] => values.map(read)
  const inUnits = <Test>(read: (text: string) => readonly Test[]): readonly Test[] =>
    values.flatMap((text) => {
      const tests = read(text)
      reading.spend((tests.length - 1) * STEPS.ordered)
      return tests
    })
  const at = shownName(name)
  if (code === '_id') return idOf(at, modifier, values)
  switch (type) {
    case 'token':
      return tokenOf(reading, parameter, at, modifier, values)
    case 'reference':
      return anyOf(referencesTo(reading, parameter, at, modifier, values))
    case 'string':
      return {
        on: 'string',
        parameter: code,
        match: modifier === 'exact' || modifier === 'contains' ? modifier : 'starts',
        alternatives: each((text) => stringTest(at, text)),
      }
    case 'uri':
      return {
        on: 'uri',
        parameter: code,
        match: modifier === 'above' || modifier === 'below' ? modifier : 'exact',
        alternatives: each(withoutEscapes),
      }
    case 'date': {
      const alternatives = each((text) => dateTest(at, text, reading.now))
      return code === '_lastUpdated' ? { on: 'updated', alternatives } : { on: 'date', parameter: code, alternatives }
    }
    case 'number':
      return { on: 'number', parameter: code, alternatives: each((text) => numberTest(at, text)) }
    case 'quantity':
      return { on: 'quantity', parameter: code, alternatives: inUnits((text) => inEachUnit(quantityTest(at, text))) }
    case 'composite':
      return {
        on: 'composite',
        parameter: code,
        alternatives: inUnits((text) => compositeTests(at, text, parameter.components ?? [], reading)),
      }
  }
}

const takes = (parameter: Searchable, modifier: string): boolean =>
  modifiersOf(parameter).includes(modifier) ||
  (parameter.type === 'reference' && targetsOf(parameter).includes(modifier))

const idOf = (name: string, modifier: string | undefined, ids: readonly string[]): Condition => {
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
    case 'not':
      return { on: 'not', of: tokens((text) => impliedTests(parameter, tokenTest(name, text))) }
    case 'in':
    case 'above':
      return coded(modifier)
    case 'below':
      return isMediaType(parameter)
        ? {
            on: 'token',
            parameter: code,
            match: 'media-type',
            alternatives: values.map((text) => mediaTypeTest(name, text)),
          }
        : coded(modifier)
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
      return { on: 'token', parameter: `${code}:of-type`, alternatives: values.map((text) => ofTypeTest(name, text)) }
    default:
      return tokens((text) => impliedTests(parameter, tokenTest(name, text)))
  }
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
