import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { Problem } from '../../src/fhir/outcome.ts'
import { scopeConditions } from '../../src/search/scope-query.ts'

const cases = JSON.parse(readFileSync(new URL('scope-query.cases.json', import.meta.url), 'utf8')) as {
  understood: [type: string, query: string][]
  refused: [type: string, query: string, says: string][]
}

const refusal = (type: string, query: string): Problem => {
  try {
    scopeConditions(type, query)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`${type}?${query} was not refused`)
}

describe('the query part of a scope (SMART App Launch 2.2, finer-grained resource constraints)', () => {
  test.each(cases.understood)('system/%s.rs?%s is understood, one condition for each parameter', (type, query) => {
    expect(scopeConditions(type, query)).toHaveLength(query.split('&').length)
  })

  test.each(cases.refused)('system/%s.rs?%s is refused: %s', (type, query, says) => {
    const { kind, message } = refusal(type, query)
    expect(kind).toBe('bad-request')
    expect(message).toContain(says)
  })

  test('is refused again when it is read again, and what is understood is the same each time', () => {
    expect(refusal('CarePlan', 'colour=blue').message).toBe(refusal('CarePlan', 'colour=blue').message)
    expect(scopeConditions('CarePlan', 'status=active')).toBe(scopeConditions('CarePlan', 'status=active'))
  })
})
