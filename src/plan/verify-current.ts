import type { CarePlan } from 'fhir/r4.js'
import type { PlanStanding } from './codes.ts'
import { EXTENSION } from './codes.ts'
import type { PlanEdition } from './edition.ts'
import { extension } from './person.ts'
import { documentState } from './summary/respect-document.ts'

/** What someone reads off paper: the digest may be missing. */
export type AskedEdition = Readonly<{ planId: string; version: number; digest: string | undefined }>

export type Standing = Readonly<{
  standing: Exclude<PlanStanding, 'draft'>
  /** FHIR dateTime: since when it is in force, or when it ended; undefined where it is unknown. */
  date: string | undefined
  /** The version of the same plan that is in force now, where that is another. */
  current: number | undefined
  message: string
}>

const MESSAGES = {
  current: 'This plan is in force, and says what was printed.',
  unchecked:
    'This plan is in force. The check code was not given, so it is not known whether the paper says what the plan says.',
  superseded: 'A newer plan has taken its place. Do not act on this one.',
  revoked: 'This plan was withdrawn or has ended. Do not act on it.',
  unknown: 'No such plan is known here. Nothing follows from that about what the person wants: ask the GP practice.',
  version: 'The plan is known here, this version of it is not. Do not act on it: ask the GP practice.',
  draft: 'This is a draft that was not signed off. Do not act on it.',
  differs:
    'A plan with this id and version is in force, but it does not say what was printed: the check codes differ. Compare the code, and do not act on the paper.',
} as const

const versionOf = (plan: CarePlan): number | undefined => extension(plan, EXTENSION.planVersion)?.valuePositiveInt

/**
 * Whether a plan that somebody has on paper is in force. `lineage` holds every plan with the identifier that was asked for; `editions` those
 * that are in force, with their digests. A digest that cannot be compared is not taken for equal.
 */
export const standingOf = (
  asked: AskedEdition,
  lineage: readonly CarePlan[],
  editions: readonly PlanEdition[],
): Standing => {
  const active = lineage.find(({ status }) => status === 'active')
  const newest = active === undefined ? undefined : versionOf(active)
  const current = newest === asked.version ? undefined : newest
  const unknown = (message: string): Standing => ({ standing: 'unknown', date: undefined, current, message })
  if (lineage.length === 0) return unknown(MESSAGES.unknown)
  const plan = lineage.find((candidate) => versionOf(candidate) === asked.version)
  if (plan === undefined) return unknown(MESSAGES.version)
  const state = documentState(plan)
  if (state === 'draft') return unknown(MESSAGES.draft)
  if (state !== 'current')
    return { standing: state, date: plan.period?.end ?? plan.meta?.lastUpdated, current, message: MESSAGES[state] }
  if (asked.digest !== undefined) {
    const edition = editions.find(({ planId, version }) => planId === asked.planId && version === asked.version)
    if (edition?.digest !== asked.digest) return unknown(MESSAGES.differs)
  }
  return {
    standing: 'current',
    date: plan.period?.start ?? plan.meta?.lastUpdated,
    current: undefined,
    message: asked.digest === undefined ? MESSAGES.unchecked : MESSAGES.current,
  }
}
