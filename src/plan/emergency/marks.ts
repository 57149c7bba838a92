import type { ParametersParameter } from 'fhir/r4.js'
import { INTERVENTIONS, type Intervention, type PlanType } from '../codes.ts'
import { dayOf, isChildOn } from '../dates.ts'
import type { DeriveAt } from '../derived.ts'
import { POLICY } from '../jurisdiction.ts'
import { contradictedByWords } from '../rules/guidance-fits-codes.ts'
import { contradictedByRefusals } from '../rules/refusal-agrees.ts'
import { shownDay } from '../summary/dates.ts'
import { endedText } from '../summary/ended.ts'
import { listed } from '../summary/plain-text.ts'
import type { ReadPlan } from '../summary/plans.ts'
import type { Reading } from '../summary/reading.ts'
import { PLAN_WORDING } from '../summary/wording.ts'
import { group } from './part.ts'

export type MarkCode = 'conflict' | 'transcribed' | 'review-overdue' | 'may-be-out-of-date'

/** Something to know before acting on a plan. It holds from the day `from` on; before that day it says nothing. */
export type Mark = Readonly<{
  code: MarkCode
  plan: PlanType
  from: string
  /** The interventions that a conflict is about, where it is known. */
  about?: readonly Intervention[]
  display: string
}>

/** After so many months without a signature or a confirmation, people are to look whether a plan is still what is wanted. */
const MONTHS_UNCONFIRMED = 12

/**
 * The marks of the plans in force. Those that time brings about stand here before their day has come, so that a stored answer stays right as time
 * passes: what is overdue is decided from `from` by whoever reads.
 */
export const marksOf = (reading: Reading, at: DeriveAt): Mark[] =>
  reading.plans.flatMap((plan) => [
    ...conflicts(reading, plan, at),
    ...transcribed(plan, at),
    ...reviewOverdue(reading, plan),
    ...mayBeOutOfDate(reading, plan, at),
    ...partlyOver(reading, plan, at),
  ])

const RANK: readonly MarkCode[] = ['conflict', 'transcribed', 'review-overdue', 'may-be-out-of-date']

/** One parameter a mark, the gravest first. */
export const marks = (reading: Reading, at: DeriveAt): ParametersParameter[] =>
  marksOf(reading, at)
    .toSorted((one, other) => RANK.indexOf(one.code) - RANK.indexOf(other.code))
    .map(({ code, plan, from, about = [], display }) =>
      group('mark', [
        { name: 'code', valueCode: code },
        { name: 'plan', valueCode: plan },
        { name: 'from', valueDate: from },
        ...about.map((intervention) => ({ name: 'about', valueCode: intervention })),
        { name: 'display', valueString: display },
      ]),
    )

const named = (interventions: readonly Intervention[]): string =>
  listed(INTERVENTIONS.filter(({ name }) => interventions.includes(name)).map(({ display }) => display))

/** Two sources in one plan that say otherwise: its words and its codes (RSP-13), an advance refusal and a recommendation. */
const conflicts = (
  { person, jurisdiction, now: holdsAt }: Reading,
  { plan, type }: ReadPlan,
  { now }: DeriveAt,
): Mark[] => {
  if (type !== 'emergency-care') return []
  const from = dayOf(now)
  const inWords = [...new Set(contradictedByWords(plan, person).flatMap(({ interventions }) => interventions))]
  const refused = [...new Set(contradictedByRefusals(plan, person, holdsAt).map(({ intervention }) => intervention))]
  const which =
    POLICY[jurisdiction].refusal.force === 'persuasive'
      ? 'The refusal must be taken into account.'
      : 'A refusal that is valid and applies here prevails.'
  return [
    ...(refused.length === 0
      ? []
      : [
          {
            code: 'conflict',
            plan: type,
            from,
            about: refused,
            display: `The person refused in advance what this plan recommends: ${named(refused)}. ${which}`,
          } as const,
        ]),
    ...(inWords.length === 0
      ? []
      : [
          {
            code: 'conflict',
            plan: type,
            from,
            about: inWords,
            display: `Words in this plan seem to say the opposite of its recommendation about: ${named(inWords)}. Read both, and ask who signed it if you can.`,
          } as const,
        ]),
  ]
}

const lastActOf = (
  { acts, madeOn }: ReadPlan,
  parts: readonly ReadPlan['acts'][number]['part'][],
): string | undefined =>
  acts
    .filter(({ part }) => parts.includes(part))
    .map(({ on }) => on)
    .sort()
    .at(-1) ?? madeOn

const isConfirmed = ({ acts }: ReadPlan): boolean => acts.some(({ part }) => part === 'reviewer')

/** Copied from paper, until a clinician has confirmed the copy. */
const transcribed = (plan: ReadPlan, { now }: DeriveAt): Mark[] => {
  if (!plan.transcribed || isConfirmed(plan)) return []
  return [
    {
      code: 'transcribed',
      plan: plan.type,
      from: wholeDay(lastActOf(plan, ['transcriber'])) ?? dayOf(now),
      display: `${PLAN_WORDING[plan.type]}: copied from a paper form, and no clinician has confirmed the copy yet. The paper form is the original: look for it.`,
    },
  ]
}

const reviewOverdue = ({ cpr }: Reading, { type, reviewDate }: ReadPlan): Mark[] => {
  const due: readonly (readonly [what: string, day: string | undefined])[] = [
    [PLAN_WORDING[type], wholeDay(reviewDate)],
    ['CPR recommendation', type === 'emergency-care' ? wholeDay(cpr?.reviewDate) : undefined],
  ]
  const seen = new Set<string>()
  return due.flatMap(([what, day]): Mark[] => {
    if (day === undefined || seen.has(day)) return []
    seen.add(day)
    return [
      {
        code: 'review-overdue',
        plan: type,
        from: later(day, { days: 1 }),
        display: `${what}: to be reviewed by ${shownDay(day)}. It stays in force until it is changed: check that it still holds.`,
      },
    ]
  })
}

const mayBeOutOfDate = ({ person, jurisdiction, cpr }: Reading, plan: ReadPlan, { now }: DeriveAt): Mark[] => {
  const confirmed = wholeDay(lastActOf(plan, ['signer', 'reviewer']))
  const { childUnder, name } = POLICY[jurisdiction]
  const birth = wholeDay(person.patient.birthDate)
  const decidedForAChild =
    plan.type === 'emergency-care' && isChildOn(person.patient, cpr?.decidedOn ?? plan.madeOn, jurisdiction) === true
  return [
    {
      code: 'may-be-out-of-date',
      plan: plan.type,
      from: confirmed === undefined ? dayOf(now) : later(confirmed, { months: MONTHS_UNCONFIRMED }),
      display: `${PLAN_WORDING[plan.type]}: ${
        confirmed === undefined ? 'it is not recorded when it was last' : `last ${shownDay(confirmed)}`
      } signed or confirmed. What is wanted may have changed since: ask.`,
    },
    ...(birth === undefined || !decidedForAChild
      ? []
      : [
          {
            code: 'may-be-out-of-date',
            plan: plan.type,
            from: later(birth, { months: childUnder * 12 }),
            display: `${PLAN_WORDING[plan.type]}: made for a child, who comes of age at ${childUnder} in ${name}.`,
          } as const,
        ]),
  ]
}

/** What a plan names and what is over is not shown, and its plan is not what was decided any more. */
const partlyOver = ({ ended }: Reading, { plan, type }: ReadPlan, { now }: DeriveAt): Mark[] => {
  const over = ended.filter((one) => one.plan === plan)
  const days = over.flatMap(({ from }) => from ?? [])
  return over.length === 0
    ? []
    : [
        {
          code: 'may-be-out-of-date',
          plan: type,
          from: days.sort()[0] ?? dayOf(now),
          display: `${PLAN_WORDING[type]}: something in it was for a time that is over, and is not shown: ${listed(over.map(endedText))}. Ask what is wanted now.`,
        },
      ]
}

/** The day of a FHIR date or dateTime that is known to the day; undefined for any other. */
const wholeDay = (date: string | undefined): string | undefined => {
  if (date === undefined || shownDay(date) === undefined || date.length < 10) return undefined
  return date.length === 10 ? date : dayOf(new Date(date))
}

/** A day so much later; the month's last day where the later month is too short. */
const later = (day: string, { days = 0, months = 0 }: { days?: number; months?: number }): string => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  const moment = new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastOfMonth) + days))
  return moment.toISOString().slice(0, 10)
}
