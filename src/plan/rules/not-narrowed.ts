import type { Consent, ConsentProvision } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import { consentCategory } from '../person.ts'
import { aboutWhat, consentsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** Elements by which R4 narrows a provision: to whom, for what, to which data. */
const NARROWING = ['actor', 'action', 'securityLabel', 'purpose', 'class', 'dataPeriod', 'data'] as const

const check = (consent: Consent, provision: ConsentProvision | undefined, path: string): Issue[] => {
  if (provision === undefined) return []
  return [
    ...NARROWING.filter((element) => provision[element] !== undefined).map((element) =>
      issue(
        'decision-narrowed',
        at(consent, `${path}.${element}`),
        `This limits ${consentCategory(consent) === 'advance-refusal' ? 'an advance refusal' : aboutWhat(consent)} in a way that no reader is shown. Say the limit in words, as its condition, and leave this element out.`,
      ),
    ),
    ...(provision.provision ?? []).flatMap((nested, index) => check(consent, nested, `${path}.provision[${index}]`)),
  ]
}

/** FHIR R4, Consent.provision: a provision holds only for its actors, actions, purposes and data. Summaries show none of them. */
export const notNarrowed: PlanRule = {
  key: 'decision-narrowed',
  title: 'A recommendation or refusal holds for everyone; its limits are said in words',
  severity: 'error',
  source: 'FHIR R4 Consent.provision; hazard H-05',
  plans: EMERGENCY,
  check: (plan, person) =>
    consentsOf(plan, person)
      .filter((consent) => ['emergency-recommendation', 'advance-refusal'].includes(consentCategory(consent) ?? ''))
      .flatMap((consent) => check(consent, consent.provision, 'provision')),
}
