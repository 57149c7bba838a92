import type { FhirResource } from '../../fhir/resource.ts'
import type { DeriveAt } from '../derived.ts'
import { shownDigest } from '../edition.ts'
import type { KeyInformationSection } from '../key-information.ts'
import { capacityNarrative } from './capacity.ts'
import { contactsNarrative } from './contacts.ts'
import { shownMoment } from './dates.ts'
import { endedNarrative } from './ended.ts'
import { focusNarrative, understandingNarrative } from './focus.ts'
import { identityNarrative } from './identity.ts'
import { HOME_ACCESS_WITHHELD, keyInformationNarrative } from './key-information.ts'
import { element, type Markup, paragraph, strong } from './narrative.ts'
import { placesNarrative } from './places.ts'
import { plansNarrative, type ReadPlan } from './plans.ts'
import type { Reading } from './reading.ts'
import { cprNarrative, interventionsNarrative } from './recommendations.ts'
import { refusalsNarrative } from './refusals.ts'
import { refusalForce, sharingNarrative } from './sharing.ts'
import { wishesNarrative } from './wishes.ts'
import { NO_CPR_WORDING, PLAN_WORDING } from './wording.ts'

/** One section of the Key Information Summary. */
export type Section = Readonly<{
  /** Code of CodeSystem summary-section. */
  code: string
  title: string
  /** The resources that the section is made from. */
  entries: (reading: Reading) => readonly (FhirResource | undefined)[]
  /** What a reader sees; empty where nothing is recorded. */
  narrative: (reading: Reading, at: DeriveAt) => readonly Markup[]
  /** Said where nothing is recorded. */
  nothing: string
}>

const NOTHING = 'Nothing recorded. Infer nothing from this.'

/** How a reader of a copy finds out whether it is still current. */
export const verifyText = (at: DeriveAt): string =>
  `These are the plans in force on ${shownMoment(at.now)} (sequence ${at.sequence}, epoch ${at.epoch}). A copy with a higher sequence replaces this one. ` +
  'Before acting on an older copy or on paper, ask the emergency view or the GP practice for the newest and compare plan id and version.'

/** How each plan is named on paper, so that whoever holds the paper can ask whether it is still in force. */
export const editionsNarrative = (plans: readonly ReadPlan[]): Markup[] =>
  plans.flatMap(({ type, edition }) =>
    edition === undefined
      ? []
      : [
          paragraph([
            strong(PLAN_WORDING[type]),
            `: plan id ${edition.planId}, version ${edition.version}, check code `,
            element('span', shownDigest(edition.digest), 'check'),
            '.',
          ]),
        ],
  )

/** A section made of items of `KEY_INFORMATION`. */
const keyInformation = (code: KeyInformationSection, title: string, ...more: readonly Markup[]): Section => ({
  code,
  title,
  entries: ({ keyInformation }) => keyInformation[code].map(({ resource }) => resource),
  narrative: ({ keyInformation }) => [...keyInformationNarrative(code, keyInformation[code]), ...more],
  nothing: NOTHING,
})

/** The sections in the order in which they stand (model.md section 5, KIS and ePCS fields): what a crew needs first comes first. */
export const SECTIONS: readonly Section[] = [
  {
    code: 'identity',
    title: 'Person and sharing',
    entries: ({ person, sharing }) => [person.patient, ...sharing.decisions.map(({ consent }) => consent)],
    narrative: ({ identity, sharing }) => [...identityNarrative(identity), ...sharingNarrative(sharing)],
    nothing: NOTHING,
  },
  {
    code: 'cpr',
    title: 'Cardiopulmonary resuscitation (CPR)',
    entries: ({ cpr }) => [cpr?.consent],
    narrative: ({ cpr }) => (cpr === undefined ? [] : cprNarrative(cpr)),
    nothing: NO_CPR_WORDING,
  },
  {
    code: 'overall-focus',
    title: 'Overall focus of care',
    entries: ({ focus }) => [focus?.focus === undefined ? undefined : focus.plan],
    narrative: ({ focus }) => focusNarrative(focus),
    nothing: NOTHING,
  },
  {
    code: 'advance-refusals',
    title: 'Advance refusals of treatment',
    entries: ({ refusals }) => refusals.map(({ consent }) => consent),
    narrative: ({ refusals, ended, jurisdiction }) => [
      ...refusalsNarrative(refusals, refusalForce(jurisdiction)),
      ...endedNarrative(ended, 'advance-refusal'),
    ],
    nothing: NOTHING,
  },
  {
    code: 'interventions',
    title: 'Other treatments and admission',
    entries: ({ interventions }) => interventions.map(({ consent }) => consent),
    narrative: ({ interventions }) => interventionsNarrative(interventions),
    nothing: NOTHING,
  },
  {
    code: 'what-matters',
    title: 'What matters to me',
    entries: ({ wishes }) => wishes.map(({ goal }) => goal),
    narrative: ({ wishes }) => wishesNarrative(wishes),
    nothing: NOTHING,
  },
  {
    code: 'contacts',
    title: 'Contacts and legal proxy',
    entries: ({ contacts, proxies }) => [
      ...contacts.map(({ contact }) => contact),
      ...proxies.map(({ consent }) => consent),
    ],
    narrative: ({ contacts, proxies, ended }) => [
      ...contactsNarrative(contacts, proxies),
      ...endedNarrative(ended, 'welfare-proxy'),
    ],
    nothing: NOTHING,
  },
  keyInformation('medicines', 'Medicines and allergies'),
  keyInformation('home-care', 'Care and equipment at home', paragraph(HOME_ACCESS_WITHHELD, 'nothing')),
  keyInformation('out-of-hours', 'Out of hours'),
  {
    code: 'capacity',
    title: 'Capacity and involvement',
    entries: ({ capacity, involvement }) => [...capacity.map(({ observation }) => observation), involvement?.plan],
    narrative: ({ capacity, involvement }) => capacityNarrative(capacity, involvement),
    nothing: NOTHING,
  },
  {
    code: 'preferred-places',
    title: 'Preferred places',
    entries: ({ places }) => places.map(({ observation }) => observation),
    narrative: ({ places }) => placesNarrative(places),
    nothing: NOTHING,
  },
  {
    code: 'shared-understanding',
    title: 'Health and circumstances (special note)',
    entries: ({ focus }) => [
      focus?.sharedUnderstanding === undefined && focus?.notes.length === 0 ? undefined : focus?.plan,
    ],
    narrative: ({ focus }) => understandingNarrative(focus),
    nothing: NOTHING,
  },
  keyInformation('clinical', 'Diagnoses, function and awareness'),
  keyInformation('other-documents', 'Certificates, assessments and other plans'),
  {
    code: 'plans',
    title: 'Plans in force',
    entries: ({ plans }) => plans.map(({ plan }) => plan),
    narrative: ({ plans }) => plansNarrative(plans),
    nothing: NOTHING,
  },
  {
    code: 'verify',
    title: 'Is this still current?',
    entries: ({ plans }) => plans.map(({ plan }) => plan),
    narrative: ({ plans }, at) => [paragraph(verifyText(at)), ...editionsNarrative(plans)],
    nothing: NOTHING,
  },
]
