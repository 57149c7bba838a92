import type { Consent } from 'fhir/r4.js'
import { BASE, type ConsentCategory, PROFILE, SYSTEM } from '../codes.ts'
import type { Captured } from './entry.ts'

const KIND: Readonly<
  Record<
    Exclude<ConsentCategory, 'advance-refusal' | 'portal-restriction'>,
    Readonly<{ profile: string; scope: string }>
  >
> = {
  'emergency-recommendation': { profile: PROFILE.recommendation, scope: 'treatment' },
  'welfare-proxy': { profile: PROFILE.proxy, scope: 'treatment' },
  'sharing-decision': { profile: PROFILE.sharing, scope: 'patient-privacy' },
}

/** What every Consent is made with: R4 asks for a scope, a category, and a policy (invariant ppc-1). */
export const consent = (
  { subject, source }: Captured,
  category: keyof typeof KIND,
  dateTime: string | undefined,
): Consent => ({
  resourceType: 'Consent',
  meta: { profile: [KIND[category].profile] },
  status: 'active',
  scope: { coding: [{ system: SYSTEM.consentScope, code: KIND[category].scope }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }],
  patient: subject,
  dateTime,
  sourceReference: source,
  policy: [{ uri: `${BASE}/policy/${category}` }],
})
