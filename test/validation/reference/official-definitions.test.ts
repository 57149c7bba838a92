import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { BASE } from '../../../src/definitions/base.ts'
import { isError } from '../../../src/fhir/outcome.ts'
import { createValidator } from '../../../src/validation/validator.ts'
import { DEFINES } from './sets.ts'

const PACKAGE = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
/** The hundred longer ones take as long as all the others together. */
const LARGEST = 150_000

type Listed = Readonly<Record<string, Readonly<{ why: string; files: readonly string[] }>>>

describe('the definitions of R4 4.0.1, as definitions', () => {
  const files = readdirSync(PACKAGE)
    .filter((name) => /^[A-Z].*\.json$/.test(name) && DEFINES.test(name))
    .sort()
  const trueErrors = JSON.parse(readFileSync(new URL('official-definitions.json', import.meta.url), 'utf8')) as Listed

  test('nothing is refused but true errors, each of which is listed with its reason', () => {
    const validator = createValidator(BASE)
    const found: Record<string, string[]> = {}
    let count = 0
    for (const name of files) {
      const text = readFileSync(new URL(name, PACKAGE), 'utf8')
      if (text.length > LARGEST) continue
      count++
      const errors = validator.validate(JSON.parse(text)).findings.filter(isError)
      for (const key of new Set(errors.map((error) => error.key))) {
        found[key] ??= []
        found[key].push(name.replace('.json', ''))
      }
    }
    expect(count).toBeGreaterThan(4_400)
    expect(found).toEqual(Object.fromEntries(Object.entries(trueErrors).map(([key, { files: all }]) => [key, all])))
    for (const { why } of Object.values(trueErrors)) expect(why.length).toBeGreaterThan(20)
  }, 300_000)
})
