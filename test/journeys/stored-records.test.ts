import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { CarePlan, Consent, Extension, Patient, Provenance } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { cprOf, emergencyView, outcomeOf, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string
let plan: CarePlan
const margaret = person('margaret')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, margaret)
  plan = await submit(gp, patient, margaret.conversations[1])
})

afterAll(() => service.stop())

const update = async (change: (stored: Patient) => Patient) => {
  const { body } = await gp<Patient>('GET', `/Patient/${patient}`)
  return gp('PUT', `/Patient/${patient}`, change(body), { 'If-Match': `W/"${body.meta?.versionId}"` })
}

const another = { system: IDENTIFIER_SYSTEM.nhsNumber, value: '9990000018' }

describe('a Patient who has a plan (person-identity)', () => {
  test.each<[string, (stored: Patient) => Patient]>([
    ['gets the number of another person', (stored) => ({ ...stored, identifier: [another] })],
    [
      'gets another number and birth date at once',
      (stored) => ({ ...stored, identifier: [...(stored.identifier ?? []), another], birthDate: '1950-01-01' }),
    ],
    [
      'loses the only number to the past in the update that gives another',
      (stored) => ({
        ...stored,
        identifier: [...(stored.identifier ?? []).map((one) => ({ ...one, use: 'old' as const })), another],
      }),
    ],
  ])('is not made another: %s', async (_title, change) => {
    const { status, body } = await update(change)
    expect([409, 422]).toContain(status)
    expect(issueKeys(body)).toContain('person-identity')
    const answer = await emergencyView(crew, margaret)
    expect([outcomeOf(answer), cprOf(answer)]).toEqual(['current-plan', 'recommended'])
  })

  test('has a modifier extension that KeyPlan does not know: refused (modifier-unknown)', async () => {
    const { status, body } = await update((stored) => ({
      ...stored,
      modifierExtension: [{ url: 'http://example.org/not', valueBoolean: true }],
    }))
    expect([status, issueKeys(body)]).toEqual([422, ['modifier-unknown']])
  })
})

describe('a signature that is added to a plan in force', () => {
  const signature = (change: Partial<Provenance>, value = '9999999'): Provenance => ({
    resourceType: 'Provenance',
    target: [{ reference: `CarePlan/${plan.id}` }],
    recorded: new Date().toISOString(),
    agent: [
      {
        type: { coding: [{ system: SYSTEM.provenanceAgent, code: 'signer' }] },
        who: { identifier: { system: IDENTIFIER_SYSTEM.gmc, value }, display: 'A clinician' },
      },
    ],
    ...change,
  })

  test.each<[string, () => Provenance, string]>([
    ['of a number that the register does not give', () => signature({}, '12345'), 'RSP-10'],
    ['of tomorrow', () => signature({ recorded: new Date(Date.now() + 86_400_000).toISOString() }), 'INV-9'],
    [
      'of another version of the plan',
      () => signature({ target: [{ reference: `CarePlan/${plan.id}/_history/7` }] }),
      'INV-1',
    ],
  ])('is refused: %s', async (_title, made, key) => {
    const { status, body } = await gp('POST', '/Provenance', made())
    expect([status, issueKeys(body)]).toEqual([422, [key]])
  })
})

describe('a Consent by itself (consent-category)', () => {
  const decision = (category: string, extension: Extension[]): Consent => ({
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: SYSTEM.consentScope, code: 'patient-privacy' }] },
    category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-03-01',
    policy: [{ uri: 'https://keyplan.example/fhir/policy/sharing' }],
    extension,
  })

  test('an objection under a misspelt category is refused, and under the right one it holds', async () => {
    const objection: Extension[] = [{ url: EXTENSION.sharingDecision, valueCode: 'objection' }]
    const misspelt = await gp('POST', '/Consent', decision('sharing-decison', objection))
    expect([misspelt.status, issueKeys(misspelt.body)]).toEqual([400, ['consent-category']])
    expect(outcomeOf(await emergencyView(crew, margaret))).toBe('current-plan')
    expect((await gp('POST', '/Consent', decision('sharing-decision', objection))).status).toBe(201)
    expect(outcomeOf(await emergencyView(crew, margaret))).toBe('withheld')
  })
})
