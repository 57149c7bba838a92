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
  ['respond-async, return=everything', undefined, false],
])('Prefer: %s asks for %s, lenient %s; the rest is passed over (RFC 7240 section 2)', (header, returns, lenient) => {
  expect(parsePrefer(header)).toEqual({ return: returns, lenient })
})
