import type { Jurisdiction } from '../derived.ts'
import { jurisdictionOf } from '../jurisdiction.ts'
import type { PersonRecord } from '../person.ts'
import { type ReadCapacity, type ReadInvolvement, readCapacity, readInvolvement } from './capacity.ts'
import { type ReadContact, type ReadProxy, readContacts, readProxies } from './contacts.ts'
import { type EndedConsent, readEnded } from './ended.ts'
import { type ReadFocus, readFocus } from './focus.ts'
import { type ReadIdentity, readIdentity } from './identity.ts'
import { type ReadKeyInformation, readKeyInformation } from './key-information.ts'
import { type ReadPlace, readPlaces } from './places.ts'
import { type ReadPlan, readPlans } from './plans.ts'
import { type ReadRecommendation, readRecommendations } from './recommendations.ts'
import { type ReadRefusal, readRefusals } from './refusals.ts'
import { type ReadSharing, readSharing } from './sharing.ts'
import { type ReadWish, readWishes } from './wishes.ts'

/**
 * What the record says of a person now, read once and shared by the summary and the emergency answer, so that the two cannot
 * disagree. Holds only what the active plans hold: with no active plan, everything but identity and sharing is empty.
 */
export type Reading = Readonly<{
  person: PersonRecord
  /** The moment at which all this holds. */
  now: Date
  jurisdiction: Jurisdiction
  identity: ReadIdentity
  sharing: ReadSharing
  cpr: ReadRecommendation | undefined
  /** All other recommendations, in the order of INTERVENTIONS. */
  interventions: readonly ReadRecommendation[]
  focus: ReadFocus | undefined
  refusals: readonly ReadRefusal[]
  /** What the active plans name and what is over. */
  ended: readonly EndedConsent[]
  wishes: readonly ReadWish[]
  contacts: readonly ReadContact[]
  proxies: readonly ReadProxy[]
  capacity: readonly ReadCapacity[]
  involvement: ReadInvolvement | undefined
  places: readonly ReadPlace[]
  plans: readonly ReadPlan[]
  keyInformation: ReadKeyInformation
}>

/** The same record with its resources sorted by type and id, so that nothing derived depends on how they were loaded. */
const inOrder = ({ patient, resources }: PersonRecord): PersonRecord => ({
  patient,
  resources: new Map([...resources].sort(([one], [other]) => (one < other ? -1 : 1))),
})

/** What holds at this moment. Throws `unprocessable` where no jurisdiction can be told (see `jurisdictionOf`). */
export const readPerson = (unordered: PersonRecord, now: Date): Reading => {
  const person = inOrder(unordered)
  const jurisdiction = jurisdictionOf(person.patient)
  const recommendations = readRecommendations(person, now)
  return {
    person,
    now,
    jurisdiction,
    identity: readIdentity(person.patient),
    sharing: readSharing(person, jurisdiction, now),
    cpr: recommendations.find(({ intervention }) => intervention === 'cpr'),
    interventions: recommendations.filter(({ intervention }) => intervention !== 'cpr'),
    focus: readFocus(person),
    refusals: readRefusals(person, now),
    ended: readEnded(person, now),
    wishes: readWishes(person),
    contacts: readContacts(person),
    proxies: readProxies(person, now),
    capacity: readCapacity(person),
    involvement: readInvolvement(person),
    places: readPlaces(person),
    plans: readPlans(person),
    keyInformation: readKeyInformation(person),
  }
}
