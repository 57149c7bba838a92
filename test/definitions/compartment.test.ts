import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import type { CompartmentDefinition } from 'fhir/r4.js'
import { PATIENT_COMPARTMENT } from '../../src/definitions/compartment.ts'
import { searchParametersOf } from '../../src/definitions/search-parameters.ts'
import { SERVED } from '../../src/definitions/served.ts'

test('the Patient compartment is that of R4, as far as its types are stored (compartmentdefinition-patient.html)', () => {
  const file = new URL('../../node_modules/hl7.fhir.r4.examples/CompartmentDefinition-patient.json', import.meta.url)
  const { resource = [] } = JSON.parse(readFileSync(file, 'utf8')) as CompartmentDefinition
  const served = new Set(SERVED.map(({ type }) => type))
  const standard = resource.flatMap(({ code, param }) =>
    param === undefined || !served.has(code) ? [] : [[code, param]],
  )
  expect(Object.entries(PATIENT_COMPARTMENT).sort()).toEqual(standard.sort())
})

test('each of its parameters can be searched by', () => {
  for (const [type, parameters] of Object.entries(PATIENT_COMPARTMENT)) {
    const known = searchParametersOf(type).map(({ code }) => code)
    expect([type, parameters.filter((parameter) => !known.includes(parameter))]).toEqual([type, []])
  }
})
