import { expect, test } from '@jest/globals'
import { createVerifiedTokens, type Verified } from '../../src/auth/verified-tokens.ts'

const verified = (expiresAt: number): Verified => ({ expiresAt }) as Verified

test('a token is held until the moment it expires', () => {
  let now = 0
  const tokens = createVerifiedTokens(10, () => now)
  tokens.add('a', verified(300))
  now = 299
  expect(tokens.find('a')).toEqual(verified(300))
  now = 300
  expect(tokens.find('a')).toBeUndefined()
})

test('of more tokens than the limit, those that came last are held', () => {
  const tokens = createVerifiedTokens(3, () => 0)
  for (const name of ['a', 'b', 'c', 'd', 'e']) tokens.add(name, verified(300))
  expect(['a', 'b', 'c', 'd', 'e'].filter((name) => tokens.find(name) !== undefined)).toEqual(['c', 'd', 'e'])
})

test('a new token takes the place of expired ones, not of a good one', () => {
  let now = 0
  const tokens = createVerifiedTokens(3, () => now)
  tokens.add('expires soon', verified(100))
  tokens.add('expires soon too', verified(100))
  tokens.add('good', verified(300))
  now = 200
  tokens.add('new', verified(500))
  tokens.add('newer', verified(500))
  expect(['good', 'new', 'newer'].filter((name) => tokens.find(name) !== undefined)).toEqual(['good', 'new', 'newer'])
})

test('a removed token is held no more', () => {
  const tokens = createVerifiedTokens(3, () => 0)
  tokens.add('a', verified(300))
  tokens.remove('a')
  expect(tokens.find('a')).toBeUndefined()
})
