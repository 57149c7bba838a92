import { describe, expect, test } from '@jest/globals'
import { isError } from '../../src/fhir/outcome.ts'
import { safetyFindings } from '../../src/validation/safety/plan-bundle.ts'
import { createValidator } from '../../src/validation/validator.ts'
import { build } from '../support/submissions/build.ts'
import { type SubmissionCase, submissionCases } from '../support/submissions/cases.ts'
import { createNumbers } from '../support/submissions/numbers.ts'

const PLAN_BUNDLE = 'https://keyplan.example/fhir/StructureDefinition/plan-bundle'
const NOW = new Date()
const numbers = createNumbers()

/** Cases that say all by themselves: nothing is stored before, and nobody else is named. */
const standing = (kind: 'valid' | 'contradictions'): readonly SubmissionCase[] =>
  submissionCases(kind).filter(
    ({ before, submission }) => before === undefined && !/"(?:other|before):/.test(JSON.stringify(submission)),
  )

const bundleOf = ({ submission }: SubmissionCase): Readonly<Record<string, unknown>> =>
  build(submission, numbers, () => '').bundle as unknown as Readonly<Record<string, unknown>>

const errorKeys = (bundle: Readonly<Record<string, unknown>>): readonly string[] => [
  ...new Set(
    safetyFindings(bundle, NOW)
      .filter(isError)
      .map(({ key }) => key),
  ),
]

describe('The safety rules of a plan in the validator', () => {
  const contradictions = standing('contradictions').filter(({ expect: { outcome } }) => outcome === 'refused')

  test('are asked with most of the cases of $submit', () => {
    expect(contradictions.length).toBeGreaterThan(60)
    expect(standing('valid').length).toBeGreaterThan(40)
  })

  test.each(contradictions)('find what $submit finds: $title ($file)', (one) => {
    expect(errorKeys(bundleOf(one))).toEqual(expect.arrayContaining([...(one.expect.keys ?? [])]))
  })

  test.each(standing('valid'))('find no error: $title ($file)', (one) => {
    expect(errorKeys(bundleOf(one))).toEqual([])
  })

  test('are asked where the profile of a plan is, in the place of the entry', () => {
    const [one] = contradictions.filter(({ expect: { keys } }) => keys?.includes('INV-7'))
    const bundle = bundleOf(one as SubmissionCase)
    const validator = createValidator()
    const found = validator.validate(bundle, { profiles: [PLAN_BUNDLE], now: NOW }).findings
    const finding = found.find(({ key }) => key === 'INV-7')
    expect(finding).toMatchObject({ severity: 'error', rule: 'INV-7', profile: PLAN_BUNDLE })
    expect(finding?.expression).toMatch(/^Bundle\.entry\[\d+\]\.resource\./)
    expect(validator.validate(bundle, { now: NOW }).findings.some(({ key }) => key === 'INV-7')).toBe(false)
    const claiming = { ...bundle, meta: { profile: [PLAN_BUNDLE] } }
    expect(validator.validate(claiming, { now: NOW }).findings.some(({ key }) => key === 'INV-7')).toBe(true)
  })

  test('are not asked of what is broken in structure, which is said', () => {
    const found = safetyFindings({ resourceType: 'Bundle', entry: [{ resource: { resourceType: 'CarePlan' } }] }, NOW)
    expect(found).toMatchObject([{ severity: 'warning', key: 'safety-not-checked' }])
  })
})
