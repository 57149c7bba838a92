import { issue } from '../../fhir/outcome.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { at } from '../expression.ts'
import { provenancesOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/**
 * INV-1. A signature names the plan by its id: what a signed plan says does not change (`plan-content-fixed`), so the id stands for
 * the content. One that names a FHIR version must name the one that was read when it was made: the version now stored.
 */
export const signatureCoversPlan: PlanRule = {
  key: 'INV-1',
  title: 'The signature is for this version of the plan',
  severity: 'error',
  source: 'Domain reference 9.2',
  plans: EMERGENCY,
  check: (plan, person, { before }) => {
    const stored = before?.resources.get(resourceKey(plan))?.meta?.versionId
    return provenancesOf(plan, person, 'signer').flatMap((provenance) => {
      const isNew = before?.resources.has(resourceKey(provenance)) !== true
      return provenance.target.flatMap((target, index) => {
        const version = /\/_history\/(.+)$/.exec(target.reference ?? '')?.[1]
        const isThisPlan = parseReference(target.reference)?.key === resourceKey(plan)
        if (!isNew || !isThisPlan || version === undefined || version === stored) return []
        return [
          issue(
            'INV-1',
            at(provenance, `target[${index}]`),
            'The signature is for another version of the plan than the one that it would put into force. Read the plan again and sign what it says now.',
          ),
        ]
      })
    })
  },
}
