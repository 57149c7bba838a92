/** From whom a person hides what was decided about CPR, and what tells it (domain model, section 6). */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Consent, Patient } from 'fhir/r4.js'
import { POLICY } from '../../src/access/policy.ts'
import { RULES, type Rule } from '../../src/access/rules.ts'
import { personRecord } from '../../src/plan/person.ts'
import { cprHiddenFrom } from '../../src/plan/portal-restriction.ts'
import { tellsOfCpr } from '../../src/plan/tells-of-cpr.ts'

type Case = Readonly<{ title: string; restrictions: readonly Omit<Consent, 'resourceType' | 'id'>[]; hidden: string[] }>

const CASES: readonly Case[] = JSON.parse(readFileSync(new URL('hidden.cases.json', import.meta.url), 'utf8'))
const patient: Patient = { resourceType: 'Patient', id: 'person' }

describe('from whom it is hidden', () => {
  test.each(CASES.map((one) => [one.title, one] as const))('%s', (_, { restrictions, hidden }) => {
    const consents = restrictions.map((one, index): Consent => ({ resourceType: 'Consent', id: `c${index}`, ...one }))
    expect(cprHiddenFrom(personRecord(patient, consents))).toEqual(hidden)
  })
})

describe('from whom it never is', () => {
  const rule = RULES.find(({ code }) => code === 'hidden-by-person') as Rule
  const others = Object.entries(POLICY).filter(([role]) => role !== 'patient' && role !== 'proxy')

  test.each(others)(
    '%s: nothing is asked of a record, of whatever kind the caller is, whatever is done and why',
    (role, policy) => {
      for (const kind of ['system', 'person'] as const)
        for (const purpose of ['care', 'emergency', 'administration', 'sharing'] as const)
          for (const act of ['read', 'change'] as const) {
            const user = { system: 'https://id.example', value: 'somebody' }
            const actor = {
              kind,
              role,
              user,
              clientId: 'app',
              organization: '',
              assurance: 'high',
              scopes: [],
            } as never
            expect(rule.allows({ actor, purpose, act, now: new Date() }, policy)).toBe(true)
          }
    },
  )

  test('a system is no reader at a portal, whatever it calls itself', () => {
    const actor = { kind: 'system', role: 'patient', clientId: 'app', organization: '', scopes: [] } as never
    expect(rule.allows({ actor, purpose: 'care', act: 'read', now: new Date() }, POLICY.patient)).toBe(true)
  })
})

describe('what tells it', () => {
  const examples = new URL('../../fixtures/examples/', import.meta.url)
  const example = (name: string): unknown => JSON.parse(readFileSync(new URL(name, examples), 'utf8'))
  const TELLING = [
    'Bundle-margaret-not-for-cpr.json',
    // By the id of the recommendation that it refers to, which says it here.
    'CarePlan-margaret-emergency-care.json',
    'Composition-margaret-emergency-care-february.json',
    'Composition-margaret-emergency-care.json',
    'Composition-margaret-key-information-summary.json',
    'Consent-margaret-not-for-cpr.json',
    'Consent-margaret-portal-restriction.json',
    'Consent-margaret-refusal-ventilator.json',
    'Flag-margaret-not-for-cpr.json',
    'QuestionnaireResponse-margaret-respect-form.json',
  ]

  test('of the examples, those that say it, may say it, or say that it is hidden', () => {
    expect(readdirSync(examples).filter((name) => tellsOfCpr(example(name)))).toEqual(TELLING)
  })

  test.each([
    'DNACPR in place',
    'not for Resuscitation',
    'No D.N.A.R. was agreed',
    'c.p.r. was discussed',
    'NFR',
    'she does not want her heart to be started again',
    'if it stops, do not start my heart',
    'allow a natural death',
    'no chest compressions',
    'peidio â cheisio adfywio',
    { code: '304253006' },
    { attachment: { data: 'JVBERi0xLjQK' } },
    { questionnaire: 'https://keyplan.example/fhir/Questionnaire/respect-v3|0.1.0' },
  ])('%j', (said) => expect(tellsOfCpr({ said })).toBe(true))

  test.each([
    'My cat, and my garden',
    'Infrequent headaches; heart failure',
    'Not for intensive care. Antibiotics at home.',
    { code: '40617009' },
    undefined,
  ])('not %j', (said) => expect(tellsOfCpr(said)).toBe(false))
})
