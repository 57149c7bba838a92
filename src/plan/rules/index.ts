import type { CarePlan, Patient } from 'fhir/r4.js'
import type { Issue } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { checkPersonIdentifiers } from '../identifiers.ts'
import { checkJurisdiction, jurisdictionOf } from '../jurisdiction.ts'
import { membersOf } from '../members.ts'
import { ownRecord } from '../ownership.ts'
import { ofType, type PersonRecord, planType } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { codesAgree } from './codes-agree.ts'
import { conditionStated } from './condition-stated.ts'
import { confirmationChangesNothing } from './confirmation.ts'
import { provenancesOf } from './content.ts'
import { contentFixed } from './content-fixed.ts'
import { contentInForce } from './content-in-force.ts'
import { contentUnlabelled } from './content-unlabelled.ts'
import { cprDiscussed } from './cpr-discussed.ts'
import { checkSignatureTimes, datesInOrder } from './dates-in-order.ts'
import { DERIVED_RULES } from './derived.ts'
import { formAgrees } from './form-agrees.ts'
import { guidanceFitsCodes } from './guidance-fits-codes.ts'
import { involvementFitsAge } from './involvement-fits-age.ts'
import { involvementFitsCapacity } from './involvement-fits-capacity.ts'
import { involvementRecorded } from './involvement-recorded.ts'
import { knownCodes } from './known-codes.ts'
import { lackOfCapacityConsulted } from './lack-of-capacity-consulted.ts'
import { modifiedCprForAChild } from './modified-cpr-for-a-child.ts'
import { noModifierExtension } from './no-modifier-extension.ts'
import { notDecidedAlone } from './not-decided-alone.ts'
import { notNarrowed } from './not-narrowed.ts'
import { oneActivePlan } from './one-active-plan.ts'
import { oneCprRecommendation } from './one-cpr-recommendation.ts'
import { oneOverallFocus } from './one-overall-focus.ts'
import { oneRecommendationEach } from './one-recommendation-each.ts'
import { parentsInvolved } from './parents-involved.ts'
import { personIdentity } from './person-identity.ts'
import { planIdentity } from './plan-identity.ts'
import { planState } from './plan-state.ts'
import { planTypeKnown } from './plan-type.ts'
import { portalRestriction } from './portal-restriction.ts'
import { proxyAsStated } from './proxy-as-stated.ts'
import { proxyReachable } from './proxy-reachable.ts'
import { recommendationExplained } from './recommendation-explained.ts'
import { recommendationMisplaced } from './recommendation-misplaced.ts'
import { refusalAgrees } from './refusal-agrees.ts'
import type { Described, PlanRule, RecordRule, RuleContext } from './rule.ts'
import { samePerson } from './same-person.ts'
import { sharingDecision } from './sharing-decision.ts'
import { signatureCoversPlan } from './signature-covers-plan.ts'
import { signedByAClinician } from './signed-by-a-clinician.ts'
import { undisputedCodes } from './undisputed-codes.ts'
import { valuesAndFearsRecorded } from './values-and-fears-recorded.ts'

/** The rules that an active plan keeps, the most dangerous to break first. */
export const PLAN_RULES: readonly PlanRule[] = [
  oneCprRecommendation,
  recommendationMisplaced,
  codesAgree,
  notNarrowed,
  formAgrees,
  knownCodes,
  undisputedCodes,
  modifiedCprForAChild,
  oneRecommendationEach,
  conditionStated,
  recommendationExplained,
  lackOfCapacityConsulted,
  notDecidedAlone,
  signedByAClinician,
  signatureCoversPlan,
  datesInOrder,
  contentInForce,
  contentUnlabelled,
  oneOverallFocus,
  involvementRecorded,
  involvementFitsCapacity,
  involvementFitsAge,
  parentsInvolved,
  valuesAndFearsRecorded,
  refusalAgrees,
  cprDiscussed,
  guidanceFitsCodes,
  proxyReachable,
  proxyAsStated,
]

/** The rules about what may stand beside what in a person's record, and what may change. */
export const RECORD_RULES: readonly RecordRule[] = [
  personIdentity,
  noModifierExtension,
  oneActivePlan,
  planTypeKnown,
  planState,
  planIdentity,
  contentFixed,
  confirmationChangesNothing,
  sharingDecision,
  portalRestriction,
]

/** Every rule with its key, in words, the gravest that it reports, and its source: for documentation. */
export const RULE_TABLE: readonly Described[] = [...PLAN_RULES, samePerson, ...RECORD_RULES, ...DERIVED_RULES].map(
  ({ key, title, severity, source }) => ({ key, title, severity, source }),
)

const isUnchanged = (key: ReturnType<typeof resourceKey>, after: PersonRecord, before: PersonRecord | undefined) => {
  const [earlier, later] = [before?.resources.get(key), after.resources.get(key)]
  return earlier !== undefined && later !== undefined && sameContent(earlier, later)
}

const checkPlans = (after: PersonRecord, context: RuleContext): Issue[] =>
  ofType(after, 'CarePlan')
    .filter((plan) => plan.status === 'active')
    .flatMap((plan) =>
      [resourceKey(plan), ...membersOf(after, plan).keys()].some((key) => !isUnchanged(key, after, context.before))
        ? PLAN_RULES.filter(({ plans }) => plans.some((type) => type === planType(plan))).flatMap(({ check }) =>
            check(plan, after, context),
          )
        : checkLaterSignatures(plan, after, context),
    )

/** What a signature that comes after the plan, such as an endorsement, must keep by itself: the plan was checked when it came into force. */
const checkLaterSignatures = (plan: CarePlan, after: PersonRecord, context: RuleContext): Issue[] => {
  const isLater = provenancesOf(plan, after, 'signer').some(
    (one) => !isUnchanged(resourceKey(one), after, context.before),
  )
  if (!isLater) return []
  const rules = [signedByAClinician, signatureCoversPlan].filter(({ plans }) =>
    plans.some((type) => type === planType(plan)),
  )
  return [
    ...rules.flatMap(({ check }) => check(plan, after, context)),
    ...checkSignatureTimes(plan, after, context.now),
  ]
}

const isNewOrChanged = (patient: Patient, before: PersonRecord | undefined): boolean =>
  before === undefined || !sameContent(before.patient, patient)

/**
 * Everything that is wrong with a person's record as a change would leave it: the numbers and the nation of a Patient that is new or
 * changed, the rules of each active plan that is (`PLAN_RULES`), and what may stand beside what and may change at all (`RECORD_RULES`). `after` holds all that the new and changed
 * resources refer to; what it holds of another person is not decided from, and reported where something refers to it. The resources are
 * structurally valid R4. Errors end the change, RSP-14 and `plan-content-fixed` as a conflict; warnings and information go with it.
 */
export const checkPerson = (
  after: PersonRecord,
  context: Readonly<{ before: PersonRecord | undefined; now: Date }>,
): Issue[] => {
  const changedPatient = isNewOrChanged(after.patient, context.before)
  const identifiers = changedPatient ? checkPersonIdentifiers(after.patient) : []
  const unknownLaw = changedPatient ? checkJurisdiction(after.patient) : []
  if (unknownLaw.length > 0) return [...identifiers, ...unknownLaw]
  const before = context.before === undefined ? undefined : ownRecord(context.before)
  const rules: RuleContext = { before, now: context.now, jurisdiction: jurisdictionOf(after.patient) }
  const own = ownRecord(after)
  return [
    ...identifiers,
    ...checkPlans(own, rules),
    // The one rule that looks at what is not the person's own.
    ...samePerson.check(after, { ...rules, before: context.before }),
    ...RECORD_RULES.flatMap(({ check }) => check(own, rules)),
  ]
}
