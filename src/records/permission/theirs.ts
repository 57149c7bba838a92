import type { Consent, QuestionnaireResponse } from 'fhir/r4.js'
import { POLICY_VERSION } from '../../access/policy.ts'
import type { RequestContext } from '../../context.ts'
import type { Resource } from '../../fhir/resource.ts'
import { QUESTIONNAIRE } from '../../plan/codes.ts'
import { isOfThePerson } from '../../plan/members.ts'
import { refusal, type Subject } from './permission.ts'

/**
 * Who somebody is, is known to registries; what was decided for them, and what they refuse, is on record with those who decided and witnessed it. A form
 * about what matters to them is theirs to fill in, a ReSPECT form is not.
 */
const isTheirs = (resource: Resource): boolean => {
  switch (resource.resourceType) {
    case 'Patient':
      return false
    case 'Consent':
      return isOfThePerson(resource as Consent)
    case 'QuestionnaireResponse':
      return (resource as QuestionnaireResponse).questionnaire?.split('|')[0] === QUESTIONNAIRE.whatMatters
    default:
      return true
  }
}

/**
 * Why a patient, or who speaks for one, may not write a resource, or change it as it stands, by what it says; undefined where they may, and for all
 * other callers. By its type `decide` says so, with the same code.
 */
export const notTheirs = (
  { caller }: RequestContext,
  resource: () => Resource,
  subject: Subject,
  named: readonly string[],
) =>
  caller.kind !== 'person' || (caller.role !== 'patient' && caller.role !== 'proxy') || isTheirs(resource())
    ? undefined
    : refusal(
        {
          permitted: false,
          reason: 'kept-by-clinicians',
          breakGlass: false,
          hidden: false,
          policyVersion: POLICY_VERSION,
          consents: [],
        },
        subject,
        named,
      )
