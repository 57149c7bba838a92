import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { pretty } from '../../src/api/pretty.ts'

describe('indented JSON', () => {
  test('says the same as the JSON that it was made from', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(JSON.parse(pretty(json))).toEqual(JSON.parse(json))
      }),
    )
  })

  test('looks as JSON.stringify with an indent of two would have it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(pretty(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
      }),
    )
  })

  test('keeps every digit of a decimal (datatypes.html#decimal)', () => {
    expect(pretty('{"value":1.00,"big":12345678901234567890.10}')).toBe(
      '{\n  "value": 1.00,\n  "big": 12345678901234567890.10\n}',
    )
  })
})
