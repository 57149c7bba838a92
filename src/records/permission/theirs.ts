import type { Consent } from 'fhir/r4.js'
import { POLICY_VERSION } from '../../access/policy.ts'
import type { RequestContext } from '../../context.ts'
import type { Resource } from '../../fhir/resource.ts'
import { isOfThePerson } from '../../plan/members.ts'
import { refusal, type Subject } from './permission.ts'

/** Who somebody is, is known to registries; what was decided for them, and what they refuse, is on record with those who decided and witnessed it. */
const isTheirs = (resource: Resource): boolean =>
  resource.resourceType !== 'Patient' && (resource.resourceType !== 'Consent' || isOfThePerson(resource as Consent))

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
