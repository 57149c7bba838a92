import { describe, expect, test } from '@jest/globals'
import { searchParametersOf } from '../../src/definitions/search-parameters.ts'
import { SERVED } from '../../src/definitions/served.ts'
import { searchRowsOf } from '../../src/definitions/tables.ts'

const NOT_OFFERED: Record<string, string[]> = {
  Patient: ['mothersMaidenName'],
  Observation: [
    'amino-acid-change',
    'combo-value-quantity',
    'component-value-quantity',
    'dna-variant',
    'gene-amino-acid-change',
    'gene-dnavariant',
    'gene-identifier',
    'value-quantity',
  ],
  QuestionnaireResponse: ['item-subject'],
  Bundle: ['composition', 'message'],
}

describe('Search parameters of the types that are served', () => {
  test.each(SERVED.map((served) => served.type))(
    '%s: all standard ones but those that are known not to be extracted',
    (type) => {
      const offered = new Set(searchParametersOf(type).map((parameter) => parameter.code))
      const missing = searchRowsOf(type)
        .map((row) => row.code)
        .filter((code) => !offered.has(code) && code !== '_id' && code !== '_lastUpdated')
      expect(missing.sort()).toEqual(NOT_OFFERED[type] ?? [])
      expect(offered.size).toBe(searchParametersOf(type).length)
    },
  )

  test('those of every resource are among them', () => {
    expect(searchParametersOf('Goal').map((parameter) => parameter.code)).toEqual(
      expect.arrayContaining(['_profile', '_security', '_source', '_tag']),
    )
  })

  test('a parameter says its type, definition and targets', () => {
    expect(searchParametersOf('Goal').find((parameter) => parameter.code === 'patient')).toMatchObject({
      type: 'reference',
      expression: 'Goal.subject.where(resolve() is Patient)',
      url: 'http://hl7.org/fhir/SearchParameter/clinical-patient',
    })
  })
})
