import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { BASE } from '../../../src/definitions/base.ts'
import { isError } from '../../../src/fhir/outcome.ts'
import { createValidator } from '../../../src/validation/validator.ts'
import { JUDGED_SETS } from './sets.ts'

type Listed = Readonly<Record<string, Readonly<{ keys: readonly string[]; why: string }>>>

/** Longer ones are Bundles of all the definitions of a kind, which stand in the package one by one. */
const LARGEST = 2_000_000

describe('the official examples of R4 4.0.1, with all that R4 itself demands', () => {
  const all = JUDGED_SETS.find(({ name }) => name === 'official-examples')?.cases() ?? []
  const examples = all.filter(({ text }) => text.length < LARGEST)
  const trueErrors = JSON.parse(readFileSync(new URL('official-examples.json', import.meta.url), 'utf8')) as Listed

  test('all are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(712)
  })

  test('nothing is refused but true errors, each of which is listed with its reason', () => {
    const validator = createValidator(BASE)
    const found: Record<string, readonly string[]> = {}
    for (const { id, text } of examples) {
      const errors = validator.validate(JSON.parse(text)).findings.filter(isError)
      if (errors.length > 0) found[id] = [...new Set(errors.map(({ key }) => key))].sort()
    }
    const listed = Object.fromEntries(Object.entries(trueErrors).map(([id, { keys }]) => [id, keys]))
    expect(found).toEqual(listed)
    for (const { why } of Object.values(trueErrors)) expect(why.length).toBeGreaterThan(10)
  }, 300_000)
})
