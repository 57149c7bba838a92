import { expect, test } from '@jest/globals'
import { validateResource } from '../../../src/validation/validate.ts'
import { createValidator } from '../../../src/validation/validator.ts'

const validator = createValidator()
const typed = (type: string): string => `http://hl7.org/fhir/StructureDefinition/${type}|4.0.1`

/** What is said of the one error of a Patient of whom this is told. */
const saidOf = (patient: object) => {
  const { findings } = validator.validate({ resourceType: 'Patient', ...patient })
  const errors = findings.filter(({ severity }) => severity === 'error')
  expect(errors).toHaveLength(1)
  const { value, expected, profile, rule, hint } = errors[0] ?? {}
  return { value, expected, profile, rule, hint }
}

test.each([
  ['a value of another type', { active: 'yes' }, '"yes"', 'true or false', 'Patient', undefined],
  ['a value of no form', { birthDate: '1941-13' }, '"1941-13"', /YYYY-MM-DD/, 'date', undefined],
  ['a code of none', { gender: 'mal' }, '"mal"', /ValueSet\/administrative-gender$/, 'Patient', undefined],
  ['one in place of several', { name: { family: 'Test' } }, '{"family":"Test"}', 'an array', 'Patient', undefined],
  ['several in place of one', { active: [true] }, '[true]', 'true or false', 'Patient', undefined],
  ['none', { name: [] }, '[]', '1 at least', 'Patient', undefined],
  ['one that is missing', { link: [{ type: 'seealso' }] }, '0', '1 to 1', 'Patient', undefined],
  [
    'a reference to another type',
    { managingOrganization: { reference: 'Patient/1' } },
    '"Patient/1"',
    'Organization',
    'Patient',
    undefined,
  ],
  ['an element of a datatype', { name: [{ use: 'daily' }] }, '"daily"', /ValueSet\/name-use$/, 'HumanName', undefined],
  ['a rule of its type', { contact: [{ gender: 'male' }] }, undefined, undefined, 'Patient', 'pat-1'],
  ['a rule of every element', { name: [{}] }, '{}', 'a value or content', 'Element', 'ele-1'],
])('%s: what was seen and expected, whose rule it is, how to mend it', (what, patient, value, expected, type, rule) => {
  const said = saidOf(patient)
  expect([said.value, said.profile, said.rule]).toEqual([value, typed(type), rule])
  if (expected instanceof RegExp) expect(said.expected).toMatch(expected)
  else expect(said.expected).toBe(expected)
  // A rule of the standard says what to do in its own words.
  if (what !== 'a rule of its type') expect(said.hint).toMatch(/\.$/)
})

test('an element that is unknown: where it stands, and what may be meant', () => {
  const { findings } = validator.validate({ resourceType: 'Patient', name: [{ famly: 'Test' }] })
  expect(findings.find(({ key }) => key === 'unknown-element')).toMatchObject({
    expression: 'Patient.name[0].famly',
    profile: typed('HumanName'),
    hint: 'Is "family" meant?',
  })
})

test('a write is refused in sentences, without what was sent', () => {
  const [issue, ...more] = validateResource({ resourceType: 'Patient', birthDate: '19410312-Margaret' })
  expect(more).toEqual([])
  expect(Object.keys(issue ?? {}).sort()).toEqual(['code', 'expression', 'key', 'severity', 'text'])
  expect(JSON.stringify(issue)).not.toContain('Margaret')
  expect(validateResource({ resourceType: 'Patient', gender: 'mal' })[0]?.text).toMatch(/^gender is .+ Use female, /)
})

test('what its profile does not allow either is told once', () => {
  const { findings } = validator.validate({
    resourceType: 'CarePlan',
    meta: { profile: ['https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan'] },
    replaces: [{ reference: 'Consent/1' }],
  })
  expect(findings.filter(({ key }) => key === 'reference-target').map(({ profile }) => profile)).toEqual([
    typed('CarePlan'),
  ])
})
