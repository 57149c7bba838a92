import type { Consent, QuestionnaireResponse } from 'fhir/r4.js'
import { POLICY_VERSION, policyOf } from '../../access/policy.ts'
import type { Caller, RequestContext } from '../../context.ts'
import type { Resource } from '../../fhir/resource.ts'
import { QUESTIONNAIRE } from '../../plan/codes.ts'
import { isOfThePerson } from '../../plan/members.ts'
import { refusal, type Subject } from './permission.ts'

/**
 * What was decided for somebody, and what they refuse, is on record with those who decided and witnessed it. A form
 * about what matters to them is theirs to fill in, a ReSPECT form is not.
 */
const isTheirs = (resource: Resource): boolean => {
  switch (resource.resourceType) {
    case 'Consent':
      return isOfThePerson(resource as Consent)
    case 'QuestionnaireResponse':
      return (resource as QuestionnaireResponse).questionnaire?.split('|')[0] === QUESTIONNAIRE.whatMatters
    default:
      return true
  }
}

/** Of those whose types the policy limits, what a resource says decides besides. */
const mayWrite = (caller: Caller, resource: () => Resource, { type }: Subject): boolean => {
  if (caller.kind === 'internal') return true
  const policy = policyOf(caller)
  if (type === 'Patient') return policy?.changesPatient === true
  return policy?.changes === undefined || isTheirs(resource())
}

/**
 * Why a caller may not write a resource, or change it as it stands, by what it says; undefined where they may. Who somebody is (Patient) the policy
 * leaves to some roles: `decide` cannot say so, since to it Patient also stands for all that is changed of a person. The rest is of a patient, and of
 * who speaks for one; by its type `decide` says so, with the same code.
 */
export const notTheirs = (
  { caller }: RequestContext,
  resource: () => Resource,
  subject: Subject,
  named: readonly string[],
) =>
  mayWrite(caller, resource, subject)
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
