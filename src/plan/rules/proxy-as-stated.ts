import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { EXTENSION, PROXY_PRESENT } from '../codes.ts'
import { atExtension } from '../expression.ts'
import { consentCategory, extension, type PersonRecord } from '../person.ts'
import { consentsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

const found = (plan: CarePlan, text: string, severity: Issue['severity']): Issue[] => [
  issue('proxy-contradicted', atExtension(plan, EXTENSION.proxyPresent), text, { severity }),
]

const check = (plan: CarePlan, person: PersonRecord): Issue[] => {
  const stated = extension(plan, EXTENSION.proxyPresent)?.valueCoding
  if (stated === undefined) return []
  const named = consentsOf(plan, person).some((consent) => consentCategory(consent) === 'welfare-proxy')
  const isStated = stated.system === PROXY_PRESENT.yes.system && stated.code === PROXY_PRESENT.yes.code
  if (named && !isStated) {
    return found(
      plan,
      'The plan names a legal proxy, and says that there is none or that it is not known. Whoever must ask for a decision would read either: correct the one that is wrong.',
      'error',
    )
  }
  if (!named && isStated) {
    return found(
      plan,
      'The plan says that there is a legal proxy and names none, so nobody can ask them. Name the proxy, with a telephone number.',
      'warning',
    )
  }
  return []
}

/** What was answered about a legal proxy, and the proxies that are named, are read by different people. */
export const proxyAsStated: PlanRule = {
  key: 'proxy-contradicted',
  title: 'A plan names a legal proxy if, and only if, it says that there is one',
  severity: 'error',
  source: 'ReSPECT v3 section 2; domain model, idea “authored once”',
  plans: EMERGENCY,
  check,
}
