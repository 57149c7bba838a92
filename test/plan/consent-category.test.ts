import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Coding, Consent } from 'fhir/r4.js'
import { SYSTEM } from '../../src/plan/codes.ts'
import { consentIssues } from '../../src/plan/consent-category.ts'
import { consentCategory } from '../../src/plan/person.ts'

/** `categories`: the codings of each category; a coding without a system has that of KeyPlan's categories. */
type Case = {
  title: string
  status?: Consent['status']
  categories: Coding[][]
  category?: string
  refused: boolean
}

const cases: Case[] = JSON.parse(readFileSync(new URL('consent-category.json', import.meta.url), 'utf8'))

const consentOf = ({ status = 'active', categories }: Case): Consent => ({
  resourceType: 'Consent',
  status,
  scope: {},
  category: categories.map((coding) => ({ coding: coding.map((one) => ({ system: SYSTEM.consentCategory, ...one })) })),
})

describe('a Consent has exactly one known category among all its codings (consent-category)', () => {
  test.each(cases)('$title', (given) => {
    const issues = consentIssues(consentOf(given))
    expect(issues.map(({ key, severity, expression }) => [key, severity, expression])).toEqual(
      given.refused ? [['consent-category', 'error', 'Consent.category']] : [],
    )
    expect(consentCategory(consentOf(given))).toBe(given.category)
  })
})
