import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  covers,
  intersectScopes,
  mayInteract,
  parseScope,
  type Reach,
  reachOf,
  type Scope,
  type ScopeLetter,
  withinOf,
} from '../../src/access/scopes.ts'

type Cases = {
  parse: { scope: string; is?: Scope; why?: string }[]
  may: { scopes: string[]; type: string; letter: ScopeLetter; is: boolean }[]
  reach: { scopes: string[]; type: string; letter: ScopeLetter; is: Reach }[]
  intersect: { requested: string[]; registered: string[]; is: string[] }[]
}

const cases = JSON.parse(readFileSync(new URL('./scopes.cases.json', import.meta.url), 'utf8')) as Cases

describe('a SMART v2 scope (SMART App Launch 2.2, scopes)', () => {
  for (const { scope, is, why } of cases.parse) {
    test(`${JSON.stringify(scope)} ${is === undefined ? `is not one: ${why}` : 'is understood'}`, () => {
      expect(parseScope(scope)).toEqual(is)
    })
  }
})

describe('what scopes let a caller do', () => {
  for (const { scopes, type, letter, is } of cases.may) {
    test(`${scopes.join(' ') || 'no scope'}: ${is ? 'may' : 'may not'} ${letter} ${type}`, () => {
      expect(mayInteract(scopes, type, letter)).toBe(is)
    })
  }

  test('anything that is not a well-formed scope of the type grants nothing', () => {
    const nearly = fc
      .tuple(
        fc.constantFrom('system/', 'user/', 'patient/', 'launch/', 'System/', ''),
        fc.constantFrom('*', 'CarePlan', 'careplan', 'CarePlan ', ''),
        fc.constantFrom('.', ':', ''),
        fc.string({ unit: fc.constantFrom('c', 'r', 'u', 'd', 's', 'x', '*', '?', ' '), maxLength: 6 }),
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.oneof(nearly, fc.string()),
        fc.constantFrom<ScopeLetter>('c', 'r', 'u', 'd', 's'),
        (text, letter) => {
          fc.pre(!/^(system|user|patient)\/(\*|CarePlan)\.(?=.)c?r?u?d?s?$/.test(text))
          expect(mayInteract([text], 'CarePlan', letter)).toBe(false)
        },
      ),
    )
  })
})

describe('how far scopes reach', () => {
  for (const { scopes, type, letter, is } of cases.reach) {
    test(`${scopes.join(' ')}: ${letter} of ${type} reaches ${is}`, () => {
      expect(reachOf(scopes, type, letter)).toEqual(is)
    })
  }

  test('the types that are narrowed are told by letter, and undefined where there are none', () => {
    const scopes = ['system/*.c', 'system/Goal.rs?a=1', 'system/Goal.s', 'system/CarePlan.r?b=2']
    expect([...(withinOf(scopes, 'r') ?? [])]).toEqual([
      ['Goal', ['a=1']],
      ['CarePlan', ['b=2']],
    ])
    expect(withinOf(scopes, 's')).toBeUndefined()
    expect(withinOf(scopes, 'c')).toBeUndefined()
  })

  test('one reach covers another where it is known to let through all that the other does', () => {
    const reaches: Reach[] = ['all', 'none', ['a=1'], ['a=1', 'b=2'], ['b=2']]
    expect(reaches.map((reach) => reaches.map((other) => covers(reach, other)))).toEqual([
      [true, true, true, true, true],
      [false, true, false, false, false],
      [false, true, true, false, false],
      [false, true, true, true, true],
      [false, true, false, false, true],
    ])
  })
})

describe('requested ∩ registered', () => {
  for (const { requested, registered, is } of cases.intersect) {
    test(`${requested.join(' ')} ∩ ${registered.join(' ')} = ${is.join(' ') || 'nothing'}`, () => {
      expect(intersectScopes(requested, registered)).toEqual(is)
    })
  }

  const letters = fc.constantFrom('c', 'r', 'u', 'd', 's', 'cr', 'rs', 'cruds', 'us', 'cud')
  const query = fc.subarray(['a=1', 'b=2', 'c=3']).map((some) => (some.length === 0 ? '' : `?${some.join('&')}`))
  const scope = fc
    .tuple(fc.constantFrom('*', 'CarePlan', 'Goal'), letters, query)
    .map(([type, some, parameters]) => `system/${type}.${some}${type === '*' ? '' : parameters}`)
  const scopes = fc.array(scope, { maxLength: 4 })

  test('allows an interaction exactly where both lists allow it', () => {
    fc.assert(
      fc.property(scopes, scopes, (one, other) => {
        const both = intersectScopes(one, other)
        for (const type of ['CarePlan', 'Goal', 'Patient']) {
          for (const letter of ['c', 'r', 'u', 'd', 's'] as const) {
            expect(mayInteract(both, type, letter)).toBe(
              mayInteract(one, type, letter) && mayInteract(other, type, letter),
            )
          }
        }
      }),
    )
  })

  /** Whether a resource for which just these parameters hold is reached. */
  const reaches = (reach: Reach, holding: readonly string[]): boolean =>
    typeof reach === 'string'
      ? reach === 'all'
      : reach.some((one) => one.split('&').every((parameter) => holding.includes(parameter)))

  test('reaches a resource exactly where both lists do, whichever parameters hold of it', () => {
    fc.assert(
      fc.property(scopes, scopes, fc.subarray(['a=1', 'b=2', 'c=3']), (one, other, holding) => {
        const both = intersectScopes(one, other)
        for (const type of ['CarePlan', 'Goal', 'Patient']) {
          for (const letter of ['c', 'r', 'u', 'd', 's'] as const) {
            expect(reaches(reachOf(both, type, letter), holding)).toBe(
              reaches(reachOf(one, type, letter), holding) && reaches(reachOf(other, type, letter), holding),
            )
          }
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('comes to the same again, so that a token held against its registration keeps what it says', () => {
    fc.assert(
      fc.property(scopes, scopes, (one, other) => {
        const both = intersectScopes(one, other)
        expect(intersectScopes(both, other)).toEqual(both)
      }),
      { numRuns: 3_000 },
    )
  })
})
