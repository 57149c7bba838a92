/** Who may see what (trust, section 2): the cases, and that each rule is needed. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { type Decision, decide, type Question } from '../../src/access/decide.ts'
import type { Facts } from '../../src/access/facts.ts'
import { POLICY } from '../../src/access/policy.ts'
import { RULES, type Rule } from '../../src/access/rules.ts'
import type { Caller } from '../../src/context.ts'
import { seesEverything } from '../../src/plan/summary/roles.ts'

type Case = Readonly<{
  rule: string
  does: string
  actor: string
  record: string
  purpose?: Question['purpose']
  act?: Question['act']
  breakGlass?: Readonly<{ patient: string; reason: string; until: string }>
  expect: Partial<Decision>
}>

const file: Readonly<{
  now: string
  actors: Readonly<Record<string, Caller>>
  records: Readonly<Record<string, Facts>>
  cases: readonly Case[]
}> = JSON.parse(readFileSync(new URL('decide.cases.json', import.meta.url), 'utf8'))

const decided = (one: Case, rules?: readonly Rule[]): Decision =>
  decide(
    {
      actor: file.actors[one.actor] as Caller,
      record: file.records[one.record] as Facts,
      purpose: one.purpose ?? 'care',
      act: one.act ?? 'read',
      now: new Date(file.now),
      breakGlass:
        one.breakGlass === undefined ? undefined : { ...one.breakGlass, until: new Date(one.breakGlass.until) },
    },
    rules,
  )

const isAsExpected = (one: Case, rules?: readonly Rule[]): boolean =>
  decided(one, rules).permitted === one.expect.permitted

const title = ({ rule, does, actor, record, purpose, act, breakGlass }: Case): string =>
  `${rule}: ${does} (${[actor, record, purpose, act, breakGlass && `glass of ${breakGlass.patient} until ${breakGlass.until}`].filter(Boolean).join(', ')})`

describe('decide', () => {
  test.each(file.cases.map((one) => [title(one), one] as const))('%s', (_, one) => {
    expect(file.actors[one.actor]).toBeDefined()
    expect(file.records[one.record]).toBeDefined()
    expect(decided(one)).toMatchObject(one.expect)
  })

  test('has a hundred cases and more, more of them denials than permits, none twice', () => {
    const denials = file.cases.filter((one) => one.expect.permitted === false)
    expect(file.cases.length).toBeGreaterThanOrEqual(100)
    expect(denials.length).toBeGreaterThan(file.cases.length / 2)
    expect(new Set(file.cases.map(title)).size).toBe(file.cases.length)
  })

  test('is the same decision whatever the order of the rules, but for the reason', () => {
    const wrong = file.cases.filter((one) => !isAsExpected(one, RULES.toReversed()))
    expect(wrong.map(title)).toEqual([])
  })
})

describe('each rule is needed: without it some case comes out otherwise', () => {
  test.each(RULES.map((rule) => [rule.code, rule] as const))('%s', (code, rule) => {
    const without = RULES.filter((other) => other !== rule)
    const other = file.cases.filter((one) => !isAsExpected(one, without))
    expect(other.map(({ rule: about }) => about)).toContain(code)
    expect(other.every((one) => one.expect.permitted === false)).toBe(true)
  })

  // Whoever may break the glass sees every part, for every purpose: of the first two nothing is left to open. A glass is of a person, and to read:
  // the others are about what is nobody's, about changes, and about roles that break none.
  const NEVER_MET = [
    'purpose-not-allowed',
    'withheld-from-role',
    'stored-document',
    'kept-by-systems',
    'hidden-by-person',
    'kept-by-clinicians',
  ]

  test('a role that may break the glass sees every part, for every purpose', () => {
    const roles = Object.values(POLICY).filter(({ breakGlass }) => breakGlass)
    expect(roles.every(({ part, purposes }) => part === 'all' && purposes.length === 4)).toBe(true)
  })

  const fixed = RULES.filter(({ code, breakable }) => !breakable && !NEVER_MET.includes(code))
  test.each(fixed.map((rule) => [rule.code, rule] as const))('%s: no glass opens it', (code, rule) => {
    const opened = RULES.map((other) => (other === rule ? { ...rule, breakable: true } : other))
    expect(file.cases.filter((one) => !isAsExpected(one, opened)).map(({ rule: about }) => about)).toContain(code)
  })

  test.each(RULES.filter(({ breakable }) => breakable).map((rule) => [rule.code, rule] as const))(
    '%s: a glass opens it',
    (code, rule) => {
      const shut = RULES.map((other) => (other === rule ? { ...rule, breakable: false } : other))
      expect(file.cases.filter((one) => !isAsExpected(one, shut)).map(({ rule: about }) => about)).toContain(code)
    },
  )
})

describe('docs/access.md', () => {
  const page = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8')

  test('has every rule and every role', () => {
    const names = ['role-unknown', ...RULES.map(({ code }) => code), ...Object.keys(POLICY)]
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })
})

describe('the table of roles', () => {
  test('has a case for each role, of a denial', () => {
    const denied = new Set(
      file.cases.flatMap((one) => {
        const actor = file.actors[one.actor] as Caller
        return one.expect.permitted === true || actor.kind === 'internal' ? [] : [actor.role]
      }),
    )
    expect(Object.keys(POLICY).filter((role) => !denied.has(role as keyof typeof POLICY))).toEqual([])
  })

  test('is that by which sections of a summary are chosen: who sees every section sees every type, and the other way round', () => {
    const isWhole = ({ part }: { part: string }): boolean => part === 'all'
    // What these see hangs on their registration, and on nothing: the service sends, and reads as itself.
    const roles = Object.entries(POLICY).filter(([role]) => role !== 'integrator' && role !== 'keyplan')
    expect(roles.filter(([role, policy]) => seesEverything(role) !== isWhole(policy)).map(([role]) => role)).toEqual([])
  })
})
