import type { Consent } from 'fhir/r4.js'
import { type Issue, issue } from '../fhir/outcome.ts'
import { SYSTEM } from './codes.ts'
import { listOf, VALUE_SET } from './value-sets.ts'

const ENDED: readonly Consent['status'][] = ['inactive', 'rejected', 'entered-in-error']

/**
 * What keeps a Consent from being any of KeyPlan's: the error `consent-category` where not exactly one of all its category codings has the
 * system of the code system consent-category, or its code is not known. An objection under a misspelt category would be stored and obeyed
 * by nobody. For every way in by which a Consent is written, plan or no plan; one that has ended decides nothing, and may always end.
 */
export const consentIssues = (consent: Consent): Issue[] => {
  if (ENDED.includes(consent.status)) return []
  const codes = (consent.category ?? [])
    .flatMap(({ coding }) => coding ?? [])
    .filter(({ system }) => system === SYSTEM.consentCategory)
    .map(({ code }) => code ?? '')
  if (codes.length === 1 && VALUE_SET.consentCategory.has(codes[0] ?? '')) return []
  const found = codes.length === 0 ? 'none' : codes.length === 1 ? 'one that is not known' : 'several'
  return [
    issue(
      'consent-category',
      'Consent.category',
      `A Consent has exactly one category with the system ${SYSTEM.consentCategory}, and this one has ${found}. What it decides would be overlooked. Give one of: ${listOf(VALUE_SET.consentCategory)}.`,
      { code: 'code-invalid' },
    ),
  ]
}
