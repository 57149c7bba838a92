import { describe, expect, test } from '@jest/globals'
import { capabilityStatement, capabilityTexts } from '../../src/api/capability.ts'
import { loadPackage } from '../../src/definitions/package.ts'
import { PUBLISHED, SERVED } from '../../src/definitions/served.ts'
import { isError } from '../../src/fhir/outcome.ts'
import { validateResource } from '../../src/validation/validate.ts'

const BASE = 'https://plans.example/fhir'
const statement = capabilityStatement(BASE, new Date('2026-03-01T12:00:00Z'))
const resources = statement.rest?.[0]?.resource ?? []

describe('the CapabilityStatement (capabilitystatement.html)', () => {
  test('has a line for each type that is served, and for no other', () => {
    expect(resources.map(({ type }) => type)).toEqual([...SERVED.map(({ type }) => type), ...PUBLISHED])
  })

  test('has no error by the rules of R4', () => {
    expect(validateResource(statement).filter(isError)).toEqual([])
  })

  test('demands If-Match where the table does, and says so', () => {
    for (const { type, versioned } of SERVED) {
      const { versioning } = resources.find((resource) => resource.type === type) ?? {}
      expect(versioning).toBe(versioned === true ? 'versioned-update' : 'versioned')
    }
  })

  test('names the definition of each operation, and profiles that the package has', () => {
    const operations = resources.flatMap(({ type, operation = [] }) => operation.map((each) => ({ type, ...each })))
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'completeness',
      'confirm-review',
      'emergency-view',
      'everything',
      'extract',
      'held-summaries',
      'key-information-summary',
      'plan-conflicts',
      'populate',
      'respect-document',
      'review-due',
      'revoke',
      'sharing-acknowledgement',
      'sharing-health',
      'sharing-heartbeat',
      'sharing-status',
      'sharing-status',
      'sign',
      'submit',
      'timeline',
      'verify-current',
    ])
    for (const { name, type, definition } of operations)
      expect(definition).toBe(loadPackage().operationDefinition(name, type)?.url)
    const profiles = resources.flatMap(({ supportedProfile = [] }) => supportedProfile)
    expect(profiles).toContain('https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan')
  })

  test('is computed again only when the base address changes', () => {
    const text = capabilityTexts()
    expect(text(BASE)).toBe(text(BASE))
    expect(text('http://localhost:1/fhir')).toContain('http://localhost:1/fhir')
  })
})
