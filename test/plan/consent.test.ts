import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CodeableConcept, Consent, ConsentProvision } from 'fhir/r4.js'
import { hasCoding } from '../../src/fhir/identifier.ts'
import { isError } from '../../src/fhir/outcome.ts'
import { EXTENSION, INTERVENTIONS, SNOMED, SYSTEM } from '../../src/plan/codes.ts'
import { normaliseConsent, normaliseRecommendation } from '../../src/plan/consent.ts'
import { recommendationOf } from '../../src/plan/person.ts'
import { VALUE_SET } from '../../src/plan/value-sets.ts'

type Case = {
  title: string
  category?: string
  recommendation?: string
  sharing?: string
  about?: string
  withDnr?: boolean
  provision?: ConsentProvision
  nested: (string | null)[]
  dnr?: boolean
  issues: string[]
}

const cases: Case[] = JSON.parse(readFileSync(new URL('consent.json', import.meta.url), 'utf8'))

const DNR: CodeableConcept = { coding: [{ system: SYSTEM.consentCategoryHl7, code: 'dnr' }] }
const hasDnr = (consent: Consent): boolean =>
  consent.category.some(({ coding }) => hasCoding(coding, SYSTEM.consentCategoryHl7, 'dnr'))

const consentOf = ({ category, recommendation, sharing, about, withDnr, provision }: Omit<Case, 'title'>): Consent => {
  const code = about === undefined ? undefined : [{ coding: [{ system: SNOMED, code: about }] }]
  const [first, ...others] = provision?.provision ?? []
  return {
    resourceType: 'Consent',
    status: 'active',
    scope: {},
    category: [
      { coding: [{ system: SYSTEM.consentCategory, code: category ?? 'emergency-recommendation' }] },
      ...(withDnr === true ? [DNR] : []),
    ],
    extension: [
      ...(recommendation === undefined ? [] : [{ url: EXTENSION.recommendation, valueCode: recommendation }]),
      ...(sharing === undefined ? [] : [{ url: EXTENSION.sharingDecision, valueCode: sharing }]),
    ],
    ...(provision === undefined
      ? {}
      : {
          provision:
            first === undefined || code === undefined
              ? provision
              : { ...provision, provision: [{ ...first, code }, ...others] },
        }),
  }
}

describe('normaliseConsent (reference 4.4, RSP-4)', () => {
  test.each(cases)('$title', ({ title: _title, nested, dnr, issues, ...given }) => {
    const consent = consentOf({ ...given, nested, issues })
    const found = normaliseConsent(consent)
    expect(found.issues.map(({ severity, key, expression }) => `${severity} ${key} ${expression}`)).toEqual(issues)
    expect(found.consent.provision?.type).toBeUndefined()
    expect((found.consent.provision?.provision ?? []).map(({ type }) => type ?? null)).toEqual(nested)
    expect(hasDnr(found.consent)).toBe(dnr ?? false)
  })
})

describe('laws of normaliseRecommendation', () => {
  const type = fc.constantFrom<ConsentProvision['type']>('permit', 'deny', undefined)
  const concept = fc.constantFrom(...INTERVENTIONS).map(({ system, code }) => ({ coding: [{ system, code }] }))
  const leaf = fc.record(
    { type, code: fc.array(concept, { maxLength: 2 }) },
    { requiredKeys: [] },
  ) as fc.Arbitrary<ConsentProvision>
  const provision = fc.record(
    { type, code: fc.array(concept, { maxLength: 1 }), provision: fc.array(leaf, { maxLength: 3 }) },
    { requiredKeys: [] },
  ) as fc.Arbitrary<ConsentProvision>
  const recommendation = fc.constantFrom(...VALUE_SET.recommendation, 'made-up', undefined)
  const consent = fc.record({ recommendation, provision, dnr: fc.boolean() }).map(
    ({ recommendation, provision, dnr }): Consent => ({
      resourceType: 'Consent',
      status: 'active',
      scope: {},
      category: [
        { coding: [{ system: SYSTEM.consentCategory, code: 'emergency-recommendation' }] },
        ...(dnr ? [DNR] : []),
      ],
      ...(recommendation === undefined
        ? {}
        : { extension: [{ url: EXTENSION.recommendation, valueCode: recommendation }] }),
      provision,
    }),
  )

  test('every permit or deny in the output follows from an authored recommendation', () => {
    fc.assert(
      fc.property(consent, (given) => {
        const { consent: out } = normaliseRecommendation(given)
        expect(out.provision?.type).toBeUndefined()
        for (const { type } of out.provision?.provision ?? []) {
          if (type !== undefined)
            expect(recommendationOf(given)).toBe(type === 'permit' ? 'recommended' : 'not-recommended')
        }
      }),
    )
  })

  test('no permit or deny that came in is lost without an error, unless the output says the same', () => {
    fc.assert(
      fc.property(consent, (given) => {
        const { consent: out, issues } = normaliseRecommendation(given)
        const stated = [given.provision, ...(given.provision?.provision ?? [])].map((one) => one?.type)
        const derived = { recommended: 'permit', 'not-recommended': 'deny' }[recommendationOf(given) as string]
        const contradicts = stated.some((one) => one !== undefined && one !== derived)
        if (contradicts) expect(issues.some(isError)).toBe(true)
        expect(recommendationOf(out)).toBe(recommendationOf(given))
      }),
    )
  })

  test('what is normal already stays, and nothing that was given is changed', () => {
    fc.assert(
      fc.property(consent, (given) => {
        const copy = structuredClone(given)
        const once = normaliseRecommendation(given)
        expect(given).toEqual(copy)
        if (once.issues.some(isError)) return
        expect(normaliseRecommendation(once.consent)).toEqual({ consent: once.consent, issues: [] })
      }),
    )
  })
})
