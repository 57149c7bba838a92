import { elementsOf } from '../../definitions/tables.ts'
import { findParameter, shownName } from './parameters.ts'
import { DEFAULT_COUNT, MOST_COUNT, type Query, type Sort, type Summary } from './query.ts'
import { invalidValue } from './text.ts'

/** What shapes the answer, and what it is where nothing is said (http://hl7.org/fhir/R4/search.html#return). */
export type Shape = Pick<Query, 'sort' | 'count' | 'total' | 'summary' | 'elements' | 'page'>

export const PLAIN: Shape = {
  sort: [],
  count: DEFAULT_COUNT,
  total: 'none',
  summary: 'false',
  elements: undefined,
  page: undefined,
}

type Read = (value: string, types: readonly string[]) => Partial<Shape>

const oneOf = <Word extends string>(name: string, value: string, words: readonly Word[]): Word => {
  const word = words.find((one) => one === value)
  if (word === undefined) throw invalidValue(name, `It is one of ${words.join(', ')}.`)
  return word
}

/** How many resources a page has (http://hl7.org/fhir/R4/search.html#count): `MOST_COUNT` where more are asked for. Throws `bad-request`. */
export const countOf = (value: string): number => {
  if (!/^\d{1,6}$/.test(value))
    throw invalidValue('_count', `It is a whole number up to ${MOST_COUNT}; 0 asks for the total alone.`)
  return Math.min(Number(value), MOST_COUNT)
}

/** Parameters that shape the answer, each to be given once. A count of 0 asks for the total alone. */
export const SHAPES: Readonly<Record<string, Read>> = {
  _count: (value) => ({ count: countOf(value) }),
  _sort: (value, types) => ({ sort: sortOf(value, types) }),
  _total: (value) => ({ total: oneOf('_total', value, ['none', 'estimate', 'accurate']) }),
  _summary: (value) => ({ summary: oneOf<Summary>('_summary', value, ['true', 'text', 'data', 'count', 'false']) }),
  _elements: (value, types) => ({ elements: elementsFrom(value, types) }),
  _page: (value) => ({ page: value }),
}

const MOST_SORTED = 5

const sortOf = (value: string, types: readonly string[]): readonly Sort[] => {
  const rules = value.split(',')
  if (rules.length > MOST_SORTED) throw invalidValue('_sort', `It has at most ${MOST_SORTED} rules.`)
  return rules.map((rule): Sort => {
    const descending = rule.startsWith('-')
    const code = descending ? rule.slice(1) : rule
    const [found, ...others] = types.map((type) => ({ type, parameter: findParameter(type, code) }))
    const parameter = found?.parameter
    if (
      parameter === undefined ||
      parameter.type === 'composite' ||
      others.some((one) => one.parameter?.type !== parameter.type)
    )
      throw invalidValue(
        '_sort',
        `It holds search parameters of ${types.join(' and of ')}, no composites, with commas between; a minus before one turns its order round. "${shownName(code)}" is none.`,
      )
    const on = code === '_id' ? 'id' : code === '_lastUpdated' ? 'updated' : parameter.type
    return { on, parameter: code, descending }
  })
}

const elementsFrom = (value: string, types: readonly string[]): NonNullable<Shape['elements']> =>
  value.split(',').map((text) => {
    const [first = '', second] = text.split('.')
    const type = second === undefined ? '' : first
    const element = second ?? first
    const known = (type === '' ? types : [type]).some(
      (one) => /^[A-Z]/.test(one) && hasElement(one, element.replace(/\[x\]$/, '')),
    )
    if (text.split('.').length > 2 || !known)
      throw invalidValue(
        '_elements',
        `It holds elements at the root of ${types.join(', ')}, such as status, with commas between, or [type].[element] of what is included.`,
      )
    return { type, element: element.replace(/\[x\]$/, '') }
  })

const hasElement = (type: string, name: string): boolean => {
  try {
    return elementsOf(type).some((element) => element.name === name)
  } catch {
    return false
  }
}
