import type { Consent, ContactPoint, RelatedPerson } from 'fhir/r4.js'
import { parseReference } from '../../fhir/resource.ts'
import { EXTENSION, type ProxyAuthority } from '../codes.ts'
import { membersOf } from '../members.ts'
import { extension, type PersonRecord } from '../person.ts'
import { recordedText } from './attribution.ts'
import { consentsInForce, decidedBy, provisionText } from './consents.ts'
import { activePlans } from './content.ts'
import { type Content, element, type Markup, paragraph, source, spaced, strong } from './narrative.ts'
import { relationshipOf, shownName, shownWho } from './people.ts'
import { sentence, shownText } from './plain-text.ts'
import { PROXY_WORDING, worded } from './wording.ts'

export type ReadContact = Readonly<{
  contact: RelatedPerson
  name: string
  relationship: string | undefined
  phones: readonly string[]
  primary: boolean
  /** Took part in the conversation; undefined where it is not recorded. */
  involved: boolean | undefined
  /** Date and author of the plan that names the contact: a contact has none of its own. */
  recordedOn: string | undefined
  recordedBy: string | undefined
}>

export type ReadProxy = Readonly<{
  consent: Consent
  authority: ProxyAuthority | undefined
  onlyWhenIncapable: boolean | undefined
  /** What the proxy may and may not decide, as far as it is written down. */
  powers: string | undefined
  /** Those who hold the power. Empty where the record does not name them. */
  holders: readonly Pick<ReadContact, 'name' | 'relationship' | 'phones'>[]
  recordedOn: string | undefined
  recordedBy: string | undefined
}>

/**
 * Everyone whom the active plans name as a contact: the primary emergency contact first, else in the order of the plans. Someone whom both
 * plans name alike stands there once.
 */
export const readContacts = (person: PersonRecord): ReadContact[] => {
  const contacts = activePlans(person)
    .flatMap((plan) => [...membersOf(person, plan).values()].map((resource) => ({ plan, resource })))
    .flatMap(({ plan, resource }) =>
      resource.resourceType === 'RelatedPerson' && resource.active !== false
        ? [{ ...readContact(resource), recordedOn: plan.created, recordedBy: shownWho(person, plan.author) }]
        : [],
    )
    .sort((one, other) => Number(other.primary) - Number(one.primary))
  const seen = new Set<string>()
  return contacts.filter(({ name, relationship, phones }) => {
    const alike = JSON.stringify([name, relationship, phones])
    return !seen.has(alike) && seen.add(alike)
  })
}

const readContact = (contact: RelatedPerson): Omit<ReadContact, 'recordedOn' | 'recordedBy'> => ({
  contact,
  name: shownName(contact.name) ?? 'Name not recorded',
  relationship: relationshipOf(contact),
  phones: phonesOf(contact.telecom),
  primary: extension(contact, EXTENSION.primaryEmergencyContact)?.valueBoolean === true,
  involved: extension(contact, EXTENSION.involvedInPlan)?.valueBoolean,
})

/** Numbers to ring, by rank; what is written as old or is no phone is left out. */
const phonesOf = (telecom: readonly ContactPoint[] | undefined): string[] =>
  (telecom ?? [])
    .filter(({ system, use }) => (system === 'phone' || system === 'sms') && use !== 'old')
    .toSorted((one, other) => (one.rank ?? Number.POSITIVE_INFINITY) - (other.rank ?? Number.POSITIVE_INFINITY) || 0)
    .map(({ value }) => shownText(value))
    .filter((value) => value !== undefined)

/** Those who hold legal power to decide for the person, in the order of the plans. */
export const readProxies = (person: PersonRecord, now: Date): ReadProxy[] =>
  consentsInForce(person, 'welfare-proxy', now).map((consent) => ({
    consent,
    authority: extension(consent, EXTENSION.proxyAuthority)?.valueCode as ProxyAuthority | undefined,
    onlyWhenIncapable: extension(consent, EXTENSION.onlyWhenIncapable)?.valueBoolean,
    powers: powersOf(consent),
    holders: holdersOf(person, consent),
    recordedOn: consent.dateTime,
    recordedBy: decidedBy(person, consent),
  }))

const powersOf = (consent: Consent): string | undefined => {
  const may = provisionText(consent, 'permit')
  const mayNot = provisionText(consent, 'deny')
  const parts = [may && `may decide about ${may}`, mayNot && `may NOT decide about ${mayNot}`].filter(
    (part) => part !== undefined,
  )
  return parts.length === 0 ? undefined : parts.join('; ')
}

const holdersOf = (person: PersonRecord, consent: Consent): ReadProxy['holders'] => {
  const provisions = [consent.provision, ...(consent.provision?.provision ?? [])]
  const references = provisions.flatMap((provision) => provision?.actor?.map((actor) => actor.reference) ?? [])
  const seen = new Set<string>()
  return references.flatMap((reference) => {
    const key = parseReference(reference.reference)?.key
    const held = key === undefined ? undefined : person.resources.get(key)
    const holder =
      held?.resourceType === 'RelatedPerson'
        ? readContact(held)
        : { name: shownText(reference.display), relationship: undefined, phones: [] }
    const { name, relationship, phones } = holder
    const once = key ?? name
    if (name === undefined || once === undefined || seen.has(once) || held?.resourceType === 'Patient') return []
    seen.add(once)
    return [{ name, relationship, phones }]
  })
}

export const authorityText = (authority: ProxyAuthority | undefined): string =>
  authority === undefined ? 'legal proxy, kind of authority not recorded' : worded(PROXY_WORDING, authority)

const callable = (phone: string): Content => strong(element('span', phone, 'phone'))

const described = ({ name, relationship, phones }: ReadProxy['holders'][number]): Content => [
  strong(name),
  relationship === undefined ? undefined : ` (${relationship})`,
  ': ',
  phones.length === 0
    ? 'no phone number recorded'
    : phones.flatMap((phone, index) => [index === 0 ? '' : ', ', callable(phone)]),
]

export const contactsNarrative = (contacts: readonly ReadContact[], proxies: readonly ReadProxy[]): Markup[] => [
  ...contacts.map((contact) =>
    paragraph([
      contact.primary ? 'Call first: ' : undefined,
      described(contact),
      contact.involved === true ? '. Took part in the conversation.' : undefined,
    ]),
  ),
  ...(contacts.length === 0
    ? []
    : [
        paragraph(
          [
            'Contacts: ',
            [...new Set(contacts.map((contact) => recordedText(contact.recordedOn, contact.recordedBy)))].join(' '),
          ],
          'source',
        ),
      ]),
  ...proxies.map((proxy) =>
    paragraph(
      spaced(
        `Legal proxy, ${authorityText(proxy.authority)}:`,
        proxy.holders.length === 0
          ? 'holder not recorded.'
          : [proxy.holders.map((holder, index) => [index === 0 ? '' : '; ', described(holder)]), '.'],
        proxy.onlyWhenIncapable === undefined ? undefined : sentence(incapableText(proxy.onlyWhenIncapable)),
        proxy.powers === undefined ? undefined : sentence(`Powers: ${proxy.powers}`),
        source(recordedText(proxy.recordedOn, proxy.recordedBy)),
      ),
    ),
  ),
]

export const incapableText = (onlyWhenIncapable: boolean): string =>
  onlyWhenIncapable
    ? 'May decide only while the person lacks capacity'
    : 'May decide also while the person has capacity'
