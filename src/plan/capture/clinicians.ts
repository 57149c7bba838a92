import type { ProvenanceAgent, Reference } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { SENIOR_RESPONSIBLE } from '../acts.ts'
import { PROFILE, SYSTEM } from '../codes.ts'
import { type Answers, dateTime, groups, text, yes } from './answers.ts'
import { type Captured, type Entry, entry } from './entry.ts'

const REGISTER: Readonly<Record<string, string>> = {
  GMC: IDENTIFIER_SYSTEM.gmc,
  NMC: IDENTIFIER_SYSTEM.nmc,
  HCPC: IDENTIFIER_SYSTEM.hcpc,
  GPhC: IDENTIFIER_SYSTEM.gphc,
}

/** A clinician by registration number, name, grade and speciality: a signature must not change when a directory does. */
const clinician = (answers: Answers): Reference => ({
  type: 'Practitioner',
  identifier: {
    system: REGISTER[text(answers, 'clinician.register') ?? ''],
    value: text(answers, 'clinician.registration'),
  },
  display: `${text(answers, 'clinician.name')}, ${text(answers, 'clinician.role')}`,
})

/** Who answers for the recommendations: the senior responsible clinician if one signed, else who is named first. */
export const responsible = ({ answers }: Captured): Reference | undefined => {
  const signers = groups(answers, 'clinician')
  const found = signers.find((signer) => yes(signer, 'clinician.senior') === true) ?? signers[0]
  return found === undefined ? undefined : clinician(found)
}

const agent = (signer: Answers): ProvenanceAgent => ({
  type: { coding: [{ system: SYSTEM.provenanceAgent, code: 'signer', display: 'Signer' }] },
  role: yes(signer, 'clinician.senior') === true ? [{ text: SENIOR_RESPONSIBLE }] : [],
  who: clinician(signer),
})

const moment = (signer: Answers): string => dateTime(signer, 'clinician.signed-at') ?? ''

/** When the last of the signers signed: from then on the plan is complete and signed. */
const completed = (signers: readonly Answers[]): string =>
  signers.map(moment).reduce((latest, next) => (Date.parse(next) > Date.parse(latest) ? next : latest))

/** The signatures of a plan, each with its own time (ReSPECT section 7). */
export const signatures = (captured: Captured, plan: Reference): Entry => {
  const signers = groups(captured.answers, 'clinician')
  return entry(captured.fullUrl('signatures'), {
    resourceType: 'Provenance',
    meta: { profile: [PROFILE.provenance] },
    target: [plan],
    recorded: completed(signers),
    agent: signers.map(agent),
    entity: [{ role: 'source', what: captured.source }],
    signature: signers.map((signer) => ({
      type: [{ system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.1', display: "Author's Signature" }],
      when: moment(signer),
      who: clinician(signer),
    })),
  })
}
