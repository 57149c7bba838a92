import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { intersectScopes, mayInteract, parseScope, type Scope, type ScopeLetter } from '../../src/access/scopes.ts'

type Cases = {
  parse: { scope: string; is?: Scope; why?: string }[]
  may: { scopes: string[]; type: string; letter: ScopeLetter; is: boolean }[]
  intersect: { requested: string[]; registered: string[]; is: string[] }[]
}

const cases = JSON.parse(readFileSync(new URL('./scopes.cases.json', import.meta.url), 'utf8')) as Cases

describe('a SMART v2 scope of a system (SMART App Launch 2.2, scopes)', () => {
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
        fc.constantFrom('system/', 'user/', 'patient/', 'System/', ''),
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
          fc.pre(!/^system\/(\*|CarePlan)\.(?=.)c?r?u?d?s?$/.test(text))
          expect(mayInteract([text], 'CarePlan', letter)).toBe(false)
        },
      ),
    )
  })
})

describe('requested ∩ registered', () => {
  for (const { requested, registered, is } of cases.intersect) {
    test(`${requested.join(' ')} ∩ ${registered.join(' ')} = ${is.join(' ') || 'nothing'}`, () => {
      expect(intersectScopes(requested, registered)).toEqual(is)
    })
  }

  const letters = fc.constantFrom('c', 'r', 'u', 'd', 's', 'cr', 'rs', 'cruds', 'us', 'cud')
  const scope = fc
    .tuple(fc.constantFrom('*', 'CarePlan', 'Goal'), letters)
    .map(([type, some]) => `system/${type}.${some}`)
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
})
