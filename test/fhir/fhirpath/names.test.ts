/** Names that stand for nothing, told from the types alone (http://hl7.org/fhir/R4/fhirpath.html). */
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { R4_MODEL } from '../../../src/definitions/path-model.ts'
import { unknownNames } from '../../../src/fhir/fhirpath/names.ts'

type Case = Readonly<{ expression: string; on: readonly string[]; unknown: readonly string[] }>

const cases = JSON.parse(readFileSync(new URL('names.json', import.meta.url), 'utf8')) as readonly Case[]

test.each(cases)('$expression on $on', ({ expression, on, unknown }) => {
  const found = unknownNames(expression, R4_MODEL, on)
  expect(found.map(({ name, types }) => `${name} on ${types.join(', ')}`)).toEqual(unknown)
})
