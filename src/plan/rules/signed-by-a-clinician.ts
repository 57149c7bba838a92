import { issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import { hasRegisteredSigner, isBlank, provenancesOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-10 (ReSPECT section 7). */
export const signedByAClinician: PlanRule = {
  key: 'RSP-10',
  title: 'An emergency plan is signed by a registered clinician, with the time',
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
    const issues = signatures
      .filter((provenance) => isBlank(provenance.recorded))
      .map((provenance) =>
        issue('RSP-10', at(provenance, 'recorded'), 'The signature has no time. Give Provenance.recorded.'),
      )
    if (!signatures.some(hasRegisteredSigner)) {
      issues.push(
        ...signatures.map((provenance) =>
          issue(
            'RSP-10',
            at(provenance, 'agent.who.identifier'),
            'No signer is named by a professional registration. Give the GMC, NMC, HCPC or GPhC number as agent.who.identifier of the signer.',
          ),
        ),
      )
    }
    return issues
  },
}
