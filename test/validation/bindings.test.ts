import { expect, test } from '@jest/globals'
import { createValidator } from '../../src/validation/validator.ts'

test('a code that R4 and a profile bind to the same value set is told once, whatever extensions of the binding say of its name', () => {
  const { findings } = createValidator().validate({
    resourceType: 'CarePlan',
    meta: { profile: ['https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan'] },
    status: 'activ',
  })
  expect(findings.filter(({ expression }) => expression === 'CarePlan.status').map(({ key }) => key)).toEqual([
    'code-not-in-value-set',
  ])
})

test('the types of FHIRPath, by which every snapshot says what an id is, are not held against the value set of types', () => {
  const typeOf = (code: string) => ({
    resourceType: 'StructureDefinition',
    url: 'https://keyplan.example/test/StructureDefinition/one',
    name: 'One',
    status: 'draft',
    kind: 'logical',
    abstract: false,
    type: 'https://keyplan.example/test/StructureDefinition/one',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Element',
    derivation: 'specialization',
    differential: {
      element: [
        { id: 'One', path: 'One' },
        { id: 'One.part', path: 'One.part', min: 0, max: '1', type: [{ code }] },
      ],
    },
  })
  const keysAt = (code: string): readonly string[] =>
    createValidator()
      .validate(typeOf(code))
      .findings.filter(({ expression }) => expression?.endsWith('type[0].code') === true)
      .map(({ key }) => key)
  expect(keysAt('http://hl7.org/fhirpath/System.String')).toEqual([])
  expect(keysAt('https://keyplan.example/nothing')).toEqual(['code-not-in-value-set'])
})
