import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { RULE_PAGE, rulePage } from '../support/rule-page.ts'

test('docs/rules.md lists every rule as it is', () => {
  expect(readFileSync(RULE_PAGE, 'utf8')).toBe(rulePage())
})
