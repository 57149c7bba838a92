import type { Consent, ParametersParameter } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import type { Issue } from '../../fhir/outcome.ts'
import { type ConsentCategory, CPR_FINDING, EXTENSION, INTERVENTIONS, SYSTEM } from '../codes.ts'
import { allNamed, firstNamed, textNamed, textsNamed } from '../emergency/answer.ts'
import { asItHolds } from '../in-force.ts'
import { jurisdictionOf, POLICY } from '../jurisdiction.ts'
import {
  activePlan,
  codeIn,
  consentCategory,
  contentOf,
  extension,
  extensions,
  interventionOf,
  type PersonRecord,
  recommendationOf,
} from '../person.ts'
import { VALUE_SET } from '../value-sets.ts'
import { capacitiesOf, capacityCode } from './content.ts'
import { type DerivedRule, mistake } from './rule.ts'

const plansOf = (person: PersonRecord) =>
  [activePlan(person, 'emergency-care'), activePlan(person, 'what-matters')].filter((plan) => plan !== undefined)

const consentsOf = (person: PersonRecord, category: ConsentCategory, now: Date): Consent[] => {
  const content = new Set(plansOf(person).flatMap((plan) => contentOf(person, plan)))
  return [...content].filter(
    (resource): resource is Consent =>
      resource.resourceType === 'Consent' &&
      resource.status === 'active' &&
      consentCategory(resource) === category &&
      asItHolds(resource, now) !== undefined,
  )
}

const finding = (name: string, text: string): Issue =>
  mistake('INV-4', `Parameters.parameter.where(name='${name}')`, text)

/** A code that nobody knows is shown as unknown, and never as a decision. */
const decided = (consent: Consent): string => {
  const code = recommendationOf(consent) ?? 'unknown'
  return VALUE_SET.recommendation.has(code) ? code : 'unknown'
}

const checkCpr = (shown: ParametersParameter | undefined, authored: readonly Consent[]): Issue[] => {
  if (shown === undefined) return [finding('cpr', 'The emergency answer is silent about CPR.')]
  const recommendation = textNamed(shown.part, 'recommendation')
  const recorded = firstNamed(shown.part, 'recorded')?.valueBoolean === true
  const code = firstNamed(shown.part, 'finding')?.valueCoding?.code
  const expected = (CPR_FINDING as Partial<Record<string, { code: string }>>)[recommendation ?? '']?.code
  const isAuthored =
    authored.length === 0
      ? !recorded && recommendation === 'unknown'
      : recorded && authored.every((consent) => decided(consent) === recommendation)
  return isAuthored && code === expected
    ? []
    : [finding('cpr', 'What the emergency answer says about CPR is not what the plan recommends.')]
}

const isAbout = (part: ParametersParameter, consent: Consent): boolean => {
  const coding = firstNamed(part.part, 'intervention')?.valueCoding
  const known = INTERVENTIONS.find(({ name }) => name === interventionOf(consent))
  const sameIntervention =
    known === undefined ? coding === undefined : coding !== undefined && hasCoding([coding], known.system, known.code)
  return sameIntervention && textNamed(part.part, 'recommendation') === decided(consent)
}

/** As many as are recorded are shown or counted, so that none is lost between the two. */
const checkCount = (name: string, shown: readonly ParametersParameter[], authored: number): Issue[] => {
  const more = shown.filter(({ part }) => firstNamed(part, 'more') !== undefined).length
  const whole = shown.length - more
  return whole > authored || (more === 0 && whole < authored)
    ? [finding(name, `The emergency answer holds ${whole} of this kind, but the plans have ${authored}.`)]
    : []
}

const checkRecommendations = (shown: readonly ParametersParameter[], authored: readonly Consent[]): Issue[] => [
  ...checkCount('recommendation', shown, authored.length),
  ...shown
    .filter(({ part }) => firstNamed(part, 'more') === undefined)
    .filter((part) => !authored.some((consent) => isAbout(part, consent)))
    .map(() => finding('recommendation', 'The emergency answer holds a recommendation that no plan makes.')),
]

/** Codes that the answer gives and no plan does. */
const checkCodes = (
  name: string,
  shown: readonly ParametersParameter[],
  element: string,
  authored: readonly (string | undefined)[],
): Issue[] =>
  shown
    .flatMap(({ part }) => textsNamed(part, element))
    .filter((code) => !authored.includes(code))
    .map(() => finding(name, `The emergency answer gives a code of ${element} that no plan has.`))

/**
 * INV-4. What a crew is told follows from what was authored, and nothing of it from something missing. Codes are checked, and how many there
 * are of what must not be lost; words are held to the record by tests on generated plans (`test/plan/safety.test.ts`).
 */
export const nothingInferred: DerivedRule = {
  key: 'INV-4',
  title: 'The emergency answer says what the plans in force say, no more and no less, and infers nothing',
  severity: 'error',
  source: 'Domain reference 9.2; hazards H-03 and H-04',
  check: ({ emergency: { outcome, answer } }, person, now) => {
    if (outcome !== 'current-plan') return []
    const shown = (name: string) => allNamed(answer.parameter, name)
    const recommendations = consentsOf(person, 'emergency-recommendation', now)
    const refusals = consentsOf(person, 'advance-refusal', now)
    const [cpr, others] = [
      recommendations.filter((consent) => interventionOf(consent) === 'cpr'),
      recommendations.filter((consent) => interventionOf(consent) !== 'cpr'),
    ]
    const plan = activePlan(person, 'emergency-care')
    const focus = extension(plan, EXTENSION.overallFocus)?.valueCodeableConcept
    return [
      ...checkCpr(shown('cpr')[0], cpr),
      ...checkRecommendations(shown('recommendation'), others),
      ...checkCount('refusal', shown('refusal'), refusals.length),
      ...checkCodes('refusal', shown('refusal'), 'legalForce', [POLICY[jurisdictionOf(person.patient)].refusal.force]),
      ...checkCodes('overall-focus', shown('overall-focus'), 'focus', [codeIn(focus, SYSTEM.overallFocus)]),
      ...checkCodes(
        'capacity',
        shown('capacity'),
        'capacity',
        plansOf(person).flatMap((one) => capacitiesOf(one, person).map(capacityCode)),
      ),
      ...checkCodes(
        'involvement',
        shown('involvement'),
        'basis',
        extensions(extension(plan, EXTENSION.involvement), 'basis').map(({ valueCode }) => valueCode),
      ),
      ...checkCodes(
        'proxy',
        shown('proxy'),
        'authority',
        consentsOf(person, 'welfare-proxy', now).map(
          (consent) => extension(consent, EXTENSION.proxyAuthority)?.valueCode,
        ),
      ),
    ]
  },
}
