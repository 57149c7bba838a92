import type { CarePlan, Provenance } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { EXTENSION, SYSTEM } from '../codes.ts'
import { isAfter, isFuture } from '../dates.ts'
import { at, atExtension } from '../expression.ts'
import { codeIn, extension, type PersonRecord } from '../person.ts'
import { aboutWhat, isBlank, provenancesOf, recommendationsOf } from './content.ts'
import { BOTH, type PlanRule } from './rule.ts'

const later = (a: string | undefined, b: string | undefined): string | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  return isAfter(a, b) ? a : b
}

/** The signatures of a plan that say when they were made; that one does not is RSP-10. */
const datedSignatures = (plan: CarePlan, person: PersonRecord): Provenance[] =>
  provenancesOf(plan, person, 'signer').filter(({ recorded }) => !isBlank(recorded))

/** Every time at which a signature says that it, or what it is about, took place. */
const timesOf = ({
  recorded,
  occurredDateTime,
  occurredPeriod,
  signature,
}: Provenance): [string, string | undefined][] => [
  ['recorded', recorded],
  ['occurredDateTime', occurredDateTime],
  ['occurredPeriod.start', occurredPeriod?.start],
  ['occurredPeriod.end', occurredPeriod?.end],
  ...(signature ?? []).map(({ when }, index): [string, string | undefined] => [`signature[${index}].when`, when]),
]

/** A part of INV-9: nobody has signed at a time that is yet to come. */
export const checkSignatureTimes = (plan: CarePlan, person: PersonRecord, now: Date): Issue[] =>
  provenancesOf(plan, person, 'signer').flatMap((provenance) =>
    timesOf(provenance)
      .filter(([, time]) => !isBlank(time) && isFuture(time as string, now))
      .map(([path]) => issue('INV-9', at(provenance, path), 'The signature lies in the future. Correct its time.')),
  )

const isEndorsement = ({ activity }: Provenance): boolean => codeIn(activity, SYSTEM.planAct) === 'endorse'

/** The last time at which the plan was signed to come into force, or undefined; an endorsement comes after that, and completes nothing. */
const lastSigned = (plan: CarePlan, person: PersonRecord): string | undefined =>
  datedSignatures(plan, person)
    .filter((provenance) => !isEndorsement(provenance))
    .reduce<string | undefined>((latest, { recorded }) => later(latest, recorded), undefined)

const checkDecisions = (plan: CarePlan, person: PersonRecord, signed: string | undefined, now: Date): Issue[] =>
  recommendationsOf(plan, person).flatMap((consent) => {
    const where = at(consent, 'dateTime')
    if (consent.dateTime === undefined) {
      return [
        issue('INV-9', where, `In ${aboutWhat(consent)} the date of the decision is missing. Give Consent.dateTime.`),
      ]
    }
    if (isFuture(consent.dateTime, now)) {
      return [issue('INV-9', where, `In ${aboutWhat(consent)} the decision lies in the future. Correct its date.`)]
    }
    if (signed !== undefined && isAfter(consent.dateTime, signed)) {
      return [
        issue(
          'INV-9',
          where,
          `In ${aboutWhat(consent)} the decision is dated after the plan was signed, so the signature cannot cover it. Correct the date, or sign again.`,
        ),
      ]
    }
    return []
  })

const checkReview = (
  resource: CarePlan | ReturnType<typeof recommendationsOf>[number],
  completed: string | undefined,
): Issue[] => {
  const review = extension(resource, EXTENSION.reviewDate)?.valueDate
  if (review === undefined || completed === undefined || isAfter(review, completed)) return []
  if (review.length < 10 && completed.startsWith(review)) return []
  return [
    issue(
      'INV-9',
      atExtension(resource, EXTENSION.reviewDate),
      'The review is due before or on the day on which the plan was completed. Give a later date.',
    ),
  ]
}

/** INV-9. */
export const datesInOrder: PlanRule = {
  key: 'INV-9',
  title: 'Decision, signature and now follow each other; a review comes after completion',
  severity: 'error',
  source: 'Domain reference 9.2',
  plans: BOTH,
  check: (plan, person, { now }) => {
    const signed = lastSigned(plan, person)
    const completed = later(plan.created, signed)
    const issues = [
      ...checkDecisions(plan, person, signed, now),
      ...checkSignatureTimes(plan, person, now),
      ...[plan, ...recommendationsOf(plan, person)].flatMap((resource) => checkReview(resource, completed)),
    ]
    if (plan.created !== undefined && isFuture(plan.created, now)) {
      issues.push(issue('INV-9', at(plan, 'created'), 'The plan was made in the future. Correct its date.'))
    }
    if (plan.status === 'active' && plan.period?.end !== undefined) {
      issues.push(
        issue(
          'INV-9',
          at(plan, 'period.end'),
          `An active plan has no end: it holds until it is replaced or withdrawn. Leave period.end out; for a date to look again use ${EXTENSION.reviewDate}.`,
        ),
      )
    }
    return issues
  },
}
