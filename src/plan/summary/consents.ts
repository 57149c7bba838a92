import type { CodeableConcept, Consent, ConsentProvision } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { type ConsentCategory, INTERVENTIONS } from '../codes.ts'
import { asItHolds } from '../in-force.ts'
import { consentCategory, type PersonRecord } from '../person.ts'
import { directContent } from './content.ts'
import { shownWho } from './people.ts'
import { listed, shownText } from './plain-text.ts'

/** Consents of one category that the active plans name, in the order of the plans, each as it holds at this moment. */
export const consentsInForce = (person: PersonRecord, category: ConsentCategory, now: Date): Consent[] =>
  directContent(person)
    .filter((resource): resource is Consent => resource.resourceType === 'Consent')
    .filter((consent) => consent.status === 'active' && consentCategory(consent) === category)
    .flatMap((consent) => asItHolds(consent, now) ?? [])

/** What the provisions of a Consent are about, in the words of its codes; of those of one type only, where one is given. */
export const provisionText = (consent: Consent, type?: ConsentProvision['type']): string | undefined => {
  const provisions = (consent.provision?.provision ?? []).filter(
    (provision) => type === undefined || provision.type === type,
  )
  const concepts = provisions.flatMap(({ code }) => code ?? [])
  return shownText(
    listed(
      concepts.flatMap((one) => one.text ?? one.coding?.[0]?.display ?? knownName(one) ?? one.coding?.[0]?.code ?? []),
    ),
  )
}

/** A known intervention is called by its name also where the sender gave the code alone. */
const knownName = ({ coding }: CodeableConcept): string | undefined =>
  INTERVENTIONS.find(({ system, code }) => hasCoding(coding, system, code))?.display

/** Those who decided or agreed (`Consent.performer`), in words. */
export const decidedBy = (person: PersonRecord, consent: Consent): string | undefined => {
  const names = (consent.performer ?? [])
    .map((performer) => shownWho(person, performer))
    .filter((name) => name !== undefined)
  return names.length === 0 ? undefined : listed(names)
}
