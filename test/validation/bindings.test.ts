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
