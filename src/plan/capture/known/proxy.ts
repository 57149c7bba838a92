import type { CarePlan, Consent, QuestionnaireResponseItem, RelatedPerson } from 'fhir/r4.js'
import { parseReference } from '../../../fhir/resource.ts'
import { EXTENSION, PROXY_PRESENT, SYSTEM } from '../../codes.ts'
import { extension, type PersonRecord } from '../../person.ts'
import { knownContact } from './contact.ts'
import { choice, question, section } from './item.ts'

/** The contact through whom a proxy's power is exercised. */
export const holderOf = (person: PersonRecord, power: Consent): RelatedPerson | undefined => {
  const holders = (power.provision?.actor ?? []).map(({ reference }) =>
    person.resources.get(parseReference(reference.reference)?.key ?? '/'),
  )
  return holders.find((resource): resource is RelatedPerson => resource?.resourceType === 'RelatedPerson')
}

/** What `proxies` makes the powers and their holders of. Where a plan that came as resources does not say whether there is a proxy, one that it names does. */
export const knownProxies = (
  person: PersonRecord,
  plan: CarePlan,
  powers: readonly Consent[],
): QuestionnaireResponseItem[] => {
  const stated = extension(plan, EXTENSION.proxyPresent)?.valueCoding
  return section(
    'proxy',
    question('proxy.present', 'valueCoding', stated ?? (powers.length > 0 ? PROXY_PRESENT.yes : undefined)),
    ...powers.map((power) => {
      const holder = holderOf(person, power)
      return section(
        'proxy.holder',
        choice('proxy.holder.authority', SYSTEM.proxyAuthority, extension(power, EXTENSION.proxyAuthority)?.valueCode),
        question(
          'proxy.holder.only-when-incapable',
          'valueBoolean',
          extension(power, EXTENSION.onlyWhenIncapable)?.valueBoolean,
        ),
        holder === undefined ? [] : knownContact(holder, 'proxy.holder'),
      )
    }),
  )
}
