import { expect, test } from '@jest/globals'
import { parsePrefer } from '../../src/api/prefer.ts'

test.each([
  [undefined, undefined, false],
  ['return=minimal', 'minimal', false],
  ['return=representation', 'representation', false],
  ['return=OperationOutcome', 'OperationOutcome', false],
  ['Return = "minimal"', 'minimal', false],
  ['handling=lenient', undefined, true],
  ['handling=strict', undefined, false],
  ['return=minimal, handling=lenient', 'minimal', true],
  ['return=minimal; foo=bar, handling=lenient', 'minimal', true],
  ['handling=strict, handling=lenient', undefined, false],
  ['wait=5, return=everything', undefined, false],
])('Prefer: %s asks for %s, lenient %s; the rest is passed over (RFC 7240 section 2)', (header, returns, lenient) => {
  expect(parsePrefer(header)).toEqual({ return: returns, lenient })
})

test('Prefer: respond-async is told, and that it is not is not (http://hl7.org/fhir/R4/async.html)', () => {
  expect(parsePrefer('respond-async, return=minimal')).toEqual({
    return: 'minimal',
    lenient: false,
    respondAsync: true,
  })
  expect('respondAsync' in parsePrefer('return=minimal')).toBe(false)
})
