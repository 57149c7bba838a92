import type { SearchParameter } from '../../definitions/search-parameters.ts'
import { dateTest } from './date.ts'
import { numberTest, quantityTest } from './number.ts'
import type { CompositeTest, TokenTest } from './query.ts'
import { referenceTest } from './reference.ts'
import { stringTest } from './string.ts'
import { invalidValue, splitEscaped } from './text.ts'
import { tokenTest } from './token.ts'
import { inEachUnit } from './units.ts'

export type Parts = readonly Readonly<{ type: SearchParameter['type'] }>[]

/**
 * One alternative of a composite: `a$b`, each part as its own type has it (http://hl7.org/fhir/R4/search.html#composite). A quantity is one test for
 * each unit that it can be in.
 */
export const compositeTests = (
  name: string,
  text: string,
  parts: Parts,
  reading: Readonly<{ now: Date; base: string | undefined }>,
): readonly CompositeTest[] => {
  const values = splitEscaped(text, '$')
  const [first, second] = values
  const expected = parts.map(({ type }) => type).join('$')
  if (values.length !== 2 || parts.length !== 2 || first === undefined || second === undefined || second === '')
    throw invalidValue(name, `Expected two values with a $ between: ${expected}.`)
  const code = codeOf(name, first, parts[0]?.type, reading.base)
  return partsOf(name, second, parts[1]?.type, reading).map((part) => ({ first: code, second: part }))
}

const codeOf = (name: string, text: string, type: string | undefined, base: string | undefined): TokenTest => {
  if (type !== 'reference') return tokenTest(name, text)
  const target = referenceTest(name, text, { base, type: undefined })
  if ('uri' in target) return { system: undefined, code: target.uri }
  if (target.type === undefined) throw invalidValue(name, 'Inside a composite a reference is Type/id.')
  return { system: undefined, code: `${target.type}/${target.id}` }
}

const partsOf = (
  name: string,
  text: string,
  type: SearchParameter['type'] | undefined,
  { now, base }: Readonly<{ now: Date; base: string | undefined }>,
): readonly CompositeTest['second'][] => {
  switch (type) {
    case 'string':
      return [{ on: 'string', test: stringTest(name, text) }]
    case 'date':
      return [{ on: 'date', test: dateTest(name, text, now) }]
    case 'number':
      return [{ on: 'number', test: numberTest(name, text) }]
    case 'quantity':
      return inEachUnit(quantityTest(name, text)).map((test) => ({ on: 'quantity', test }))
    default:
      return [{ on: 'token', test: codeOf(name, text, type, base) }]
  }
}
