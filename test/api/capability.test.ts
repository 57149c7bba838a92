import { describe, expect, test } from '@jest/globals'
import { capabilityStatement, capabilityTexts } from '../../src/api/capability.ts'
import { loadPackage } from '../../src/definitions/package.ts'
import { COMPOSED, PUBLISHED, SERVED } from '../../src/definitions/served.ts'
import { isError } from '../../src/fhir/outcome.ts'
import { validateResource } from '../../src/validation/validate.ts'

const BASE = 'https://plans.example/fhir'
const NOW = new Date('2026-03-01T12:00:00Z')
const SIGN_IN = { token_endpoint: 'https://plans.example/auth/token' }
const statement = capabilityStatement(BASE, NOW, SIGN_IN)
const resources = statement.rest?.[0]?.resource ?? []

describe('the CapabilityStatement (capabilitystatement.html)', () => {
  test('has a line for each type that is served, and for no other', () => {
    expect(resources.map(({ type }) => type)).toEqual([...SERVED.map(({ type }) => type), ...PUBLISHED, ...COMPOSED])
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
    const all = resources.flatMap(({ type, operation = [] }) => operation.map((each) => ({ type, ...each })))
    const ofEveryType = ['validate', 'meta', 'meta-add', 'meta-delete']
    for (const { type } of SERVED)
      expect(all.filter((one) => one.type === type && ofEveryType.includes(one.name)).map(({ name }) => name)).toEqual(
        ofEveryType,
      )
    for (const { name, definition } of all.filter(({ name }) => ofEveryType.includes(name)))
      expect(definition).toBe(loadPackage().operationDefinition(name, 'Resource')?.url)
    expect(statement.rest?.[0]?.operation?.map(({ name }) => name)).toEqual(['validate', 'meta'])
    const operations = all.filter(({ name }) => !ofEveryType.includes(name))
    expect(operations.map(({ name }) => name).sort()).toEqual([
      'break-glass',
      'break-glass-report',
      'completeness',
      'confirm-review',
      'document',
      'emergency-view',
      'end-portal-restriction',
      'everything',
      'expand',
      'explain-access',
      'extract',
      'held-summaries',
      'key-information-summary',
      'lookup',
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
      'validate-code',
      'validate-code',
      'verify-current',
    ])
    for (const { name, type, definition } of operations)
      expect(definition).toBe(loadPackage().operationDefinition(name, type)?.url)
    const profiles = resources.flatMap(({ supportedProfile = [] }) => supportedProfile)
    expect(profiles).toContain('https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan')
  })

  test('says how callers sign in, as the SMART configuration of the moment has it', () => {
    const security = (more: object) => {
      const found = capabilityStatement(BASE, NOW, { ...SIGN_IN, ...more })
      expect(validateResource(found).filter(isError)).toEqual([])
      const { service = [], extension = [] } = found.rest?.[0]?.security ?? {}
      return {
        services: service.map(({ coding, text }) => [coding?.[0]?.code, text]),
        uris: extension[0]?.extension?.map(({ url, valueUri }) => [url, valueUri]),
      }
    }
    const systems = ['SMART-on-FHIR', 'SMART Backend Services']
    const token = ['token', SIGN_IN.token_endpoint]
    expect(security({})).toEqual({ services: [systems], uris: [token] })
    expect(security({ tls_client_certificate_bound_access_tokens: true })).toEqual({
      services: [systems, ['Certificates', expect.stringContaining('RFC 8705')]],
      uris: [token],
    })
    const authorize = 'https://plans.example/auth/authorize'
    expect(security({ authorization_endpoint: authorize })).toEqual({
      services: [['SMART-on-FHIR', 'SMART Backend Services and SMART App Launch']],
      uris: [token, ['authorize', authorize]],
    })
  })

  test('is computed again only when the base address changes', () => {
    const text = capabilityTexts(() => SIGN_IN)
    expect(text(BASE)).toBe(text(BASE))
    expect(text('http://localhost:1/fhir')).toContain('http://localhost:1/fhir')
  })
})
