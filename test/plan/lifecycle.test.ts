import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CarePlan } from 'fhir/r4.js'
import { isError } from '../../src/fhir/outcome.ts'
import { type ResourceKey, resourceKey } from '../../src/fhir/resource.ts'
import { EXTENSION, type StateReason, SYSTEM } from '../../src/plan/codes.ts'
import { endPlan } from '../../src/plan/lifecycle.ts'
import { activePlan, codeIn, extension, type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { checkPerson } from '../../src/plan/rules/index.ts'
import { PATIENT, recordOf } from './support/form.ts'
import { changed } from './support/set.ts'
import { frozen } from './support/submission.ts'

const NOW = new Date('2024-06-01T12:00:00Z')

const complete = changed(
  recordOf({
    proxies: [{ authority: 'welfare-attorney', phone: '01632 960000' }],
    contacts: [{ phone: '01632 960001', involved: true }],
  }),
  {
    'Consent/sharing': {
      status: 'active',
      scope: {},
      category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
      patient: PATIENT,
      dateTime: '2024-05-01',
      extension: [{ url: EXTENSION.sharingDecision, valueCode: 'objection' }],
    },
    'CarePlan/plan supportingInfo[6]': { reference: 'Consent/sharing' },
  },
)
const plan = complete.resources.get('CarePlan/plan') as CarePlan

const end = (person: PersonRecord, code: StateReason) =>
  endPlan(frozen(person), person.resources.get('CarePlan/plan') as CarePlan, { code, text: 'In words', now: NOW })

const after = (person: PersonRecord, code: StateReason): PersonRecord =>
  personRecord(person.patient, [...person.resources.values(), ...end(person, code)])

describe('endPlan (model.md section 1)', () => {
  test.each([
    ['superseded', 'revoked'],
    ['withdrawn', 'revoked'],
    ['person-died', 'completed'],
    ['entered-in-error', 'entered-in-error'],
  ] as const)('%s: the plan becomes %s, with its reason in code and words and its end', (code, status) => {
    const [ended] = end(complete, code) as [CarePlan]
    expect(ended).toMatchObject({
      id: 'plan',
      status,
      period: { start: '2024-05-01', end: '2024-06-01T12:00:00.000Z' },
    })
    const reason = extension(ended, EXTENSION.stateReason)?.valueCodeableConcept
    expect([codeIn(reason, SYSTEM.stateReason), reason?.text]).toEqual([code, 'In words'])
  })

  test('what it is made of ends with it; contacts, observations, signatures and the sharing decision stay', () => {
    const status = Object.fromEntries(
      end(complete, 'withdrawn').map((resource) => [
        resourceKey(resource),
        'lifecycleStatus' in resource ? resource.lifecycleStatus : 'status' in resource ? resource.status : undefined,
      ]),
    )
    expect(status).toEqual({
      'CarePlan/plan': 'revoked',
      'Consent/cpr': 'inactive',
      'Consent/intensive-care': 'inactive',
      'Consent/proxy-0': 'inactive',
      'Goal/goal-0': 'cancelled',
      'Goal/goal-1': 'cancelled',
    })
  })

  test('what was entered in error says so everywhere, but for signatures and the sharing decision', () => {
    const ended = end(complete, 'entered-in-error')
    expect(ended.find(({ id }) => id === 'capacity-0')).toMatchObject({ status: 'entered-in-error' })
    expect(ended.find(({ id }) => id === 'contact-0')).toMatchObject({ active: false })
    expect(ended.map(resourceKey)).not.toContain('Provenance/signature-0')
    expect(ended.map(resourceKey)).not.toContain('Consent/sharing')
  })

  test('what had ended before stays as it ended', () => {
    const earlier = changed(complete, {
      'Goal/goal-0 lifecycleStatus': 'completed',
      'Consent/cpr status': 'entered-in-error',
    })
    const keys = end(earlier, 'withdrawn').map(resourceKey)
    expect(keys).not.toContain('Goal/goal-0')
    expect(keys).not.toContain('Consent/cpr')
  })

  test.each(['withdrawn', 'person-died', 'entered-in-error'] as const)('keeps the rules of a change: %s', (code) => {
    const record = after(complete, code)
    expect(checkPerson(record, { before: complete, now: NOW }).filter(isError)).toEqual([])
    expect(activePlan(record, 'emergency-care')).toBeUndefined()
  })

  test('what another active plan is made of too is never touched, whatever the two share', () => {
    const members = [...(plan.goal ?? []), ...(plan.supportingInfo ?? [])].filter(Boolean)
    fc.assert(
      fc.property(
        fc.subarray(members),
        fc.constantFrom<StateReason>('withdrawn', 'entered-in-error'),
        (shared, code) => {
          const both = changed(complete, {
            'CarePlan/own': {
              status: 'active',
              intent: 'plan',
              subject: PATIENT,
              category: [{ coding: [{ system: SYSTEM.planType, code: 'what-matters' }] }],
              supportingInfo: shared,
            },
          })
          const written = end(both, code).map(resourceKey)
          for (const { reference } of shared) expect(written).not.toContain(reference as ResourceKey)
          expect(written).toContain('CarePlan/plan')
        },
      ),
    )
  })
})
