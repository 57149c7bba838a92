import type { Consent, Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, identifierValue } from '../fhir/identifier.ts'
import { type Issue, issue, problem } from '../fhir/outcome.ts'
import { EXTENSION, ISO_3166_2, type ProxyAuthority } from './codes.ts'
import type { Jurisdiction } from './derived.ts'
import { at } from './expression.ts'
import { consentCategory, extension, ofType, type PersonRecord } from './person.ts'

/** What law and national policy say where they differ between the four nations. */
export type Policy = Readonly<{
  name: string
  /** Below this age, in whole years, the rules for a child hold: ReSPECT 6C, modified CPR. */
  childUnder: 16 | 18
  /** `direct-care`: shared for direct care unless the person objects. `explicit-consent`: shared only once the person has agreed. */
  sharing: 'direct-care' | 'explicit-consent'
  /** Legal force of a refusal of treatment that the person made in advance. */
  refusal: Readonly<{ force: 'binding-if-valid-and-applicable' | 'persuasive'; law: string }>
  /**
   * RSP-12: how grave it is where CPR is newly not recommended, and neither with whom that was discussed nor why with nobody is recorded.
   * `error` where a court with force in this nation has held that there is a duty to consult before such a decision.
   */
  undiscussedCpr: Readonly<{ severity: 'error' | 'warning'; law: string }>
  /** The legal proxies that this nation's law knows and what they are called there; empty where none is coded yet. */
  proxies: Readonly<Partial<Record<ProxyAuthority, string>>>
}>

const UNDISCUSSED_CPR_ENGLAND_AND_WALES: Policy['undiscussedCpr'] = {
  severity: 'error',
  law: 'R (Tracey) v Cambridge University Hospitals NHS Foundation Trust [2014] EWCA Civ 822; Winspear v City Hospitals Sunderland NHS Foundation Trust [2015] EWHC 3250 (QB)',
}

/**
 * The policy of each nation. Ages: ReSPECT v3 section 6. Refusals and proxies: Adults with Incapacity (Scotland) Act 2000;
 * Mental Capacity Act 2005; for Northern Ireland the common law, to which the Mental Capacity Act (Northern Ireland) 2016
 * section 11 refers. CPR without discussion: the Court of Appeal (Tracey, with the person) and the High Court (Winspear, with those close to
 * a person who lacks capacity) for England and Wales; elsewhere policy asks for the discussion. Sharing: direct care, except Wales, whose national specification asks for specific and explicit consent.
 */
export const POLICY: Readonly<Record<Jurisdiction, Policy>> = {
  'GB-SCT': {
    name: 'Scotland',
    childUnder: 16,
    sharing: 'direct-care',
    refusal: { force: 'persuasive', law: 'Adults with Incapacity (Scotland) Act 2000' },
    undiscussedCpr: { severity: 'warning', law: 'NHSScotland DNACPR Integrated Adult Policy (2016)' },
    proxies: {
      'welfare-attorney': 'Welfare attorney',
      'welfare-guardian': 'Welfare guardian',
      intervener: 'Intervener',
    },
  },
  'GB-ENG': {
    name: 'England',
    childUnder: 18,
    sharing: 'direct-care',
    refusal: { force: 'binding-if-valid-and-applicable', law: 'Mental Capacity Act 2005' },
    undiscussedCpr: UNDISCUSSED_CPR_ENGLAND_AND_WALES,
    proxies: { 'lpa-health-welfare': 'Attorney for health and welfare', deputy: 'Court-appointed deputy' },
  },
  'GB-WLS': {
    name: 'Wales',
    childUnder: 18,
    sharing: 'explicit-consent',
    refusal: { force: 'binding-if-valid-and-applicable', law: 'Mental Capacity Act 2005' },
    undiscussedCpr: UNDISCUSSED_CPR_ENGLAND_AND_WALES,
    proxies: { 'lpa-health-welfare': 'Attorney for health and welfare', deputy: 'Court-appointed deputy' },
  },
  'GB-NIR': {
    name: 'Northern Ireland',
    childUnder: 18,
    sharing: 'direct-care',
    refusal: { force: 'binding-if-valid-and-applicable', law: 'common law' },
    undiscussedCpr: { severity: 'warning', law: 'policy of the services' },
    proxies: {},
  },
}

/** `opt-out`: what each nation's law and policy say. `opt-in`: a deployment that shares nothing, in any nation, before the person has agreed. */
export const CONSENT_REGIMES = ['opt-out', 'opt-in'] as const
export type ConsentRegime = (typeof CONSENT_REGIMES)[number]

let regime: ConsentRegime = 'opt-out'

/** Told when the database is opened, before anything is derived: one database has one regime (`installation.consent_regime`). */
export const useConsentRegime = (chosen: ConsentRegime): void => {
  regime = chosen
}

/** What sharing needs in this nation and this deployment. */
export const sharingPolicyOf = (jurisdiction: Jurisdiction): Policy['sharing'] =>
  regime === 'opt-in' ? 'explicit-consent' : POLICY[jurisdiction].sharing

const isJurisdiction = (code: string | undefined): code is Jurisdiction =>
  code !== undefined && Object.hasOwn(POLICY, code)

/** Which nation a person belongs to where their record does not say, by the identifier that the nation gives. */
const BY_IDENTIFIER: readonly (readonly [system: string, jurisdiction: Jurisdiction])[] = [
  [IDENTIFIER_SYSTEM.chi, 'GB-SCT'],
  [IDENTIFIER_SYSTEM.hcNumber, 'GB-NIR'],
  [IDENTIFIER_SYSTEM.nhsNumber, 'GB-ENG'],
]

const known = (patient: Patient): Jurisdiction | undefined => {
  const stated = extension(patient, EXTENSION.jurisdiction)
  if (stated === undefined) {
    const current = patient.identifier?.filter((identifier) => identifier.use !== 'old')
    return BY_IDENTIFIER.find(([system]) => identifierValue(current, system) !== undefined)?.[1]
  }
  const { system, code } = stated.valueCoding ?? {}
  return system === ISO_3166_2 && isJurisdiction(code) ? code : undefined
}

const unknownText = `It cannot be told which nation's law applies. Put GB-SCT, GB-ENG, GB-WLS or GB-NIR (system ${ISO_3166_2}) into the Patient's extension ${EXTENSION.jurisdiction}.`

/** An error with key `jurisdiction-unknown` where `jurisdictionOf` would fail. */
export const checkJurisdiction = (patient: Patient): Issue[] =>
  known(patient) === undefined
    ? [issue('jurisdiction-unknown', at(patient, `extension('${EXTENSION.jurisdiction}').value`), unknownText)]
    : []

/**
 * The nation whose law applies to a person: the Patient's jurisdiction extension; where that is absent, the nation whose
 * identifier the person now has (CHI: Scotland, H&C number: Northern Ireland, NHS number: England, in this order). People in Wales
 * have an NHS number too, so for them the extension is needed. Throws `unprocessable` with key `jurisdiction-unknown` where the
 * extension holds anything but the four codes, or neither it nor an identifier is there: no law is guessed.
 */
export const jurisdictionOf = (patient: Patient): Jurisdiction => {
  const jurisdiction = known(patient)
  if (jurisdiction !== undefined) return jurisdiction
  throw problem('unprocessable', 'jurisdiction-unknown', unknownText, {
    expression: `Patient.extension('${EXTENSION.jurisdiction}').value`,
  })
}

/** The active sharing decisions of a person, the latest `dateTime` first, whatever period they state (`sharing.ts` says which hold now). */
export const activeSharingDecisions = (person: PersonRecord): Consent[] =>
  ofType(person, 'Consent')
    .filter((consent) => consent.status === 'active' && consentCategory(consent) === 'sharing-decision')
    .sort((a, b) => moment(b) - moment(a))

const moment = (consent: Consent): number => {
  const time = Date.parse(consent.dateTime ?? '')
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

export const sharingDecisionCode = (consent: Consent): string | undefined =>
  extension(consent, EXTENSION.sharingDecision)?.valueCode
