import { describe, expect, test } from '@jest/globals'
import { loadPackage } from '../../src/definitions/package.ts'
import { PROFILE, QUESTIONNAIRE } from '../../src/plan/codes.ts'

const ours = loadPackage()

describe('the FHIR package as it is read at runtime', () => {
  test('is opened once per process', () => {
    expect(loadPackage()).toBe(ours)
    expect(ours.resource('CodeSystem', 'recommendation')).toBe(ours.resource('CodeSystem', 'recommendation'))
  })

  test('a Questionnaire is found by its canonical address, with or without its version (references.html#canonical)', () => {
    for (const canonical of Object.values(QUESTIONNAIRE)) {
      const questionnaire = ours.questionnaire(canonical)
      expect(questionnaire?.url).toBe(canonical)
      expect(ours.questionnaire(`${canonical}|${questionnaire?.version}`)).toBe(questionnaire)
      expect(ours.questionnaire(`${canonical}|0.0.1-other`)).toBeUndefined()
    }
    expect(ours.questionnaire('https://keyplan.example/fhir/Questionnaire/other')).toBeUndefined()
  })

  test('a resource is found by type and id, and by both only', () => {
    expect(ours.resource('CodeSystem', 'plan-type')?.resourceType).toBe('CodeSystem')
    expect(ours.resource('ValueSet', 'plan-type')?.resourceType).toBe('ValueSet')
    expect(ours.resource('Patient', 'plan-type')).toBeUndefined()
  })

  test('profiles are listed with version and type, extensions are not', () => {
    const profiles = ours.profiles()
    expect(profiles).toContainEqual({ url: PROFILE.recommendation, version: '0.1.0', type: 'Consent' })
    expect(profiles.map(({ url }) => url).toSorted()).toEqual(Object.values(PROFILE).toSorted())
  })

  test('an OperationDefinition is found by its code', () => {
    expect(ours.operationDefinition('submit')).toMatchObject({ resource: ['CarePlan'], type: true, instance: false })
    expect(ours.operationDefinition('emergency-view')).toMatchObject({ resource: ['Patient'] })
    expect(ours.operationDefinition('no-such-operation')).toBeUndefined()
  })
})
