/** One setting says whether no decision is a refusal (trust, section 2, 5): both ways, and what is stored goes with it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FhirResource } from 'fhir/r4.js'
import { EXTENSION, type SharingDecision, SYSTEM } from '../../src/plan/codes.ts'
import { database } from '../support/database.ts'
import { emergencyView, outcomeOf, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const own = await database()
let service: TestService
let gp: FhirRequest
let crew: FhirRequest

const serve = async (consent?: string): Promise<void> => {
  await service?.stop()
  service = await startService({
    database: own,
    environment: consent === undefined ? {} : { KEYPLAN_CONSENT: consent },
  })
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
}

const consent = (id: string, code: SharingDecision, more: object = {}): object => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: SYSTEM.consentScope, code: 'patient-privacy' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  extension: [{ url: EXTENSION.sharingDecision, valueCode: code }],
  patient: { reference: `Patient/${id}` },
  dateTime: '2026-01-01T00:00:00Z',
  policy: [{ uri: 'https://keyplan.example/fhir/policy/sharing' }],
  ...more,
})

const england = person('england')
/** Nothing is decided of the one, and the other has agreed. */
let silent: string
let agreed: string

beforeAll(async () => {
  await serve()
  silent = await register(gp, england)
  await submit(gp, silent, england.conversations[0])
  agreed = await register(gp, person('margaret'))
  expect((await gp('POST', '/Consent', consent(agreed, 'explicit-consent'))).status).toBe(201)
})

afterAll(async () => {
  await service.stop()
  await own.drop()
})

const statusFor = async (client: FhirRequest, id: string) => {
  const { status, body } = await client<FhirResource>('GET', `/Patient/${id}`)
  return status === 200 ? [200] : [status, ...issueKeys(body)]
}

describe('what no decision means', () => {
  test('opt-out, which is the default: no refusal, in direct care', async () => {
    expect(await statusFor(crew, silent)).toEqual([200])
    expect(await statusFor(crew, agreed)).toEqual([200])
    expect(outcomeOf(await emergencyView(crew, england))).toBe('current-plan')
  })

  test('opt-in: a refusal, of what was stored before as well, but for the custodian and of those who have agreed', async () => {
    await serve('opt-in')
    expect(await statusFor(crew, silent)).toEqual([403, 'sharing-withheld'])
    expect(await statusFor(gp, silent)).toEqual([200])
    expect(await statusFor(crew, agreed)).toEqual([200])
    expect(outcomeOf(await emergencyView(crew, england))).toBe('withheld')
    const seen = await crew<{ total: number }>('GET', '/Patient?_summary=count')
    expect(seen.body.total).toBe(1)
  })

  test('opt-in: who agrees is seen, until the agreement ends', async () => {
    expect((await gp('POST', '/Consent', consent(silent, 'no-objection'))).status).toBe(201)
    expect(await statusFor(crew, silent)).toEqual([403, 'sharing-withheld'])
    const ended = consent(agreed, 'explicit-consent', { provision: { period: { end: '2026-02-01' } } })
    // It decides nothing, so it must not take the place of one that does.
    expect((await gp('POST', '/Consent', ended)).status).toBe(422)
    expect(await statusFor(crew, agreed)).toEqual([200])
  })

  test('and back: what each nation has', async () => {
    await serve('opt-out')
    expect(await statusFor(crew, silent)).toEqual([200])
    expect(outcomeOf(await emergencyView(crew, england))).toBe('current-plan')
    const changes = await own.query(`select reason from audit_event where interaction = 'consent-regime' order by id`)
    expect(changes).toEqual([{ reason: 'opt-in' }, { reason: 'opt-out' }])
  })
})
