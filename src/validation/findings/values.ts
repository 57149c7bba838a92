/** What is said of a value that is none of its type, out of its range, or of no code that may stand there. */
import { codesOf } from '../../definitions/tables.ts'
import { FORMATS } from '../values/formats.ts'
import { kindOf, lastName, listed, type Put, paramsOf } from './words.ts'

/** A code that can be shown; a long run of digits could be somebody's number. */
const PLAIN_CODE = /^(?!.*\d{6})[A-Za-z0-9][A-Za-z0-9.+<>=-]{0,39}$/
const MOST_CODES_SHOWN = 20

export const invalidValue: Put = (place) => {
  const type = place.property?.type.code ?? ''
  if (place.data === '')
    return {
      key: 'empty-value',
      code: 'value',
      text: `${lastName(place)} must not be an empty string.`,
      hint: 'Leave it out where there is no value.',
    }
  const expected = FORMATS[type]?.expected ?? `a valid ${type}`
  return {
    key: 'invalid-value',
    code: 'value',
    text: `${lastName(place)} must be ${expected}; found ${kindOf(place.data)} that is not.`,
    expected,
    ...(type === '' ? {} : { type }),
    hint: 'Write it so, or leave it out.',
  }
}

export const notDigits: Put = (place) => ({
  key: 'invalid-value',
  code: 'value',
  text: `${lastName(place)} must be a whole number in digits alone; found one with a fraction or an exponent.`,
  expected: 'digits alone',
  hint: 'Write 1, not 1.0 or 1e0.',
})

export const outOfRange: Put = (place, error) => {
  const { comparison, limit } = error.params as { comparison: string; limit: number }
  return {
    key: 'invalid-value',
    code: 'value',
    text: `${lastName(place)} is of type ${place.property?.type.code} and must be ${comparison} ${limit}.`,
    expected: `${comparison} ${limit}`,
    hint: 'Send a number within its range.',
  }
}

export const notInValueSet: Put = (place, error) => {
  const { valueSet } = paramsOf(error, 'codes')
  const codes = codesOf(valueSet)
  const found = typeof place.data === 'string' && PLAIN_CODE.test(place.data) ? `"${place.data}"` : kindOf(place.data)
  const allowed = codes.length <= MOST_CODES_SHOWN ? listed(codes) : `a code of ${valueSet}`
  return {
    key: 'code-not-in-value-set',
    code: 'code-invalid',
    text: `${lastName(place)} is ${found}, which is not in the value set ${valueSet}.`,
    expected: `a code of ${valueSet}`,
    hint: `Use ${allowed}.`,
  }
}
