import type { Consent, ConsentProvision } from 'fhir/r4.js'
import { hasCoding } from '../fhir/identifier.ts'
import { type Issue, issue } from '../fhir/outcome.ts'
import { SYSTEM } from './codes.ts'
import { at } from './expression.ts'
import { sharingDecisionCode } from './jurisdiction.ts'
import { consentCategory, interventionOf, recommendationOf } from './person.ts'
import { listOf, VALUE_SET } from './value-sets.ts'

/**
 * What permit or deny a recommendation stands for: permit where recommended, deny where not recommended, undefined for all others
 * and without a recommendation. The only source of either; that a provision is there says nothing.
 */
export const derivedType = (consent: Consent): ConsentProvision['type'] => {
  const recommendation = recommendationOf(consent)
  if (recommendation === 'recommended') return 'permit'
  return recommendation === 'not-recommended' ? 'deny' : undefined
}

export const isNotForCpr = (consent: Consent): boolean =>
  interventionOf(consent) === 'cpr' && recommendationOf(consent) === 'not-recommended'

const DNR = { system: SYSTEM.consentCategoryHl7, code: 'dnr', display: 'Do Not Resuscitate' }

const withType = (provision: ConsentProvision, type: ConsentProvision['type']): ConsentProvision => {
  const { type: _authored, ...rest } = provision
  return type === undefined ? rest : { ...rest, type }
}

/** A Consent whose root provision alone says what it is about, as some guides write it: the same, nested once. */
const nest = (root: ConsentProvision): ConsentProvision => {
  const { type: _type, code, ...rest } = root
  if (root.provision !== undefined || code === undefined) return withType(root, undefined)
  return { ...rest, provision: [{ code }] }
}

const rootIssue = (consent: Consent): Issue[] =>
  consent.provision?.type === undefined
    ? []
    : [
        issue(
          'consent-root-type',
          at(consent, 'provision.type'),
          'R4 allows no type on the root provision of a Consent, so it was moved away. What it said follows from the coded decision of this Consent.',
          { severity: 'information', code: 'informational' },
        ),
      ]

/** Every permit or deny that the author wrote must be the one that follows from what the author decided. */
const contradictions = (consent: Consent, expected: ConsentProvision['type'], decision: string): Issue[] => {
  const stated: readonly (readonly [string, ConsentProvision['type']])[] = [
    ['provision.type', consent.provision?.type],
    ...(consent.provision?.provision ?? []).map(
      ({ type }, index) => [`provision.provision[${index}].type`, type] as const,
    ),
  ]
  return stated
    .filter(([, type]) => type !== undefined && type !== expected)
    .map(([path, type]) =>
      issue(
        'RSP-4',
        at(consent, path),
        `The provision says ${type}, but from ${decision} follows ${expected ?? 'neither permit nor deny'}. Correct one of the two, or leave the type out: it is derived.`,
      ),
    )
}

/**
 * A recommendation as it is stored: no type on the root provision (R4 forbids it there), the nested type derived from the authored
 * recommendation, the category dnr where CPR is not recommended. Issues: information `consent-root-type`, and the error RSP-4 where a
 * permit, a deny or a dnr that came in says something else than the recommendation; that is compared first, so nothing is lost
 * silently. Without a known recommendation nothing is derived, and any permit or deny is an error. Source: reference 4.4, RSP-4.
 */
export const normaliseRecommendation = (consent: Consent): { consent: Consent; issues: Issue[] } => {
  const recommendation = recommendationOf(consent)
  const known = VALUE_SET.recommendation.has(recommendation ?? '')
  const issues = [
    ...rootIssue(consent),
    ...contradictions(
      consent,
      derivedType(consent),
      known
        ? `the recommendation "${recommendation}"`
        : `a recommendation that is not one of ${listOf(VALUE_SET.recommendation)}`,
    ),
  ]
  const root = consent.provision === undefined ? undefined : nest(consent.provision)
  const [first, ...others] = root?.provision ?? []
  const provision =
    root === undefined || first === undefined
      ? root
      : {
          ...root,
          provision: [withType(first, derivedType(consent)), ...others.map((other) => withType(other, undefined))],
        }
  const normalised: Consent = provision === undefined ? consent : { ...consent, provision }

  const stated = consent.category.some((category) => hasCoding(category.coding, DNR.system, DNR.code))
  const derived = isNotForCpr(normalised)
  if (stated && !derived) {
    issues.push(
      issue(
        'RSP-4',
        at(consent, 'category'),
        'The category dnr says that CPR is not recommended, but this Consent does not. Leave the category out, or correct the recommendation.',
      ),
    )
  }
  return {
    consent: derived && !stated ? { ...normalised, category: [...consent.category, { coding: [DNR] }] } : normalised,
    issues,
  }
}

/** An advance refusal denies whatever it is about. */
const normaliseRefusal = (consent: Consent): { consent: Consent; issues: Issue[] } => {
  const issues = [...rootIssue(consent), ...contradictions(consent, 'deny', 'an advance refusal')]
  if (consent.provision === undefined) return { consent, issues }
  const root = nest(consent.provision)
  const provision = root.provision?.map((nested) => withType(nested, 'deny'))
  return { consent: { ...consent, provision: provision === undefined ? root : { ...root, provision } }, issues }
}

/** A proxy's powers keep their own types; the root's is handed down to those that have none. */
const normaliseOther = (consent: Consent): { consent: Consent; issues: Issue[] } => {
  const type = consent.provision?.type
  if (consent.provision === undefined || type === undefined) return { consent, issues: [] }
  const root = withType(consent.provision, undefined)
  const provision = root.provision?.map((nested) => withType(nested, nested.type ?? type))
  return {
    consent: { ...consent, provision: provision === undefined ? root : { ...root, provision } },
    issues: rootIssue(consent),
  }
}

const SHARING_TYPE: Readonly<Record<string, ConsentProvision['type']>> = {
  'no-objection': 'permit',
  'explicit-consent': 'permit',
  objection: 'deny',
  withdrawn: 'deny',
}

/** What a sharing decision says stands in its code; nested provisions are exceptions from it and may say the opposite. */
const normaliseSharing = (consent: Consent): { consent: Consent; issues: Issue[] } => {
  const type = consent.provision?.type
  const decision = sharingDecisionCode(consent) ?? ''
  if (type === undefined || consent.provision === undefined) return { consent, issues: [] }
  const issues =
    type === SHARING_TYPE[decision]
      ? rootIssue(consent)
      : [
          issue(
            'RSP-4',
            at(consent, 'provision.type'),
            `The provision says ${type}, but from the sharing decision follows ${SHARING_TYPE[decision] ?? 'neither permit nor deny'}. Correct one of the two, or leave the type out.`,
          ),
        ]
  return { consent: { ...consent, provision: withType(consent.provision, undefined) }, issues }
}

/** Any Consent as it is stored, by its category: see `normaliseRecommendation`. The input is not changed. */
export const normaliseConsent = (consent: Consent): { consent: Consent; issues: Issue[] } => {
  switch (consentCategory(consent)) {
    case 'emergency-recommendation':
      return normaliseRecommendation(consent)
    case 'advance-refusal':
      return normaliseRefusal(consent)
    case 'sharing-decision':
      return normaliseSharing(consent)
    default:
      return normaliseOther(consent)
  }
}
