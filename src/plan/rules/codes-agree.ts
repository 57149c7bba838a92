import type { Consent, ConsentProvision } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { INTERVENTIONS, SYSTEM } from '../codes.ts'
import { derivedType, isNotForCpr } from '../consent.ts'
import { at } from '../expression.ts'
import { consentCategory } from '../person.ts'
import { aboutWhat, consentsOf, isBlank, recommendationsOf } from './content.ts'
import { BOTH, type PlanRule } from './rule.ts'
import { checkDirectives, checkFindings, checkProvisionCodings } from './stated-otherwise.ts'

/** Where permit or deny stands, it must be the one that follows from the recommendation; the root rule has none (R4, Consent.provision.type). */
const checkProvision = (consent: Consent): Issue[] => {
  const issues: Issue[] = []
  const root = consent.provision
  if (root?.type !== undefined) {
    issues.push(
      issue(
        'RSP-4',
        at(consent, 'provision.type'),
        `In ${aboutWhat(consent)} the root provision says ${root.type}; R4 allows no type there. Leave it out: permit or deny follows from the recommendation.`,
      ),
    )
  }
  if (root?.code !== undefined) {
    issues.push(
      issue(
        'RSP-4',
        at(consent, 'provision.code'),
        `In ${aboutWhat(consent)} the root provision has a code of its own beside the nested one. Leave it out: the nested provision says which intervention is meant.`,
      ),
    )
  }
  const nested = root?.provision ?? []
  if (nested.length !== 1 || nested[0]?.provision !== undefined) {
    issues.push(
      issue(
        'RSP-4',
        at(consent, 'provision.provision'),
        'A recommendation has exactly one nested provision, for one intervention, and none below it: what stands deeper is overlooked. Send one Consent for each intervention.',
      ),
    )
    return issues
  }
  const type = nested[0]?.type
  const expected = derivedType(consent)
  if (type !== expected) {
    issues.push(
      issue(
        'RSP-4',
        at(consent, 'provision.provision[0].type'),
        `In ${aboutWhat(consent)} the provision says ${type ?? 'nothing'}, but from the recommendation follows ${expected ?? 'neither permit nor deny'}. Correct the recommendation, or leave the type out.`,
      ),
    )
  }
  return issues
}

/** The category "do not resuscitate" follows from one recommendation only. */
const checkCategory = (consent: Consent): Issue[] => {
  const stated = consent.category.some((category) => hasCoding(category.coding, SYSTEM.consentCategoryHl7, 'dnr'))
  if (stated === isNotForCpr(consent)) return []
  return [
    issue(
      'RSP-4',
      at(consent, 'category'),
      stated
        ? `The category dnr says that CPR is not recommended, but ${aboutWhat(consent)} does not. Leave the category out, or correct the recommendation.`
        : 'CPR is not recommended, but the category dnr, by which other systems find it, is missing. Add it.',
    ),
  ]
}

/** Whether someone who reads a provision learns which treatment it is about. */
const namesTreatment = ({ code }: ConsentProvision): boolean =>
  code?.some(({ text, coding }) => !isBlank(text) || coding?.some(({ display }) => !isBlank(display))) === true ||
  INTERVENTIONS.some(({ system, code: known }) => code?.some(({ coding }) => hasCoding(coding, system, known)))

/** A refusal that permits something is no refusal, nor is one of which nobody can tell what is refused. */
const checkRefusal = (consent: Consent): Issue[] => {
  const provisions = consent.provision?.provision ?? []
  const denies = provisions.every(({ type, provision }) => type === 'deny' && provision === undefined)
  if (provisions.length === 0 || !denies) {
    return [
      issue(
        'RSP-4',
        at(consent, 'provision.provision'),
        'An advance refusal denies, and this one does not, or hides what it says. Give it one nested provision with type deny for each treatment refused, and none below it.',
      ),
    ]
  }
  return provisions.flatMap((provision, index) =>
    namesTreatment(provision)
      ? []
      : [
          issue(
            'RSP-4',
            at(consent, `provision.provision[${index}].code`),
            'This refusal does not say in words which treatment is refused. Give the text, or the display of the code.',
          ),
        ],
  )
}

/** RSP-4. Two ways of saying one thing must not say two things: the more so as a reader may know only one of them. */
export const codesAgree: PlanRule = {
  key: 'RSP-4',
  title: 'The recommendation, permit or deny, the category dnr and any doNotPerform agree',
  severity: 'error',
  source: 'FHIR R4 Consent.provision.type; domain reference 2.3 and 4.4',
  plans: BOTH,
  check: (plan, person) => {
    const recommendations = recommendationsOf(plan, person)
    return [
      ...recommendations.flatMap((consent) => [...checkProvision(consent), ...checkCategory(consent)]),
      ...consentsOf(plan, person)
        .filter((consent) => consentCategory(consent) === 'advance-refusal')
        .flatMap(checkRefusal),
      ...checkDirectives(plan, person, recommendations),
      ...checkFindings(plan, person, recommendations),
      ...checkProvisionCodings(recommendations),
    ]
  },
}
