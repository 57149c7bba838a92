import type { Consent, ConsentProvision, Period } from 'fhir/r4.js'
import { dayOf, isAfter, isFuture } from './dates.ts'

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

/** Whether a FHIR date or dateTime has not gone by: today has not. */
const isUpcoming = (end: string, now: Date): boolean =>
  end.includes('T') ? Date.parse(end) >= now.getTime() : !isAfter(dayOf(now), end)

/** Every period of a Consent, on the root provision or below it: what is said there is not said outside it. */
export const consentPeriods = (consent: Consent): { period: Period; path: string }[] =>
  periodsIn(consent.provision, 'provision')
