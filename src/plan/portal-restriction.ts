import type { Consent, ConsentProvision, Reference } from 'fhir/r4.js'
import { hasCoding } from '../fhir/identifier.ts'
import { parseReference, resourceKey } from '../fhir/resource.ts'
import { INTERVENTIONS } from './codes.ts'
import type { HiddenFrom } from './derived.ts'
import { consentCategory, ofType, type PersonRecord } from './person.ts'
import { unknownModifiers } from './rules/no-modifier-extension.ts'

/** The restrictions of what is shown at portals that a person has now. None ends by itself: the date in it is one to look at it again. */
export const activeRestrictions = (person: PersonRecord): Consent[] =>
  ofType(person, 'Consent').filter(
    (consent) => consent.status === 'active' && consentCategory(consent) === 'portal-restriction',
  )

const EVERYBODY: readonly HiddenFrom[] = ['patient', 'proxy']

/** Whom an actor of a restriction means; undefined where that is not understood. */
export const restrictedReader = (who: Reference | undefined, person: PersonRecord): HiddenFrom | undefined => {
  const target = parseReference(who?.reference)
  if (target?.key === resourceKey(person.patient)) return 'patient'
  if (target?.type === 'RelatedPerson') return target.key
  return target === undefined && who?.reference === undefined && who?.type === 'RelatedPerson' ? 'proxy' : undefined
}

const CPR = INTERVENTIONS.find(({ name }) => name === 'cpr')

/** True of a provision about CPR and nothing else. */
export const isAboutCpr = ({ code = [] }: ConsentProvision): boolean =>
  code.length > 0 && code.every(({ coding }) => hasCoding(coding, CPR?.system ?? '', CPR?.code))

/** What a provision that denies may have. Anything else could narrow it, or turn it round. */
const UNDERSTOOD = ['id', 'type', 'actor', 'code']

export const isUnderstood = (provision: ConsentProvision): boolean =>
  provision.type === 'deny' && isAboutCpr(provision) && Object.keys(provision).every((key) => UNDERSTOOD.includes(key))

/** From whom one restriction hides the CPR decision; undefined where it is not understood. */
const readersOf = (restriction: Consent, person: PersonRecord): readonly HiddenFrom[] | undefined => {
  const { provision: root } = restriction
  const { id: _, provision: nested = [], ...beside } = root ?? {}
  const readers = nested.flatMap(({ actor = [] }) => actor.map(({ reference }) => restrictedReader(reference, person)))
  const isPlain =
    unknownModifiers(restriction).length === 0 &&
    Object.keys(beside).length === 0 &&
    nested.length > 0 &&
    nested.every((one) => isUnderstood(one) && (one.actor ?? []).length > 0)
  return isPlain && !readers.includes(undefined) ? (readers as HiddenFrom[]) : undefined
}

/** From whom one restriction hides the CPR decision; where it is not understood, from the person and from all who speak for them. */
export const hiddenBy = (restriction: Consent, person: PersonRecord): readonly HiddenFrom[] =>
  readersOf(restriction, person) ?? EVERYBODY

/** Whether the person, and nobody else, asked for a restriction. */
const isOwnWish = ({ performer = [] }: Consent, person: PersonRecord): boolean =>
  performer.length > 0 &&
  performer.every(({ reference }) => parseReference(reference)?.key === resourceKey(person.patient))

/**
 * The restrictions by which a person hides the CPR decision from themself, and for which they themself asked, as they are once it is not to be hidden
 * from them any more. From others it is hidden as before; where there are none, the restriction is inactive.
 */
export const shownToThemself = (person: PersonRecord): Consent[] =>
  activeRestrictions(person)
    .filter((one) => isOwnWish(one, person) && readersOf(one, person)?.includes('patient') === true)
    .map((restriction) => {
      const left = (restriction.provision?.provision ?? []).flatMap((provision) => {
        const actor = (provision.actor ?? []).filter(
          ({ reference }) => restrictedReader(reference, person) !== 'patient',
        )
        return actor.length === 0 ? [] : [{ ...provision, actor }]
      })
      return left.length === 0
        ? { ...restriction, status: 'inactive' }
        : { ...restriction, provision: { ...restriction.provision, provision: left } }
    })

/**
 * From whom a person's CPR decision is hidden (domain model, section 6), sorted. What is not understood of a restriction hides it from the person and
 * from all who speak for them. It is hidden from nobody else, whatever a restriction says: crews, clinicians and recipients are not readers of portals.
 */
export const cprHiddenFrom = (person: PersonRecord): readonly HiddenFrom[] =>
  [...new Set(activeRestrictions(person).flatMap((restriction) => hiddenBy(restriction, person)))].sort()
