import type { Observation } from 'fhir/r4.js'
import { EXTENSION, OBSERVATION } from '../codes.ts'
import { extension, isPlaceOfCare, isPlaceOfDeath, type PersonRecord } from '../person.ts'
import { recordedText } from './attribution.ts'
import { type Markup, paragraph, quoted, source, spaced, strong } from './narrative.ts'
import { observationsInForce } from './observations.ts'
import { shownWho } from './people.ts'
import { sentence, shownText } from './plain-text.ts'
import { absentText } from './wishes.ts'

export type ReadPlace = Readonly<{
  observation: Observation
  preference: 'care' | 'death'
  /** In words, or why nothing is recorded. */
  place: string
  notes: readonly string[]
  recordedOn: string | undefined
  recordedBy: string | undefined
}>

/** Where the person prefers to be cared for, then where to die; choices in the order of the plans. */
export const readPlaces = (person: PersonRecord): ReadPlace[] => [
  ...observationsInForce(person, isPlaceOfCare).map((observation) => readPlace(person, observation, 'care')),
  ...observationsInForce(person, isPlaceOfDeath).map((observation) => readPlace(person, observation, 'death')),
]

const readPlace = (person: PersonRecord, observation: Observation, preference: 'care' | 'death'): ReadPlace => {
  const value = observation.valueCodeableConcept
  const coding = value?.coding?.[0]
  const absent = observation.dataAbsentReason
  const reason =
    absent?.text ??
    absent?.coding?.[0]?.display ??
    absent?.coding?.[0]?.code ??
    extension(value, EXTENSION.dataAbsentReason)?.valueCode
  const place =
    shownText(value?.text ?? coding?.display ?? observation.valueString ?? coding?.code) ??
    absentText(shownText(reason))
  return {
    observation,
    preference,
    place,
    // A place given in the person's own words alone stands in the note as well.
    notes: (observation.note ?? []).flatMap(({ text }) => shownText(text) ?? []).filter((note) => note !== place),
    recordedOn: observation.effectiveDateTime ?? observation.issued,
    recordedBy: shownWho(person, observation.performer?.[0]),
  }
}

export const preferenceText = (preference: ReadPlace['preference']): string =>
  preference === 'care' ? OBSERVATION.placeOfCare.display : OBSERVATION.placeOfDeath.display

/** A code of a place may say again which preference it is ("Preferred place of death: home"). */
const withoutLabel = (place: string): string => {
  const bare = place.replace(/^Preferred place of (?:care|death): /, '')
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

export const placesNarrative = (places: readonly ReadPlace[]): Markup[] =>
  places.map(({ preference, place, notes, recordedOn, recordedBy }) =>
    paragraph(
      spaced(
        strong(`${preferenceText(preference)}:`),
        sentence(withoutLabel(place)),
        ...notes.map(quoted),
        source(recordedText(recordedOn, recordedBy)),
      ),
    ),
  )
