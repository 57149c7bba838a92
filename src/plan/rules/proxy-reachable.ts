import type { Consent, RelatedPerson } from 'fhir/r4.js'
import { issue } from '../../fhir/outcome.ts'
import { findReferences, parseReference } from '../../fhir/resource.ts'
import { EXTENSION, type ProxyAuthority } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { POLICY } from '../jurisdiction.ts'
import { consentCategory, extension, type PersonRecord } from '../person.ts'
import { consentsOf, isBlank } from './content.ts'
import { BOTH, type PlanRule } from './rule.ts'

const proxiesOf = (consent: Consent, person: PersonRecord): RelatedPerson[] =>
  findReferences(consent)
    .map(({ reference }) => parseReference(reference.reference)?.key)
    .map((key) => (key === undefined ? undefined : person.resources.get(key)))
    .filter((resource): resource is RelatedPerson => resource?.resourceType === 'RelatedPerson')

const hasPhone = (proxy: RelatedPerson): boolean =>
  proxy.telecom?.some(
    (contact) => (contact.system === 'phone' || contact.system === 'sms') && !isBlank(contact.value),
  ) ?? false

/** RSP-16 (ReSPECT sections 2 and 8). A proxy whom nobody can ring cannot speak for the person. */
export const proxyReachable: PlanRule = {
  key: 'RSP-16',
  title: 'A legal proxy has a contact with a telephone and a legal basis',
  severity: 'warning',
  source: 'ReSPECT v3 sections 2 and 8',
  plans: BOTH,
  check: (plan, person, { jurisdiction }) =>
    consentsOf(plan, person)
      .filter((consent) => consentCategory(consent) === 'welfare-proxy')
      .flatMap((consent) => {
        const { name, proxies } = POLICY[jurisdiction]
        const authority = extension(consent, EXTENSION.proxyAuthority)?.valueCode as ProxyAuthority | undefined
        const issues = []
        if (!proxiesOf(consent, person).some(hasPhone)) {
          issues.push(
            issue(
              'RSP-16',
              at(consent, ''),
              'The legal proxy has no contact with a telephone number. Refer to a RelatedPerson with telecom from this Consent.',
              { severity: 'warning' },
            ),
          )
        }
        if (authority === undefined) {
          issues.push(
            issue(
              'RSP-16',
              at(consent, 'extension'),
              `It is not said from what the legal proxy has their powers. Add the extension ${EXTENSION.proxyAuthority}.`,
              { severity: 'warning' },
            ),
          )
        } else if (Object.keys(proxies).length > 0 && proxies[authority] === undefined) {
          issues.push(
            issue(
              'RSP-16',
              atExtension(consent, EXTENSION.proxyAuthority),
              `The law of ${name} knows no proxy of this kind; there it is one of: ${Object.keys(proxies).join(', ')}. Check the authority and the person's jurisdiction.`,
              { severity: 'warning' },
            ),
          )
        }
        return issues
      }),
}
