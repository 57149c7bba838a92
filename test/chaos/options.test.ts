import { expect, test } from '@jest/globals'
import { HELP, readOptions } from './options.ts'

test('options are read, and the time follows from the kills where it is not said', () => {
  const options = readOptions(['--kills', '50', '--seed', '7'])
  expect(options).toMatchObject({ kills: 50, seed: 7, minutes: 3, people: 500, verbose: false })
  expect(readOptions(['--minutes', '0.5'])?.minutes).toBe(0.5)
  expect(readOptions(['--kills', '0'])).toMatchObject({ kills: 0, minutes: 0 })
  expect(readOptions([])?.seed).toBeGreaterThan(0)
})

test('a short run is one of kills alone, and what is said beside it counts', () => {
  expect(readOptions(['--short', '--kills', '20'])).toMatchObject({
    kills: 20,
    minutes: 1,
    people: 40,
    backlog: 0,
    rounds: 0,
  })
})

test.each([
  ['--kills', 'many'],
  ['--kills', '1.5'],
  ['--kills', '-1'],
  ['--people', '1'],
  ['--unknown', '1'],
])('%s %s is refused', (name, value) => {
  expect(() => readOptions([name, value])).toThrow(name)
})

test('help names every option', () => {
  expect(readOptions(['--help'])).toBeUndefined()
  for (const name of ['kills', 'minutes', 'seed', 'people', 'backlog', 'rounds', 'verbose'])
    expect(HELP).toContain(`--${name}`)
})
