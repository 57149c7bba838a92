import type { Consent, Observation } from 'fhir/r4.js'
import { type Resource, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import { INTERVENTIONS, type Intervention, SNOMED } from './codes.ts'
import { cprStatements, isContradicted } from './cpr-statements.ts'
import { isAfter } from './dates.ts'
import { POLICY } from './jurisdiction.ts'
import { codeIn, type PersonRecord } from './person.ts'
import { contradictedByWords } from './rules/guidance-fits-codes.ts'
import { contradictedByRefusals } from './rules/refusal-agrees.ts'
import { listed } from './summary/plain-text.ts'
import { type Reading, readPerson } from './summary/reading.ts'
import { sharingText } from './summary/sharing.ts'

export type ConflictType =
  | 'refusal-and-recommendation'
  | 'recommendation-and-preference'
  | 'words-and-codes'
  | 'refusal-and-later-proxy'
  | 'sharing-decisions'
  | 'statement-and-recommendation'

/**
 * What holds until people have settled a conflict: legal refusal over clinical recommendation over preference (domain model section 4). What the
 * law leaves to judgement, and what is a slip of one side or the other, is `undetermined`: nobody is told which to follow.
 */
export type Prevails = 'advance-refusal' | 'recommendation' | 'withholding' | 'undetermined'

export type Conflict = Readonly<{
  type: ConflictType
  prevails: Prevails
  about: readonly Intervention[]
  /** The resources that say otherwise, that which prevails first. */
  between: readonly ResourceKey[]
  text: string
}>

/**
 * The conflicts in what holds for a person at a moment, and between it and what is said beside it (`stated`: Flags and Observations). That none is found
 * is no proof that there is none.
 */
export const conflictsOf = (person: PersonRecord, now: Date, stated: readonly Resource[] = []): Conflict[] => {
  const reading = readPerson(person, now)
  return [
    ...[refusals, preferences, words, laterProxies, sharingDecisions].flatMap((find) => find(reading)),
    ...statements(reading, stated),
  ]
}

type Find = (reading: Reading) => Conflict[]

const named = (intervention: Intervention): string =>
  INTERVENTIONS.find(({ name }) => name === intervention)?.display ?? intervention

const emergencyPlan = ({ plans }: Reading) => plans.find(({ type }) => type === 'emergency-care')?.plan

const refusals: Find = (reading) => {
  const plan = emergencyPlan(reading)
  if (plan === undefined) return []
  const { name, refusal } = POLICY[reading.jurisdiction]
  const isBinding = refusal.force === 'binding-if-valid-and-applicable'
  return contradictedByRefusals(plan, reading.person, reading.now).map(
    ({ consent, intervention, recommendation, refusals }) => ({
      type: 'refusal-and-recommendation',
      prevails: isBinding ? 'advance-refusal' : 'undetermined',
      about: [intervention],
      between: [...refusals, consent].map(resourceKey),
      text: `${named(intervention)} was refused in advance and is recommended${recommendation === 'conditional' ? ' under conditions' : ''}. ${
        isBinding
          ? `In ${name} the refusal prevails if it is valid and applies to the situation (${refusal.law}).`
          : `In ${name} the refusal must be taken into account and is not binding by statute (${refusal.law}): who treats the person decides.`
      }`,
    }),
  )
}

/** Kinds of place and findings about the preferred place of death that mean a hospital, and those that mean somewhere else. */
const IN_HOSPITAL: readonly string[] = ['22232009', '109401000000108', '89751000000108']
const ELSEWHERE: readonly string[] = [
  '264362003',
  '284546000',
  '108344006',
  '110481000000108',
  '108401000000102',
  '89761000000106',
  '512071000000106',
]

const placeIn = ({ valueCodeableConcept }: Observation): string => codeIn(valueCodeableConcept, SNOMED) ?? ''

const preferences: Find = ({ interventions, places }) => {
  const admission = interventions.find(({ intervention }) => intervention === 'hospital-admission')
  const against = { recommended: ELSEWHERE, 'not-recommended': IN_HOSPITAL } as Partial<
    Record<string, readonly string[]>
  >
  const codes = against[admission?.recommendation ?? ''] ?? []
  const preferred = places.filter(({ observation }) => codes.includes(placeIn(observation)))
  return admission === undefined || preferred.length === 0
    ? []
    : [
        {
          type: 'recommendation-and-preference',
          prevails: 'recommendation',
          about: ['hospital-admission'],
          between: [admission.consent, ...preferred.map(({ observation }) => observation)].map(resourceKey),
          text: `Hospital admission is ${admission.recommendation === 'recommended' ? '' : 'not '}recommended, and the person prefers another place: ${listed(preferred.map(({ place }) => place))}. The recommendation was made for an emergency; ask the person, or those who speak for them, before acting against the preference.`,
        },
      ]
}

const words: Find = (reading) => {
  const plan = emergencyPlan(reading)
  if (plan === undefined) return []
  const { person, cpr, interventions } = reading
  const held = [...(cpr === undefined ? [] : [cpr]), ...interventions]
  return contradictedByWords(plan, person).flatMap(({ expression, interventions: about }) => {
    const contradicted = held.filter(({ intervention }) => intervention !== undefined && about.includes(intervention))
    return contradicted.length === 0
      ? []
      : [
          {
            type: 'words-and-codes',
            prevails: 'undetermined',
            about,
            between: contradicted.map(({ consent }) => resourceKey(consent)),
            text: `Words in ${expression} seem to say the opposite of the coded recommendation about ${listed(about.map(named))}. Read both, and have the one that is wrong corrected by whoever signed the plan.`,
          },
        ]
  })
}

/** Mental Capacity Act 2005, section 25(2)(b): a power over the same treatment that was given after the refusal ends it. */
const laterProxies: Find = ({ refusals: refused, proxies, jurisdiction }) => {
  if (POLICY[jurisdiction].proxies['lpa-health-welfare'] === undefined) return []
  const powers = proxies.filter(({ authority }) => authority === 'lpa-health-welfare').map(({ consent }) => consent)
  return refused.flatMap(({ consent: refusal, treatment }) => {
    const later = powers.filter((power) => isLater(power, refusal))
    return later.length === 0
      ? []
      : [
          {
            type: 'refusal-and-later-proxy' as const,
            prevails: 'undetermined' as const,
            about: [],
            between: [refusal, ...later].map(resourceKey),
            text: `An advance refusal (${treatment}) is recorded, and a later power of attorney for health and welfare. If the power was given after the refusal was made and covers the same treatment, the refusal is not valid (Mental Capacity Act 2005, section 25). Find out which was made first.`,
          },
        ]
  })
}

const isLater = (one: Consent, other: Consent): boolean =>
  one.dateTime !== undefined && other.dateTime !== undefined && isAfter(one.dateTime, other.dateTime)

const statements = (reading: Reading, stated: readonly Resource[]): Conflict[] => {
  const { cpr } = reading
  return stated
    .flatMap(cprStatements)
    .filter((statement) => isContradicted(statement, reading))
    .map(({ resource, says }) => ({
      type: 'statement-and-recommendation',
      prevails: 'undetermined',
      about: ['cpr'],
      between: [...(cpr === undefined ? [] : [resourceKey(cpr.consent)]), resourceKey(resource)],
      text: `${resource.resourceType === 'Flag' ? 'A Flag' : 'An Observation'} beside the plan says that CPR is ${says}, and the plan in force says ${cpr?.recommendation ?? 'something else'}. The plan is signed, and is what crews are shown; what was recorded beside it may be newer. Find out which holds, and end the other.`,
    }))
}

const sharingDecisions: Find = ({ sharing: { state, decisions } }) => {
  const codes = new Set(decisions.map(({ decision }) => decision))
  return codes.size < 2
    ? []
    : [
        {
          type: 'sharing-decisions',
          prevails: state === 'withheld' ? 'withholding' : 'undetermined',
          about: [],
          between: decisions.map(({ consent }) => resourceKey(consent)),
          text: `More than one decision about sharing is in force: ${listed(decisions.map(({ decision }) => sharingText(decision)))}. ${state === 'withheld' ? 'Until this is settled nothing is shared.' : 'Each of them lets the record be shared.'} Ask the person, and make those inactive that do not hold.`,
        },
      ]
}
