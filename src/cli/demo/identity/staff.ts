import { IDENTIFIER_SYSTEM } from '../../../fhir/identifier.ts'

/** Somebody who can sign in at the demo's identity service. Nobody of this name exists. */
export type StaffMember = Readonly<{
  account: string
  name: string
  /** As the identity service of an organisation would call it; `MAPPING` says what it means to KeyPlan. */
  jobRole: string
  /** ODS code; empty of who acts for none. */
  organization: string
  /** CHI number, of somebody who signs in as a patient. */
  chi?: string
}>

export const STAFF: readonly [StaffMember, ...StaffMember[]] = [
  { account: 'ailsa', name: 'Dr Ailsa Synthetic', jobRole: 'general-practitioner', organization: 'ZZ901' },
  { account: 'rory', name: 'Rory Synthetic', jobRole: 'paramedic', organization: 'Z00002' },
  { account: 'nadia', name: 'Dr Nadia Synthetic', jobRole: 'out-of-hours-clinician', organization: 'Z00003' },
  { account: 'sian', name: 'Siân Synthetic', jobRole: 'palliative-nurse', organization: 'Z00004' },
  { account: 'margaret', name: 'Margaret Testperson', jobRole: 'patient', organization: '', chi: '1203411049' },
  { account: 'morag', name: 'Morag Synthetic', jobRole: 'privacy-officer', organization: 'ZZ901' },
]

/** How surely the demo's service knows its staff. */
export const ASSURED = 'urn:keyplan:demo:two-factors'

/** What its claims mean to KeyPlan: the part of a KEYPLAN_IDENTITY file that is the same wherever the demo runs. */
export const MAPPING = {
  scopes: ['openid', 'profile', 'work'],
  acrValues: [ASSURED],
  role: {
    claim: 'job_role',
    values: {
      'general-practitioner': 'gp-practice',
      paramedic: 'ambulance',
      'out-of-hours-clinician': 'out-of-hours',
      'palliative-nurse': 'hospital',
      'privacy-officer': 'privacy-officer',
      patient: 'patient',
    },
  },
  patient: { claim: 'chi_number', system: IDENTIFIER_SYSTEM.chi },
  organization: { claim: 'ods_code' },
  assurance: { claim: 'acr', values: { [ASSURED]: 'high' } },
} as const
