import { propertiesOfElement } from '../../definitions/tables.ts'
import { codesAbove, codesBelow, codesOfValueSet } from '../../definitions/terminology.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import type { Searchable } from './parameters.ts'
import type { TokenTest } from './query.ts'
import { invalidValue, withoutEscapes } from './text.ts'
import { tokenTest } from './token.ts'

/** More codes than this are not looked for at once. */
const MOST_CODES = 2_000

/**
 * The codes that `:in`, `:not-in`, `:above` and `:below` stand for (http://hl7.org/fhir/R4/search.html#token), from the value sets and code
 * systems that are loaded. Throws `bad-request` where they cannot be listed, which is no answer to whether something matches.
 * `bare`: elements of type `code` have no system of their own; their rows have none.
 */
export const codedTests = (
  name: string,
  modifier: 'in' | 'not-in' | 'above' | 'below',
  text: string,
  bare: boolean,
): readonly TokenTest[] => {
  try {
    const tests =
      modifier === 'in' || modifier === 'not-in'
        ? codesOfValueSet(withoutEscapes(text)).map(({ system, code }): TokenTest => ({ system, code }))
        : related(name, modifier, text)
    if (tests.length > MOST_CODES) throw invalidValue(name, `It stands for more than ${MOST_CODES} codes.`)
    return bare ? [...tests, ...tests.map(({ code }): TokenTest => ({ system: '', code }))] : tests
  } catch (error) {
    if (error instanceof Problem && error.kind === 'not-supported') {
      throw problem('bad-request', error.issues[0]?.key ?? 'not-supported', error.message, {
        expression: name,
        code: 'not-supported',
      })
    }
    throw error
  }
}

const related = (name: string, modifier: 'above' | 'below', text: string): readonly TokenTest[] => {
  const { system, code } = tokenTest(name, text)
  if (system === undefined || system === '' || code === undefined)
    throw invalidValue(name, `With :${modifier} it is system|code.`)
  const codes = modifier === 'above' ? codesAbove(system, code) : codesBelow(system, code)
  return [...codes].map((one): TokenTest => ({ system, code: one }))
}

/**
 * A token as the rows of a parameter have it. An element of type `code` has no system of its own: that of the codes that it is bound to is implied
 * (http://hl7.org/fhir/R4/search.html#token), so `http://hl7.org/fhir/request-status|active` asks for the code `active` of such an element.
 */
export const impliedTests = ({ expression }: Searchable, test: TokenTest): readonly TokenTest[] => {
  const [, type = '', name = ''] = /^([A-Z][A-Za-z]+)\.([A-Za-z]+)$/.exec(expression) ?? []
  if (test.system === undefined || test.system === '' || type === '') return [test]
  const [property] = propertiesOfElement(type, name)
  if (property?.type.code !== 'code' || property.element.codes === undefined) return [test]
  return codesOfValueSet(property.element.codes)
    .filter(({ system, code }) => system === test.system && (test.code === undefined || test.code === code))
    .map(({ code }): TokenTest => ({ system: '', code }))
}
