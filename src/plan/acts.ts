import type { Coding, Identifier, Provenance, ProvenanceAgent, Reference, Signature } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../fhir/identifier.ts'
import { type PlanAct, PROFILE, type StateReason, SYSTEM } from './codes.ts'

/** The clinician who signs, confirms or ends a plan, as the signature names them. */
export type Clinician = Readonly<{
  who: Reference
  /** Grade or speciality, in words. */
  role: string | undefined
  seniorResponsible?: boolean
}>

/** The organisation whose system sent the request, and what it does in care; undefined for the service's own work. */
export type Sender = Readonly<{ organization: string; role: string }>

/** What someone did to a plan, to be recorded beside what it changed. */
export type Act = Readonly<{
  id: string
  act: PlanAct
  /** Literal reference to the version of the plan that the act is about. */
  target: string
  when: string
  clinician?: Clinician | undefined
  /** The part that the clinician took. */
  part?: 'signer' | 'reviewer' | 'decider'
  sender: Sender | undefined
  reason?: StateReason
  /** What the act was done with: the plan that takes the place of this one. */
  source?: string
}>

export const ACT_DISPLAY: Readonly<Record<PlanAct, string>> = {
  submit: 'Submitted',
  draft: 'Kept as a draft',
  sign: 'Signed',
  endorse: 'Endorsed',
  'confirm-review': 'Review confirmed',
  supersede: 'Replaced',
  revoke: 'Withdrawn',
  complete: 'Completed after death',
}

const PART_DISPLAY = {
  signer: 'Signer',
  reviewer: 'Reviewer',
  decider: 'Decision maker',
  recorder: 'Recorder',
} as const

const agentType = (code: keyof typeof PART_DISPLAY) => ({
  coding: [{ system: SYSTEM.provenanceAgent, code, display: PART_DISPLAY[code] }],
})

const organization = ({ organization: value }: Sender): Reference => ({
  type: 'Organization',
  identifier: { system: IDENTIFIER_SYSTEM.odsCode, value } satisfies Identifier,
})

export const SENIOR_RESPONSIBLE = 'Senior responsible clinician'

const agents = ({ clinician, part, sender }: Act): ProvenanceAgent[] => [
  ...(clinician === undefined || part === undefined
    ? []
    : [
        {
          type: agentType(part),
          role: [
            ...(clinician.role === undefined ? [] : [{ text: clinician.role }]),
            ...(clinician.seniorResponsible === true ? [{ text: SENIOR_RESPONSIBLE }] : []),
          ],
          who: clinician.who,
          ...(sender === undefined ? {} : { onBehalfOf: organization(sender) }),
        },
      ]),
  {
    type: agentType('recorder'),
    ...(sender === undefined
      ? { who: { display: 'KeyPlan' } }
      : { role: [{ text: sender.role }], who: organization(sender) }),
  },
]

/** The Provenance of an act: who, in which role, for which organisation, did what to which version of the plan, when. Not yet signed. */
export const actProvenance = (act: Act): Provenance => ({
  resourceType: 'Provenance',
  id: act.id,
  meta: { profile: [PROFILE.provenance] },
  target: [{ reference: act.target }],
  occurredDateTime: act.when,
  recorded: act.when,
  ...(act.reason === undefined ? {} : { reason: [{ coding: [{ system: SYSTEM.stateReason, code: act.reason }] }] }),
  activity: { coding: [{ system: SYSTEM.planAct, code: act.act, display: ACT_DISPLAY[act.act] }] },
  agent: agents(act).map(({ role, ...agent }) => (role?.length === 0 ? agent : { ...agent, ...(role && { role }) })),
  ...(act.source === undefined ? {} : { entity: [{ role: 'source', what: { reference: act.source } }] }),
})

/** ASTM E1762-95 (2013), as FHIR binds Signature.type. */
const SIGNATURE_SYSTEM = 'urn:iso-astm:E1762-95:2013'
const SIGNATURE_TYPE: Readonly<Record<'signer' | 'reviewer' | 'decider' | 'service', Coding>> = {
  signer: { system: SIGNATURE_SYSTEM, code: '1.2.840.10065.1.12.1.1', display: "Author's Signature" },
  reviewer: { system: SIGNATURE_SYSTEM, code: '1.2.840.10065.1.12.1.13', display: 'Review Signature' },
  decider: {
    system: SIGNATURE_SYSTEM,
    code: '1.2.840.10065.1.12.1.17',
    display: 'Administrative (Error/Edit) Signature',
  },
  service: { system: SIGNATURE_SYSTEM, code: '1.2.840.10065.1.12.1.14', display: 'Source Signature' },
}

/** A compact JWS as FHIR stores it: base64 of its characters. */
const signatureData = (jws: string) => ({
  targetFormat: 'application/json',
  sigFormat: 'application/jose',
  data: Buffer.from(jws, 'ascii').toString('base64'),
})

/**
 * The Provenance with its signatures: that of the clinician named in the act (with their own detached JWS over `canonicalPlan` where they
 * made one), and KeyPlan's over `canonicalAct`, which vouches for what was received, from whom and when.
 */
export const signedProvenance = (
  provenance: Provenance,
  { clinician, part, when }: Act,
  jws: Readonly<{ service: string | undefined; clinician: string | undefined; now: Date }>,
): Provenance => {
  const signatures: Signature[] = []
  if (clinician !== undefined && part !== undefined) {
    signatures.push({
      type: [SIGNATURE_TYPE[part]],
      when,
      who: clinician.who,
      ...(jws.clinician === undefined ? {} : signatureData(jws.clinician)),
    })
  }
  if (jws.service !== undefined) {
    signatures.push({
      type: [SIGNATURE_TYPE.service],
      when: jws.now.toISOString(),
      who: { type: 'Device', display: 'KeyPlan' },
      ...signatureData(jws.service),
    })
  }
  return signatures.length === 0 ? provenance : { ...provenance, signature: signatures }
}
