import { type Issue, issue } from '../../fhir/outcome.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { SNOMED } from '../codes.ts'
import { at } from '../expression.ts'
import { membersOf } from '../members.ts'
import { isSnomedIdentifier, REFUSED_CODES } from '../snomed.ts'
import { BOTH, type PlanRule } from './rule.ts'

type Found = Readonly<{ code: string; path: string }>

/** Every code of SNOMED CT in a value, with where it stands. */
const codesIn = (value: unknown, path: string): Found[] => {
  if (typeof value !== 'object' || value === null) return []
  const { system, code } = value as { system?: unknown; code?: unknown }
  return [
    ...(system === SNOMED && typeof code === 'string' ? [{ code, path: `${path}.code` }] : []),
    ...Object.entries(value).flatMap(([name, child]) =>
      codesIn(child, Array.isArray(value) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`),
    ),
  ]
}

const fault = (code: string): string | undefined => {
  const disputed = REFUSED_CODES.get(code)
  if (disputed !== undefined)
    return `This code of SNOMED CT ${disputed}, so that readers take it for different things. Use a code with one meaning, or say it in words (text).`
  return isSnomedIdentifier(code)
    ? undefined
    : 'This is no code of SNOMED CT: its check digit is wrong. Compare it with its source, or say it in words (text).'
}

const check = (resource: FhirResource): Issue[] =>
  codesIn(resource, '').flatMap(({ code, path }) => {
    const text = fault(code)
    return text === undefined ? [] : [issue('INV-8', at(resource, path), text, { code: 'code-invalid' })]
  })

/** INV-8. A code that means one thing to its sender and another to its reader is worse than none. */
export const undisputedCodes: PlanRule = {
  key: 'INV-8',
  title: 'No code of SNOMED CT in a plan has a disputed meaning or a wrong check digit',
  severity: 'error',
  source: 'Domain reference 3.3 and 9.2; hazard H-07',
  plans: BOTH,
  check: (plan, person) => [plan, ...membersOf(person, plan).values()].flatMap(check),
}
