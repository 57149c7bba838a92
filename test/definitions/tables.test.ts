import { describe, expect, test } from '@jest/globals'
import { SERVED } from '../../src/definitions/served.ts'
import {
  codesOf,
  elementsOf,
  isPrimitive,
  isResourceType,
  lineageOf,
  primitiveRegex,
  propertiesOf,
  propertiesOfElement,
} from '../../src/definitions/tables.ts'

describe('Element tables of R4', () => {
  test('elements of a type begin with those it inherits (CarePlan: careplan.html)', () => {
    expect(
      elementsOf('CarePlan')
        .map((element) => element.name)
        .slice(0, 10),
    ).toEqual([
      'id',
      'meta',
      'implicitRules',
      'language',
      'text',
      'contained',
      'extension',
      'modifierExtension',
      'identifier',
      'instantiatesCanonical',
    ])
    expect(
      elementsOf('CarePlan')
        .filter((element) => element.min === 1)
        .map((element) => element.name),
    ).toEqual(['status', 'intent', 'subject'])
    expect(elementsOf('CarePlan.activity').map((element) => element.name)).toEqual([
      'id',
      'extension',
      'modifierExtension',
      'outcomeCodeableConcept',
      'outcomeReference',
      'progress',
      'reference',
      'detail',
    ])
  })

  test('a choice has one property a type (observation.html)', () => {
    expect(propertiesOfElement('Observation', 'value').map((property) => property.property)).toEqual([
      'valueQuantity',
      'valueCodeableConcept',
      'valueString',
      'valueBoolean',
      'valueInteger',
      'valueRange',
      'valueRatio',
      'valueSampledData',
      'valueTime',
      'valueDateTime',
      'valuePeriod',
    ])
    expect(propertiesOf('Observation').get('valueTime')?.type.code).toBe('time')
    expect(propertiesOfElement('Observation', 'valueQuantity')).toEqual([])
  })

  test('reference targets, recursion and required codes are there', () => {
    expect(propertiesOf('CarePlan').get('subject')?.type.targets).toEqual(['Patient', 'Group'])
    expect(propertiesOf('QuestionnaireResponse.item').get('item')?.type.code).toBe('QuestionnaireResponse.item')
    expect(codesOf('http://hl7.org/fhir/ValueSet/request-status')).toEqual([
      'active',
      'completed',
      'draft',
      'entered-in-error',
      'on-hold',
      'revoked',
      'unknown',
    ])
    expect(codesOf('http://hl7.org/fhir/ValueSet/quantity-comparator')).toEqual(['<', '<=', '>', '>='])
  })

  test('ids of resources are ids; ids of elements are strings (datatypes.html#id, element.html)', () => {
    expect(propertiesOf('Goal').get('id')?.type.code).toBe('id')
    expect(propertiesOf('Period').get('id')?.type.code).toBe('string')
  })

  test.each(SERVED.map((served) => served.type))('%s has a table whose every type is known', (type) => {
    const seen = new Set<string>()
    const visit = (path: string): void => {
      if (seen.has(path) || path === 'Resource' || isPrimitive(path)) return
      seen.add(path)
      for (const element of elementsOf(path)) {
        expect(element.types.length).toBeGreaterThan(0)
        if (element.codes !== undefined) expect(codesOf(element.codes).length).toBeGreaterThan(0)
        for (const { code } of element.types) visit(code)
      }
    }
    visit(type)
    expect(lineageOf(type)).toContain('Resource')
    expect(seen.size).toBeGreaterThan(3)
  })

  test('names that R4 does not have are refused, also those that objects inherit', () => {
    for (const name of ['Gaol', 'constructor', '__proto__', 'Goal.constructor', '../datatypes', '']) {
      expect(isResourceType(name)).toBe(false)
      expect(() => elementsOf(name)).toThrow()
    }
    expect(() => codesOf('http://example.org/none')).toThrow('http://example.org/none')
    expect(() => primitiveRegex('Goal')).toThrow()
  })
})
