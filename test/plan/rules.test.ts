import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CarePlan } from 'fhir/r4.js'
import type { Issue } from '../../src/fhir/outcome.ts'
import { derive } from '../../src/plan/derive.ts'
import { jurisdictionOf } from '../../src/plan/jurisdiction.ts'
import { personRecord } from '../../src/plan/person.ts'
import { checkDerived, DERIVED_RULES, sound } from '../../src/plan/rules/derived.ts'
import { checkPerson, PLAN_RULES, RECORD_RULES, RULE_TABLE } from '../../src/plan/rules/index.ts'
import type { RuleContext } from '../../src/plan/rules/rule.ts'
import { samePerson } from '../../src/plan/rules/same-person.ts'
import { generated, resourcesOf } from './summary/arbitrary.ts'
import { AT } from './summary/example.ts'
import { type Form, recordOf } from './support/form.ts'
import { type Changes, changed } from './support/set.ts'
import { tampered } from './support/tampered.ts'

const NOW = new Date('2024-06-01T12:00:00Z')

/** `expect`: what is found, in order, as "severity expression"; an extension's address is cut to its name. */
type PlanCase = { title: string; form?: Partial<Form>; set?: Changes; expect: string[] }
/** `before`: changes to the complete plan, or false for a person who is new; `after`: changes to that. */
type RecordCase = { title: string; form?: Partial<Form>; before?: Changes | false; after: Changes; expect: string[] }

const folder = new URL('rules/', import.meta.url)
const cases = <Case>(key: string): Case[] => JSON.parse(readFileSync(new URL(`${key}.json`, folder), 'utf8'))

const found = (issues: readonly Issue[]): string[] =>
  issues.map(({ severity, expression }) => `${severity} ${expression?.replace(/https:[^']*\/([^/']*)'/, "$1'")}`)

const contextOf = (person: ReturnType<typeof recordOf>, before?: ReturnType<typeof recordOf>): RuleContext => ({
  before,
  now: NOW,
  jurisdiction: jurisdictionOf(person.patient),
})

describe.each(PLAN_RULES)('$key: $title', ({ key, severity, check }) => {
  const all = cases<PlanCase>(key)

  test.each(all)('$title', ({ form, set, expect: expected }) => {
    const person = changed(recordOf(form), set)
    const issues = check(person.resources.get('CarePlan/plan') as CarePlan, person, contextOf(person))
    expect(found(issues)).toEqual(expected)
    expect(issues.every((issue) => issue.key === key)).toBe(true)
  })

  test('has cases that keep it and cases that break it, at its gravest too', () => {
    expect(all.some((one) => one.expect.length === 0)).toBe(true)
    expect(all.some((one) => one.expect.some((line) => line.startsWith(severity)))).toBe(true)
  })
})

describe.each([samePerson, ...RECORD_RULES])('$key: $title', ({ key, severity, check }) => {
  const all = cases<RecordCase>(key)

  test.each(all)('$title', ({ form, before, after, expect: expected }) => {
    const earlier = before === false ? undefined : changed(recordOf(form), before)
    const person = changed(earlier ?? recordOf(form), after)
    const issues = check(person, contextOf(person, earlier))
    expect(found(issues)).toEqual(expected)
    expect(issues.every((issue) => issue.key === key)).toBe(true)
  })

  test('has cases that keep it and cases that break it, at its gravest too', () => {
    expect(all.some((one) => one.expect.length === 0)).toBe(true)
    expect(all.some((one) => one.expect.some((line) => line.startsWith(severity)))).toBe(true)
  })
})

/** `record`: changes before anything is derived; `later`: after it; `tamper`: to what was derived (`support/tampered.ts`). */
type DerivedCase = {
  title: string
  form?: Partial<Form>
  record?: Changes
  later?: Changes
  tamper?: Record<string, unknown>
  expect: string[]
}

const derivedFrom = ({ form, record, later, tamper }: DerivedCase) => {
  const person = changed(recordOf(form), record)
  const derived = derive(person, { now: NOW, sequence: 2, epoch: 1 })
  return { derived: tampered(derived, tamper), person: changed(person, later) }
}

describe.each(DERIVED_RULES)('$key: $title', ({ key, severity, check }) => {
  const all = cases<DerivedCase>(key)

  test.each(all)('$title', (one) => {
    const { derived, person } = derivedFrom(one)
    const issues = check(derived, person, NOW)
    expect(found(issues)).toEqual(one.expect)
    expect(issues.every((issue) => issue.key === key)).toBe(true)
    for (const { text } of issues) expect(text).toMatch(/\. Nothing was stored\. [A-Z].*\.$/s)
    if (issues.length > 0) expect(() => sound(derived, person, NOW)).toThrow(expect.objectContaining({ status: 500 }))
  })

  test('has cases that keep it and cases that break it, at its gravest too', () => {
    expect(all.some((one) => one.expect.length === 0)).toBe(true)
    expect(all.some((one) => one.expect.some((line) => line.startsWith(severity)))).toBe(true)
  })
})

test('where one is broken nothing is derived, so that nothing can be stored', () => {
  const two = recordOf({ recommendations: [{ about: 'cpr' }, { about: 'cpr', recommendation: 'recommended' }] })
  expect(() => derive(two, AT)).toThrow(
    expect.objectContaining({ status: 500, issues: [expect.objectContaining({ key: 'INV-4', severity: 'error' })] }),
  )
})

test('what is derived from any record keeps them', () => {
  fc.assert(
    fc.property(generated, (form) => {
      const { patient, resources } = resourcesOf(form, () => 'A text')
      const person = personRecord(patient, resources)
      expect(checkDerived(derive(person, AT), person, AT.now)).toEqual([])
    }),
    { numRuns: 300 },
  )
})

describe('all rules together', () => {
  test('a complete and signed plan breaks none', () => {
    expect(checkPerson(recordOf(), { before: undefined, now: NOW })).toEqual([])
  })

  test('a plan that did not change is not checked again, whatever the rules are now', () => {
    const incomplete = recordOf({ recommendations: [] })
    expect(checkPerson(incomplete, { before: incomplete, now: NOW })).toEqual([])
    expect(checkPerson(incomplete, { before: undefined, now: NOW }).map(({ key }) => key)).toContain('RSP-1')
  })

  test('a draft is not held to the rules of an active plan', () => {
    const draft = recordOf({ status: 'draft', recommendations: [], signatures: [], focus: [] })
    expect(checkPerson(draft, { before: undefined, now: NOW })).toEqual([])
  })

  test('every finding of every case comes at once from checkPerson, with a text that says what to do', () => {
    for (const { key } of PLAN_RULES) {
      for (const { form, set, expect: expected } of cases<PlanCase>(key)) {
        const issues = checkPerson(changed(recordOf(form), set), { before: undefined, now: NOW })
        const mine = issues.filter((issue) => issue.key === key)
        expect(found(mine)).toEqual(expected)
        for (const { text } of mine) expect(text).toMatch(/\. [A-Z].*\.$/s)
      }
    }
  })

  test('no two rules share a key, and there is a file of cases for each rule and no other', () => {
    const keys = RULE_TABLE.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(readdirSync(folder).sort()).toEqual(keys.map((key) => `${key}.json`).sort())
  })

  test('the numbers of a Patient are checked when it is new or changed, and not each time (INV-9)', () => {
    const wrong = changed(recordOf(), { 'Patient/person identifier[0].value': '0101500008' })
    const keys = (before?: typeof wrong) => checkPerson(wrong, { before, now: NOW }).map(({ key }) => key)
    expect(keys()).toEqual(['identifier-check-digit'])
    expect(keys(recordOf())).toEqual(['identifier-check-digit', 'person-identity'])
    expect(keys(wrong)).toEqual([])
  })

  test('a person whose nation cannot be told is refused before any rule that depends on it', () => {
    const person = changed(recordOf(), { 'Patient/person extension[0].valueCoding.code': 'GB' })
    expect(checkPerson(person, { before: undefined, now: NOW })).toMatchObject([{ key: 'jurisdiction-unknown' }])
  })
})
