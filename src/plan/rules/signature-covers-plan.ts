import type { CarePlan, Provenance } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { embeddedSignature } from '../embedded-signature.ts'
import { at } from '../expression.ts'
import type { PersonRecord } from '../person.ts'
import { canonicalPlan } from '../signed-content.ts'
import { provenancesOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

const checkVersion = (provenance: Provenance, plan: CarePlan, stored: string | undefined): Issue[] =>
  provenance.target.flatMap((target, index) => {
    const version = /\/_history\/(.+)$/.exec(target.reference ?? '')?.[1]
    const isThisPlan = parseReference(target.reference)?.key === resourceKey(plan)
    if (!isThisPlan || version === undefined || version === stored) return []
    return [
      issue(
        'INV-1',
        at(provenance, `target[${index}]`),
        'The signature is for another version of the plan than the one that it would put into force. Read the plan again and sign what it says now.',
      ),
    ]
  })

const checkContent = (provenance: Provenance, plan: CarePlan, person: PersonRecord): Issue[] =>
  (provenance.signature ?? []).flatMap((signature, index) =>
    signature.data === undefined || embeddedSignature(signature, canonicalPlan(person, plan)) !== 'bad'
      ? []
      : [
          issue(
            'INV-1',
            at(provenance, `signature[${index}].data`),
            'The digital signature is not a good one of what the plan says. Read the plan with all that it is made of, and sign its canonical form as docs/signatures.md describes it; CarePlan/$sign takes it.',
          ),
        ],
  )

/**
 * INV-1. A signature names the plan by its id: what a signed plan says does not change (`plan-content-fixed`), so the id stands for
 * the content. One that names a FHIR version must name the one that was read when it was made: the version now stored. One with a digital
 * signature that brings its key must be over what the plan says; that of KeyPlan itself is made after the rules, and for readers to verify.
 */
export const signatureCoversPlan: PlanRule = {
  key: 'INV-1',
  title: 'The signature is for this version of the plan, and a digital one for its words',
  severity: 'error',
  source: 'Domain reference 9.2; RFC 7515 Appendix F',
  plans: EMERGENCY,
  check: (plan, person, { before }) => {
    const stored = before?.resources.get(resourceKey(plan))?.meta?.versionId
    return provenancesOf(plan, person, 'signer')
      .filter((provenance) => before?.resources.has(resourceKey(provenance)) !== true)
      .flatMap((provenance) => [...checkVersion(provenance, plan, stored), ...checkContent(provenance, plan, person)])
  },
}
