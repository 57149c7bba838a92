import type { Consent, ConsentProvision, Period } from 'fhir/r4.js'
import { comesAt, dayOf, goneByAt, isAfter, isFuture } from './dates.ts'

/** The periods that stand in a provision and all below it, with where each stands. */
const periodsIn = (provision: ConsentProvision | undefined, path: string): { period: Period; path: string }[] =>
  provision === undefined
    ? []
    : [
        ...(provision.period === undefined ? [] : [{ period: provision.period, path: `${path}.period` }]),
        ...(provision.provision ?? []).flatMap((nested, index) => periodsIn(nested, `${path}.provision[${index}]`)),
      ]

export type Standing = 'in-force' | 'not-yet' | 'over'

/** Whether a period has begun and not ended: a day counts whole, and an end that cannot be read is an end. */
export const standingOf = ({ start, end }: Period, now: Date): Standing => {
  if (start !== undefined && isFuture(start, now)) return 'not-yet'
  return end !== undefined && !isUpcoming(end, now) ? 'over' : 'in-force'
}

/** Whether a period ends at some time: 9999-12-31 is how many systems write that it does not. An end that cannot be read is one. */
export const hasEnd = ({ end }: Period, now: Date): boolean =>
  end !== undefined && (goneByAt(end) !== undefined || !isUpcoming(end, now))

/** Whether a FHIR date or dateTime has not gone by: today has not. */
const isUpcoming = (end: string, now: Date): boolean =>
  end.includes('T') ? Date.parse(end) >= now.getTime() : !isAfter(dayOf(now), end)

/** Every period of a Consent, on the root provision or below it: what is said there is not said outside it. */
export const consentPeriods = (consent: Consent): { period: Period; path: string }[] =>
  periodsIn(consent.provision, 'provision')

/**
 * A Consent as it holds at this moment, without the provisions whose period has not begun or is over; undefined where nothing of it holds.
 * Below the first level a provision is an exception: what it is an exception to holds without it.
 */
export const asItHolds = (consent: Consent, now: Date): Consent | undefined => {
  const { provision } = consent
  if (provision === undefined) return consent
  const held = holding(provision, now)
  if (held === provision) return consent
  const isEmpty = held === undefined || (provision.provision !== undefined && held.provision === undefined)
  return isEmpty ? undefined : { ...consent, provision: held }
}

/** The same provision where all of it holds. */
const holding = (provision: ConsentProvision, now: Date): ConsentProvision | undefined => {
  if (provision.period !== undefined && standingOf(provision.period, now) !== 'in-force') return undefined
  const { provision: nested, ...rest } = provision
  if (nested === undefined) return provision
  const held = nested.map((one) => holding(one, now))
  if (held.every((one, index) => one === nested[index])) return provision
  const left = held.filter((one) => one !== undefined)
  return left.length === 0 ? rest : { ...rest, provision: left }
}

/** The next instant at which the standing of a period of one of these Consents changes; undefined where none does any more. */
export const nextTurn = (consents: readonly Consent[], now: Date): Date | undefined => {
  const turns = consents
    .flatMap(consentPeriods)
    .flatMap(({ period: { start, end } }) => [
      start === undefined ? undefined : comesAt(start),
      end === undefined ? undefined : goneByAt(end),
    ])
    .filter((instant) => instant !== undefined && instant > now.getTime())
  return turns.length === 0 ? undefined : new Date(Math.min(...(turns as number[])))
}
