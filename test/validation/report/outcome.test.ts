import { expect, test } from '@jest/globals'
import type { FhirResource, StructureDefinition, ValueSet } from 'fhir/r4.js'
import { BASE } from '../../../src/definitions/base.ts'
import { bringing } from '../../../src/definitions/brought.ts'
import { checkText } from '../../../src/validation/report/check.ts'
import { notesOf } from '../../../src/validation/report/outcome.ts'
import { createValidator } from '../../../src/validation/validator.ts'

const VALUE_SET = 'https://keyplan.example/test/ValueSet/ring'
const PROFILE = 'https://keyplan.example/test/StructureDefinition/ringed'

test('a value set that is there and cannot be listed is not said to be missing', () => {
  const ring: ValueSet = {
    resourceType: 'ValueSet',
    url: VALUE_SET,
    status: 'draft',
    compose: { include: [{ valueSet: [VALUE_SET] }] },
  }
  const ringed: StructureDefinition = {
    resourceType: 'StructureDefinition',
    url: PROFILE,
    name: 'Ringed',
    status: 'draft',
    kind: 'resource',
    abstract: false,
    type: 'Basic',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Basic',
    derivation: 'constraint',
    differential: {
      element: [{ id: 'Basic.code', path: 'Basic.code', binding: { strength: 'required', valueSet: VALUE_SET } }],
    },
  }
  const definitions: FhirResource[] = [ring, ringed]
  const report = checkText(
    createValidator(bringing(BASE, definitions).definitions),
    {
      text: '{"resourceType":"Basic","code":{"coding":[{"system":"https://keyplan.example/test/codes","code":"a"}]}}',
      format: 'json',
    },
    { profiles: [PROFILE] },
  )
  const notes = notesOf(report).map(({ text }) => text)
  expect(notes).toContainEqual(
    expect.stringMatching(
      new RegExp(`^Value sets that are not loaded, or whose codes cannot be listed here, .*${VALUE_SET}`),
    ),
  )
  expect(notes).toContainEqual(expect.stringMatching(/^Code systems that are not loaded, .*test\/codes/))
})
