import { expect, test } from '@jest/globals'
import type { Issue } from '../../../src/fhir/outcome.ts'
import { inReadingOrder } from '../../../src/validation/report/reading-order.ts'

const found = (severity: Issue['severity'], key: string, line?: number): Issue => ({
  severity,
  code: 'value',
  key,
  text: 'Wrong.',
  ...(line === undefined ? {} : { place: { line, column: 1 } }),
})

test('errors as they stand in the text, then what follows from others, then warnings, then notes', () => {
  const findings = [
    found('information', 'note', 1),
    found('error', 'reference-profile', 2),
    found('warning', 'advice', 1),
    found('error', 'second', 9),
    found('fatal', 'first'),
    found('error', 'profile-none-fits', 1),
  ]
  expect(inReadingOrder(findings).map(({ key }) => key)).toEqual([
    'first',
    'second',
    'profile-none-fits',
    'reference-profile',
    'advice',
    'note',
  ])
})
