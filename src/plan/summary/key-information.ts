import type { CareTeam, MedicationRequest, Observation } from 'fhir/r4.js'
import { SYSTEM } from '../codes.ts'
import { KEY_INFORMATION, type KeyInformationSection } from '../key-information.ts'
import { codeIn, type PersonRecord } from '../person.ts'
import { recordedText } from './attribution.ts'
import { directContent } from './content.ts'
import { type Markup, paragraph, source, spaced, strong } from './narrative.ts'
import { observationsInForce } from './observations.ts'
import { shownWho } from './people.ts'
import { listed, sentence, shownText } from './plain-text.ts'
import { absentText } from './wishes.ts'

/** One thing that is recorded, with its date and author. */
export type ReadItem = Readonly<{
  resource: Observation | MedicationRequest | CareTeam
  /** Code of `KEY_INFORMATION`, or what kind of resource it is read from. */
  code: string
  label: string
  value: string
  notes: readonly string[]
  recordedOn: string | undefined
  recordedBy: string | undefined
}>

export type ReadKeyInformation = Readonly<Record<KeyInformationSection, readonly ReadItem[]>>

/** Items that are read from resources of their own, shown ahead of the Observations of their section. */
const FROM_RESOURCES: Partial<Record<KeyInformationSection, { code: string; label: string }>> = {
  medicines: { code: 'medicines-at-home', label: 'Additional medicines at home (just in case)' },
  'home-care': { code: 'care-team', label: 'Care team' },
}

/** What the active plans hold of the items of `KEY_INFORMATION`, by section. */
export const readKeyInformation = (person: PersonRecord): ReadKeyInformation => {
  const items = (section: KeyInformationSection): ReadItem[] =>
    KEY_INFORMATION[section].flatMap(({ code, display }) =>
      observationsInForce(person, (observation) => codeIn(observation.code, SYSTEM.observation) === code).map(
        (observation) => readObservation(person, observation, code, display),
      ),
    )
  return {
    medicines: [...readMedicines(person), ...items('medicines')],
    'home-care': [...readTeams(person), ...items('home-care')],
    'out-of-hours': items('out-of-hours'),
    clinical: items('clinical'),
    'other-documents': items('other-documents'),
  }
}

const readObservation = (person: PersonRecord, observation: Observation, code: string, label: string): ReadItem => {
  const { valueBoolean, valueString, valueCodeableConcept: concept, dataAbsentReason: absent } = observation
  const coding = concept?.coding?.[0]
  const reason = absent?.text ?? absent?.coding?.[0]?.display ?? absent?.coding?.[0]?.code
  return {
    resource: observation,
    code,
    label,
    value:
      (valueBoolean === undefined ? undefined : valueBoolean ? 'Yes' : 'No') ??
      shownText(valueString ?? concept?.text ?? coding?.display ?? coding?.code) ??
      absentText(shownText(reason)),
    notes: (observation.note ?? []).flatMap(({ text }) => shownText(text) ?? []),
    recordedOn: observation.effectiveDateTime ?? observation.issued,
    recordedBy: shownWho(person, observation.performer?.[0]),
  }
}

const readMedicines = (person: PersonRecord): ReadItem[] =>
  directContent(person)
    .filter((resource): resource is MedicationRequest => resource.resourceType === 'MedicationRequest')
    .filter(({ status, doNotPerform }) => status === 'active' && doNotPerform !== true)
    .map((request) => {
      const { medicationCodeableConcept: concept, dosageInstruction, note } = request
      const coding = concept?.coding?.[0]
      const name =
        shownText(concept?.text ?? coding?.display ?? request.medicationReference?.display ?? coding?.code) ??
        'Medicine whose name is not recorded'
      const dose = (dosageInstruction ?? []).flatMap(({ text }) => shownText(text) ?? [])
      return {
        resource: request,
        ...(FROM_RESOURCES.medicines as { code: string; label: string }),
        value: dose.length === 0 ? `${name}. No dose is recorded` : `${name}: ${dose.join('; ')}`,
        notes: (note ?? []).flatMap(({ text }) => shownText(text) ?? []),
        recordedOn: request.authoredOn,
        recordedBy: shownWho(person, request.requester),
      }
    })

const readTeams = (person: PersonRecord): ReadItem[] =>
  directContent(person)
    .filter((resource): resource is CareTeam => resource.resourceType === 'CareTeam')
    .filter(({ status }) => status === undefined || status === 'active')
    .map((team) => ({
      resource: team,
      ...(FROM_RESOURCES['home-care'] as { code: string; label: string }),
      value:
        listed(
          (team.participant ?? []).flatMap(({ member, role }) => {
            const who = shownWho(person, member)
            const part = shownText(role?.[0]?.text ?? role?.[0]?.coding?.[0]?.display)
            return who === undefined ? [] : [part === undefined ? who : `${who}, ${part}`]
          }),
        ) || 'Nobody is named',
      notes: [
        ...(team.telecom ?? []).flatMap(({ value }) => shownText(value) ?? []),
        ...(team.note ?? []).flatMap(({ text }) => shownText(text) ?? []),
      ],
      recordedOn: team.period?.start,
      recordedBy: shownText(team.managingOrganization?.[0]?.display),
    }))

/** What is recorded, each with date and author; then by name what is not, so that its absence is not taken for an answer. */
export const keyInformationNarrative = (section: KeyInformationSection, items: readonly ReadItem[]): Markup[] => {
  const own = FROM_RESOURCES[section]
  const expected = [
    ...(own === undefined ? [] : [own]),
    ...KEY_INFORMATION[section].map(({ code, display: label }) => ({ code, label })),
  ]
  const missing = expected.filter(({ code }) => !items.some((item) => item.code === code))
  return [
    ...items.map(({ label, value, notes, recordedOn, recordedBy }) =>
      paragraph(
        spaced(
          strong(`${label}:`),
          sentence(value),
          ...notes.map(sentence),
          source(recordedText(recordedOn, recordedBy)),
        ),
      ),
    ),
    ...(missing.length === 0
      ? []
      : [
          paragraph(
            `Nothing recorded about: ${missing.map(({ label }) => inSentence(label)).join('; ')}. Infer nothing from this.`,
            'nothing',
          ),
        ]),
  ]
}

/** A label in the middle of a sentence: a word of capitals keeps them. */
const inSentence = (label: string): string =>
  /^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1)

/** Said in place of how to get in: that is released to those on their way to the door, and never in a document. */
export const HOME_ACCESS_WITHHELD =
  'How to get in (key safe, entry, hazards) is never part of a document. Whether anything is recorded is not said here; those on their way to the door ask KeyPlan or the GP practice.'
