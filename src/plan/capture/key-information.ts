import type { MedicationRequest, Observation, QuestionnaireResponseItemAnswer } from 'fhir/r4.js'
import { PROFILE } from '../codes.ts'
import { itemCoding, KEY_INFORMATION, type KeyInformationItem, type KeyInformationSection } from '../key-information.ts'
import { type Answers, group, groups, text, values } from './answers.ts'
import { responsible } from './clinicians.ts'
import { type Captured, type Entry, entry } from './entry.ts'

export const SECTIONS = Object.entries(KEY_INFORMATION) as readonly [
  KeyInformationSection,
  readonly KeyInformationItem[],
][]

/** The question about an item, and its address within the response. */
export const linkIdOf = (section: KeyInformationSection, { code }: KeyInformationItem): string => `${section}.${code}`

const item = (
  captured: Captured,
  about: KeyInformationItem,
  part: string,
  { valueString, valueBoolean }: QuestionnaireResponseItemAnswer,
  recorded: string | undefined,
): Entry => {
  const observation: Observation = {
    resourceType: 'Observation',
    meta: { profile: [PROFILE.keyInformation] },
    status: 'final',
    code: { coding: [itemCoding(about)] },
    subject: captured.subject,
    effectiveDateTime: recorded,
    performer: [responsible(captured)].flatMap((clinician) => clinician ?? []),
    valueString,
    valueBoolean,
  }
  return entry(captured.fullUrl(part), observation)
}

const medicine = (captured: Captured, answers: Answers, recorded: string | undefined): Entry => {
  const request: MedicationRequest = {
    resourceType: 'MedicationRequest',
    meta: { profile: [PROFILE.medicine] },
    status: 'active',
    intent: 'plan',
    reportedBoolean: true,
    medicationCodeableConcept: { text: text(answers, 'medicine.name') },
    subject: captured.subject,
    authoredOn: recorded,
    requester: responsible(captured),
    dosageInstruction: [text(answers, 'medicine.dose')].flatMap((dose) => (dose === undefined ? [] : [{ text: dose }])),
    note: [text(answers, 'medicine.where')].flatMap((where) => (where === undefined ? [] : [{ text: where }])),
  }
  return entry(captured.fullUrl(answers.name), request)
}

/** What the Key Information Summary asks for besides: a resource for each answer, dated by the day of the sitting. */
export const keyInformation = (captured: Captured, recorded: string | undefined): Entry[] => [
  ...groups(captured.answers, 'medicine').map((answers) => medicine(captured, answers, recorded)),
  ...SECTIONS.flatMap(([section, items]) => {
    const answers = group(captured.answers, section)
    return items.flatMap((about) => {
      const linkId = linkIdOf(section, about)
      return values(answers, linkId).map((answer, index) =>
        item(captured, about, `${linkId}[${index}]`, answer, recorded),
      )
    })
  }),
]
