import { describe, expect, test } from '@jest/globals'
import type { FhirResource, StructureDefinition } from 'fhir/r4.js'
import { BASE } from '../../src/definitions/base.ts'
import { definitionsOf, layered } from '../../src/definitions/definitions.ts'

const CORE = 'http://hl7.org/fhir/'
const OWN = 'https://keyplan.example/test/'

const profile = (name: string, version?: string): StructureDefinition => ({
  resourceType: 'StructureDefinition',
  url: OWN + name,
  ...(version === undefined ? {} : { version }),
  name,
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Patient',
})

describe('FHIR R4 and the package', () => {
  test.each([
    ['structure', `${CORE}StructureDefinition/Patient`],
    ['structure', `${CORE}StructureDefinition/Patient|4.0.1`],
    ['structure', `${CORE}StructureDefinition/patient-birthPlace`],
    ['structure', 'https://keyplan.example/fhir/StructureDefinition/plan-patient'],
    ['valueSet', `${CORE}ValueSet/administrative-gender`],
    ['valueSet', 'http://terminology.hl7.org/ValueSet/v3-NullFlavor|4.0.1'],
    ['codeSystem', `${CORE}administrative-gender`],
    ['questionnaire', 'https://keyplan.example/fhir/Questionnaire/respect-v3'],
  ] as const)('%s %s is known, and is the same object each time', (kind, canonical) => {
    const found = BASE[kind](canonical)
    expect(found?.url).toBe(canonical.split('|')[0])
    expect(BASE[kind](canonical)).toBe(found)
  })

  test.each([
    ['structure', `${CORE}StructureDefinition/Nothing`],
    ['structure', `${CORE}StructureDefinition/Patient|5.0.0`],
    ['valueSet', `${CORE}ValueSet/administrative-gender|3.0.1`],
    ['codeSystem', 'http://snomed.info/sct'],
    ['questionnaire', `${CORE}Questionnaire/nothing`],
  ] as const)('%s %s is not known', (kind, canonical) => {
    expect(BASE[kind](canonical)).toBeUndefined()
  })

  test('each type has a snapshot that begins with it', () => {
    for (const type of ['Patient', 'CarePlan', 'HumanName', 'Extension', 'Quantity', 'string', 'ImplementationGuide'])
      expect(BASE.structure(`${CORE}StructureDefinition/${type}`)?.snapshot?.element[0]?.path).toBe(type)
  })
})

describe('definitions at hand', () => {
  const older = profile('a', '1.2.3')
  const newer = profile('a', '1.2.4')
  const own = definitionsOf([older, newer, profile('b')])

  test('by address, the later of two', () => {
    expect(own.structure(`${OWN}a`)).toBe(newer)
    expect(own.structure(`${OWN}b`)?.name).toBe('b')
  })

  test('by version, whole or without its last number', () => {
    expect(own.structure(`${OWN}a|1.2.3`)).toBe(older)
    expect(own.structure(`${OWN}a|1.2`)).toBe(newer)
    expect(own.structure(`${OWN}a|1`)).toBeUndefined()
    expect(own.structure(`${OWN}a|1.3`)).toBeUndefined()
  })

  test('one type is not looked up as another', () => {
    expect(own.valueSet(`${OWN}a`)).toBeUndefined()
  })

  test('in layers, the first that knows an address answers', () => {
    const other = definitionsOf([profile('b', '2.0.0'), profile('c')])
    const both = layered(other, own)
    expect(both.structure(`${OWN}b`)?.version).toBe('2.0.0')
    expect(both.structure(`${OWN}a`)).toBe(newer)
    expect(both.structure(`${OWN}c`)?.name).toBe('c')
  })

  test('what guides demand of all resources of a type is gathered', () => {
    const guide = (name: string): FhirResource => ({
      resourceType: 'ImplementationGuide',
      url: OWN + name,
      name,
      status: 'active',
      packageId: 'test.guide',
      fhirVersion: ['4.0.1'],
      global: [{ type: 'Patient', profile: `${OWN}${name}-patient` }],
    })
    const both = layered(definitionsOf([guide('one')]), definitionsOf([guide('two')]), BASE)
    expect(both.globalProfiles?.('Patient')).toEqual([`${OWN}one-patient`, `${OWN}two-patient`])
    expect(both.globalProfiles?.('Goal')).toEqual([])
  })
})
