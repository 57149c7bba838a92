import { describe, expect, test } from '@jest/globals'
import { examples, invalidCases, validCases } from './cases.ts'
import { faultsOf, findingsIn } from './conformance.ts'

describe('by the validator', () => {
  test.each([...examples])('the worked example %s conforms to its profile', (_name, resource) => {
    expect(faultsOf(resource)).toEqual([])
  })

  test.each(validCases)('$profile: $title', ({ resource }) => {
    expect(faultsOf(resource)).toEqual([])
  })

  test.each(invalidCases)('not $profile: $title', ({ resource, issue }) => {
    const { expression, severity = 'error', ...named } = issue ?? {}
    expect(findingsIn(resource)).toContainEqual(expect.objectContaining({ ...named, severity, expression }))
  })
})
