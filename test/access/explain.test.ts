import { describe, expect, test } from '@jest/globals'
import { type Explained, explainAccess } from '../../src/access/explain.ts'
import { POLICY } from '../../src/access/policy.ts'

const NOW = new Date('2026-03-02T09:30:00Z')

const explained = (sharing: 'permitted' | 'withheld'): readonly Explained[] =>
  explainAccess({ patient: 'p1', sharing, custodian: 'ZZ901' }, NOW)

const told = (all: readonly Explained[], kind: string, role: string, relationship: string): string => {
  const found = all.filter((one) => one.kind === kind && one.role === role && one.relationship === relationship)
  return found.map(({ decision, reason, part }) => `${decision} ${reason} ${part}`).join('; ')
}

describe('$explain-access (trust, section 2)', () => {
  const open = explained('permitted')
  const withheld = explained('withheld')

  test('has every role, as each kind of caller that it can be, with and without a relationship', () => {
    expect(new Set(open.map(({ role }) => role))).toEqual(new Set(Object.keys(POLICY)))
    for (const { kind, role, relationship } of open) expect(told(open, kind, role, relationship)).not.toContain(';')
    for (const one of open.filter(({ relationship }) => relationship !== 'none'))
      expect(told(open, one.kind, one.role, 'none')).not.toBe('')
  })

  test('a crew sees a record that is shared, and by breaking the glass one that is not', () => {
    expect(told(open, 'person', 'ambulance', 'none')).toBe('permit permitted all')
    expect(told(withheld, 'person', 'ambulance', 'none')).toBe('break-glass sharing-withheld all')
    expect(told(withheld, 'system', 'ambulance', 'none')).toBe('deny sharing-withheld all')
  })

  test('an objection does not shut out the custodian, nor the person', () => {
    expect(told(withheld, 'system', 'gp-practice', 'custodian')).toBe('permit permitted all')
    expect(told(withheld, 'person', 'patient', 'self')).toBe('permit permitted all')
  })

  test('who knows a person only by work needs to be on record', () => {
    expect(told(open, 'person', 'community-nurse', 'none')).toBe('break-glass no-relationship all')
    expect(told(open, 'person', 'community-nurse', 'care-team')).toBe('permit permitted all')
    expect(told(open, 'person', 'social-care', 'care-team')).toBe('permit permitted non-clinical')
    expect(told(open, 'person', 'social-care', 'none')).toBe('deny no-relationship non-clinical')
  })

  test('those who oversee see no clinical record', () => {
    expect(told(open, 'person', 'auditor', 'none')).toBe('deny withheld-from-role none')
    expect(told(open, 'system', 'integrator', 'custodian')).toBe('deny withheld-from-role none')
  })
})
