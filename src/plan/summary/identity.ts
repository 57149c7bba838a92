import type { Address, Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { shownDay } from './dates.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { preferredName, shownName } from './people.ts'
import { listed, shownText } from './plain-text.ts'

/** Person identifiers in the order in which they are shown, with the names that they go by. */
const LABELS: readonly (readonly [system: string, label: string])[] = [
  [IDENTIFIER_SYSTEM.chi, 'CHI number'],
  [IDENTIFIER_SYSTEM.nhsNumber, 'NHS number'],
  [IDENTIFIER_SYSTEM.hcNumber, 'H&C number'],
]

export type ReadIdentity = Readonly<{
  name: string | undefined
  knownAs: string | undefined
  birthDate: string | undefined
  gender: string | undefined
  deceased: boolean
  /** Lines of the home address, without the postcode. */
  address: string | undefined
  postcode: string | undefined
  identifiers: readonly Readonly<{ system: string; label: string; value: string }>[]
  phones: readonly string[]
  languages: readonly string[]
  practice: string | undefined
}>

/** What a crew compares with the person in front of them. */
export const readIdentity = (patient: Patient): ReadIdentity => {
  const address = homeAddress(patient)
  const lines = [...(address?.line ?? []), address?.city, address?.district]
    .map(shownText)
    .filter((line) => line !== undefined)
  return {
    name: shownName(patient.name),
    knownAs: preferredName(patient.name),
    birthDate: patient.birthDate,
    gender: patient.gender,
    deceased: patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined,
    address: lines.length === 0 ? shownText(address?.text) : lines.join(', '),
    postcode: shownText(address?.postalCode),
    identifiers: LABELS.flatMap(([system, label]) =>
      (patient.identifier ?? [])
        .filter((identifier) => identifier.system === system && identifier.use !== 'old')
        .flatMap(({ value }) => (value === undefined ? [] : [{ system, label, value }])),
    ),
    phones: (patient.telecom ?? [])
      .filter(({ system, use }) => system === 'phone' && use !== 'old')
      .flatMap(({ value }) => shownText(value) ?? []),
    languages: (patient.communication ?? []).flatMap(({ language, preferred }) => {
      const name = shownText(language.text ?? language.coding?.[0]?.display ?? language.coding?.[0]?.code)
      return name === undefined ? [] : [preferred === true ? `${name} (preferred)` : name]
    }),
    practice: shownText(patient.generalPractitioner?.[0]?.display),
  }
}

const homeAddress = (patient: Patient): Address | undefined => {
  const current = (patient.address ?? []).filter(({ use }) => use !== 'old' && use !== 'billing')
  return current.find(({ use }) => use === 'home') ?? current[0]
}

export const identityNarrative = (identity: ReadIdentity): Markup[] => [
  paragraph([
    strong(identity.name ?? 'Name not recorded'),
    identity.knownAs === undefined ? undefined : `, known as ${identity.knownAs}`,
    `. Born ${shownDay(identity.birthDate) ?? 'on a date that is not recorded'}.`,
    identity.gender === undefined ? undefined : ` Recorded as ${identity.gender}.`,
    identity.deceased ? ' Recorded as having died.' : undefined,
  ]),
  paragraph(
    identity.identifiers.length === 0
      ? 'No CHI, NHS or H&C number is recorded.'
      : `${listed(identity.identifiers.map(({ label, value }) => `${label} ${value}`))}.`,
  ),
  paragraph(
    `Address: ${[identity.address, identity.postcode].filter((part) => part !== undefined).join(', ') || 'not recorded'}.`,
  ),
  ...(identity.phones.length === 0 ? [] : [paragraph(`Telephone: ${listed(identity.phones)}.`)]),
  ...(identity.languages.length === 0 ? [] : [paragraph(`Language: ${listed(identity.languages)}.`)]),
  ...(identity.practice === undefined ? [] : [paragraph(`GP practice: ${identity.practice}.`)]),
]
