import type { CarePlan, Provenance } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { SYSTEM } from '../codes.ts'
import { at } from '../expression.ts'
import { codeIn } from '../person.ts'
import { registrationFault } from '../registration.ts'
import { hasRegisteredSigner, hasSeniorSigner, isBlank, provenancesOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** A number that its register cannot have given names nobody who could be asked. One that is blank counts as none. */
const checkRegistrations = (provenance: Provenance): Issue[] =>
  provenance.agent.flatMap(({ type, who }, index) => {
    if (codeIn(type, SYSTEM.provenanceAgent) !== 'signer' || isBlank(who.identifier?.value)) return []
    const fault = registrationFault(who.identifier ?? {})
    return fault === undefined
      ? []
      : [
          issue(
            'RSP-10',
            at(provenance, `agent[${index}].who.identifier.value`),
            `${fault} Compare the number of the signer with the register.`,
            { code: 'value' },
          ),
        ]
  })

/** A plan holds without them, and yet somebody senior must answer for it: who reads it is told that nobody has yet. */
const checkEndorsement = (plan: CarePlan, signatures: readonly Provenance[]): Issue[] =>
  signatures.some(hasSeniorSigner)
    ? []
    : [
        issue(
          'RSP-10',
          at(plan, ''),
          'The senior responsible clinician has not signed. Have them endorse the plan within the time that is set locally: CarePlan/$sign with `seniorResponsible` true, or a signer with the role “Senior responsible clinician” and a registration number.',
          { severity: 'warning' },
        ),
      ]

/** RSP-10 (ReSPECT section 7). */
export const signedByAClinician: PlanRule = {
  key: 'RSP-10',
  title:
    'An emergency plan is signed by a registered clinician, with the time, and endorsed by the senior responsible one',
  severity: 'error',
  source: 'ReSPECT v3 section 7',
  plans: EMERGENCY,
  check: (plan, person) => {
    const signatures = provenancesOf(plan, person, 'signer')
    if (signatures.length === 0) {
      return [
        issue(
          'RSP-10',
          at(plan, ''),
          'The plan is not signed. Add a Provenance whose target is this plan, with an agent of type signer and `recorded`.',
        ),
      ]
    }
    const issues = [
      ...signatures
        .filter((provenance) => isBlank(provenance.recorded))
        .map((provenance) =>
          issue('RSP-10', at(provenance, 'recorded'), 'The signature has no time. Give Provenance.recorded.'),
        ),
      ...signatures.flatMap(checkRegistrations),
    ]
    if (signatures.some(hasRegisteredSigner)) return [...issues, ...checkEndorsement(plan, signatures)]
    return [
      ...issues,
      ...signatures.map((provenance) =>
        issue(
          'RSP-10',
          at(provenance, 'agent.who.identifier'),
          'No signer is named by a professional registration. Give the GMC, NMC, HCPC or GPhC number as agent.who.identifier of the signer.',
        ),
      ),
    ]
  },
}
