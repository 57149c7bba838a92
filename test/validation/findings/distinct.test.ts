import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { distinct } from '../../../src/validation/findings/distinct.ts'
import type { Finding } from '../../../src/validation/findings/finding.ts'

const finding = fc.record({
  key: fc.constantFrom('ele-1', 'dom-6'),
  code: fc.constant('invariant' as const),
  severity: fc.constantFrom('error' as const, 'warning' as const),
  text: fc.constantFrom('One.', 'Another.', 'A third.'),
  expression: fc.constantFrom('Patient', 'Patient.name[0]', 'Patient.name[1]'),
})

const saying = ({ key, severity, text, expression }: Finding): string =>
  JSON.stringify([key, severity, text, expression])

describe('Findings, each once', () => {
  test('the first that says something of a place is kept, in the order in which they came, few or many', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 200 }), (findings) => {
        const kept = distinct()
        for (const one of findings) kept.add(one)
        const firsts = findings.filter(
          (one, index) => findings.findIndex((other) => saying(other) === saying(one)) === index,
        )
        expect(kept.all()).toEqual(firsts)
      }),
    )
  })
})
