import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { PatternFault, regularExpression } from '../../src/fhir/regular-expression/regular-expression.ts'
import { processorTime } from '../support/processor-time.ts'

const SOURCES = [
  'a',
  'a|b',
  'ab*c',
  '(a|ab)(c|bcd)',
  '^a+$',
  '[a-c]{2,3}',
  '(?:ab)+c?',
  'a.c',
  '\\bab\\b',
  'a??b',
  '(a*)*b',
  '(a|b)*?c',
  '[^a]b{2}',
  '\\d+|\\w',
  'a(?=b)',
  'a(?!b)',
  '',
  '(|a)b',
]

const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', ' ', '1', '\n', 'é', '😀'), maxLength: 12 })

describe('Regular expressions that somebody else wrote', () => {
  test('match, and replace, as the native ones do', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SOURCES), texts, (source, text) => {
        const own = regularExpression(source)
        expect(own.test(text)).toBe(new RegExp(source, 'su').test(text))
        expect(own.replace(text, '<$&>')).toBe(text.replace(new RegExp(source, 'gsu'), '<$&>'))
      }),
      { numRuns: 2_000, seed: 2026 },
    )
  })

  test('of the whole text, without regard to case, with groups', () => {
    expect(regularExpression('a|ab', { isWhole: true }).test('ab')).toBe(true)
    expect(regularExpression('a', { isWhole: true }).test('ab')).toBe(false)
    expect(regularExpression('A[b-c]', { isCaseless: true }).test('aC')).toBe(true)
    expect(regularExpression('(\\d+)-(\\d+)').replace('12-34', '$2-$1 $$ $3')).toBe('34-12 $ $3')
  })

  test.each([
    '(a',
    'a)',
    '[a',
    'a**',
    '*a',
    'a{2,1}',
    '(a)\\1',
    '(?<=a)b',
    '(?<n>a)',
    'a{5000}',
    '\\',
    '(?:(?:a{900}){900}){900}',
  ])('refused: %s', (source) => {
    expect(() => regularExpression(source)).toThrow(PatternFault)
  })

  test.each([
    ['(a+)+$', 'a'],
    ['(a|a)*$', 'a'],
    ['(a|aa)+$', 'a'],
    ['(.*)*x', 'a'],
    ['(a*)*b', 'a'],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'],
    ['(\\w+\\s?)*:', 'ab '],
    ['a?'.repeat(30) + 'a'.repeat(30), 'a'.repeat(29)],
  ])('%s takes no longer than its text is long', (source, part) => {
    const text = `${part.repeat(5_000 / part.length)}!`
    const expression = regularExpression(source)
    // It is told, or it is told that it costs too much; either takes a moment.
    const taken = processorTime(() => {
      try {
        expression.test(text)
      } catch (error) {
        expect(error).toBeInstanceOf(PatternFault)
      }
    })
    expect(taken).toBeLessThan(3_000)
  })
})
