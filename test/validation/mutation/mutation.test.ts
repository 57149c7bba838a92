import { expect, test } from '@jest/globals'
import { BASE } from '../../../src/definitions/base.ts'
import { createValidator } from '../../../src/validation/validator.ts'
import { verdictOf } from './mutants.ts'
import { population } from './population.ts'

test('of resources in which one rule is broken at least 98 % are refused, with a finding at the right element', () => {
  const { validator, examples, mutants } = population(8)
  expect(examples).toBeGreaterThan(60)
  expect(mutants.length).toBeGreaterThan(1_500)
  const wrong = mutants.filter((mutant) => verdictOf(validator, mutant) !== 'refused')
  const told = wrong.map(({ of, rule, expected }) => `${of}: ${rule}: ${expected}`)
  // All examples: node --import ./test/support/typescript.js test/validation/mutation/survivors.ts
  // All that are wrong are listed where there are too many: survivors.ts says what was found instead.
  expect(wrong.length > 0.02 * mutants.length ? told : []).toEqual([])
}, 240_000)

test('a resource in which nothing is broken survives, and a finding elsewhere is not one at the right element', () => {
  const validator = createValidator(BASE)
  const mutant = { of: '', rule: '', expected: 'Basic.created' }
  expect(verdictOf(validator, { ...mutant, resource: { resourceType: 'Basic', code: { text: 'x' } } })).toBe('survived')
  expect(verdictOf(validator, { ...mutant, resource: { resourceType: 'Basic' } })).toBe('misplaced')
})
