import type { CarePlan, CodeableConcept, Consent, Observation } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import type { FhirResource, Resource } from '../../fhir/resource.ts'
import { EXTENSION, INTERVENTIONS, PROXY_PRESENT, SNOMED, SYSTEM } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { consentCategory, contentOf, extension, extensions, isCapacity, type PersonRecord } from '../person.ts'
import { listOf, VALUE_SET } from '../value-sets.ts'
import { aboutWhat } from './content.ts'
import { BOTH, type PlanRule } from './rule.ts'

const unknown = (where: string, what: string, valueSet: ReadonlySet<string>): Issue =>
  issue('INV-7', where, `${what} must be exactly one of: ${listOf(valueSet)}. Anything else is refused, not ignored.`, {
    code: 'code-invalid',
  })

/** The codes of the KeyPlan code system in a concept: there must be one, and it must be known. */
const checkConcept = (
  where: string,
  what: string,
  concept: CodeableConcept | undefined,
  system: string,
  valueSet: ReadonlySet<string>,
): Issue[] => {
  const codes = concept?.coding?.filter((coding) => coding.system === system).map(({ code }) => code ?? '') ?? []
  return codes.length === 1 && codes.every((code) => valueSet.has(code)) ? [] : [unknown(where, what, valueSet)]
}

const checkCodes = (
  where: string,
  what: string,
  codes: readonly (string | undefined)[],
  valueSet: ReadonlySet<string>,
): Issue[] => (codes.every((code) => valueSet.has(code ?? '')) ? [] : [unknown(where, what, valueSet)])

const PROXY_ANSWERS: ReadonlySet<string> = new Set(
  Object.values(PROXY_PRESENT).map(({ system, code }) => `${system}|${code}`),
)

const checkPlan = (plan: CarePlan): Issue[] => {
  const focus = extension(plan, EXTENSION.overallFocus)
  const involvement = extension(plan, EXTENSION.involvement)
  const where = (url: string): string => atExtension(plan, url)
  return [
    ...(focus === undefined
      ? []
      : checkConcept(
          where(EXTENSION.overallFocus),
          'The overall focus',
          focus.valueCodeableConcept,
          SYSTEM.overallFocus,
          VALUE_SET.overallFocus,
        )),
    ...checkCodes(
      where(EXTENSION.involvement),
      'Each basis of involvement',
      extensions(involvement, 'basis').map(({ valueCode }) => valueCode),
      VALUE_SET.involvement,
    ),
    ...checkCodes(
      where(EXTENSION.proxyPresent),
      'Whether there is a legal proxy',
      extensions(plan, EXTENSION.proxyPresent).map(({ valueCoding }) => `${valueCoding?.system}|${valueCoding?.code}`),
      PROXY_ANSWERS,
    ),
    ...checkCodes(
      where(EXTENSION.recordSource),
      'The source of the record',
      extensions(plan, EXTENSION.recordSource).map(({ valueCode }) => valueCode),
      VALUE_SET.recordSource,
    ),
  ]
}

/** The interventions that the nested provision is about: each concept must be one known intervention, and all the same. */
const checkIntervention = (consent: Consent): Issue[] => {
  const concepts = consent.provision?.provision?.[0]?.code ?? []
  const named = concepts.map((concept) =>
    INTERVENTIONS.filter(({ system, code }) => hasCoding(concept.coding, system, code)).map(({ name }) => name),
  )
  const first = named[0]?.[0]
  if (first !== undefined && named.every((names) => names.length === 1 && names[0] === first)) return []
  const known = INTERVENTIONS.map(({ name, system, code }) => `${name} (${system}|${code})`).join(', ')
  return [
    issue(
      'INV-7',
      at(consent, 'provision.provision[0].code'),
      `A recommendation is about exactly one known intervention. Give one of: ${known}.`,
      { code: 'code-invalid' },
    ),
  ]
}

const checkRecommendation = (consent: Consent): Issue[] => {
  const codesOf = (url: string): (string | undefined)[] => extensions(consent, url).map(({ valueCode }) => valueCode)
  const recommendations = codesOf(EXTENSION.recommendation)
  const where = (url: string): string => atExtension(consent, url)
  return [
    ...checkIntervention(consent),
    ...(recommendations.length === 1
      ? checkCodes(
          where(EXTENSION.recommendation),
          `The recommendation in ${aboutWhat(consent)}`,
          recommendations,
          VALUE_SET.recommendation,
        )
      : [unknown(at(consent, 'extension'), `The extension ${EXTENSION.recommendation}`, VALUE_SET.recommendation)]),
    ...checkCodes(where(EXTENSION.basis), 'The basis of a decision', codesOf(EXTENSION.basis), VALUE_SET.basis),
    ...checkCodes(
      where(EXTENSION.rationale),
      'The reason of a recommendation',
      extensions(extension(consent, EXTENSION.rationale), 'reason').map(({ valueCode }) => valueCode),
      VALUE_SET.rationale,
    ),
    ...checkCodes(
      where(EXTENSION.discussion),
      'With whom it was discussed',
      extensions(extension(consent, EXTENSION.discussion), 'with').map(({ valueCode }) => valueCode),
      VALUE_SET.discussion,
    ),
  ]
}

const checkConsent = (consent: Consent): Issue[] => {
  const categories = consent.category.flatMap(({ coding }) => coding ?? [])
  const issues = checkConcept(
    at(consent, 'category'),
    'The category of a Consent of a plan',
    { coding: categories },
    SYSTEM.consentCategory,
    VALUE_SET.consentCategory,
  )
  if (consentCategory(consent) === 'emergency-recommendation') issues.push(...checkRecommendation(consent))
  if (consentCategory(consent) === 'welfare-proxy') {
    issues.push(
      ...checkCodes(
        atExtension(consent, EXTENSION.proxyAuthority),
        'The authority of a proxy',
        extensions(consent, EXTENSION.proxyAuthority).map(({ valueCode }) => valueCode),
        VALUE_SET.proxyAuthority,
      ),
    )
  }
  return issues
}

const checkCapacity = (observation: Observation): Issue[] =>
  checkConcept(
    at(observation, 'value'),
    'The capacity',
    observation.valueCodeableConcept,
    SYSTEM.capacity,
    VALUE_SET.capacity,
  )

/** SNOMED CT has one address; under its OID or another spelling a code is not found by any reader. */
const checkSnomed = (resource: Resource): Issue[] => {
  const issues: Issue[] = []
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, `${path}[${index}]`)
      })
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, child] of Object.entries(value)) visit(child, path === '' ? name : `${path}.${name}`)
    } else if (typeof value === 'string' && path.endsWith('system') && value !== SNOMED) {
      if (/snomed|2\.16\.840\.1\.113883\.6\.96$/i.test(value)) {
        issues.push(
          issue('INV-7', at(resource, path), `SNOMED CT codes have the system ${SNOMED}. Use it here.`, {
            code: 'code-invalid',
          }),
        )
      }
    }
  }
  visit(resource, '')
  return issues
}

const checkContent = (resource: FhirResource): Issue[] => {
  if (resource.resourceType === 'Consent') return checkConsent(resource)
  if (resource.resourceType === 'Observation' && isCapacity(resource)) return checkCapacity(resource)
  if (resource.resourceType === 'Goal') {
    const kinds = resource.category?.flatMap(({ coding }) => coding ?? []) ?? []
    return hasCoding(kinds, SYSTEM.whatMatters)
      ? checkConcept(
          at(resource, 'category'),
          'The kind of a statement about what matters',
          { coding: kinds },
          SYSTEM.whatMatters,
          VALUE_SET.whatMatters,
        )
      : []
  }
  return []
}

/** INV-7. A code that KeyPlan does not know would be stored and never shown: a recommendation that nobody sees. */
export const knownCodes: PlanRule = {
  key: 'INV-7',
  title: 'Every code that a plan turns on is known, and SNOMED CT has its one address',
  severity: 'error',
  source: 'Domain reference 9.2',
  plans: BOTH,
  check: (plan: CarePlan, person: PersonRecord) => {
    const content = contentOf(person, plan)
    return [...checkPlan(plan), ...content.flatMap(checkContent), ...[plan, ...content].flatMap(checkSnomed)]
  },
}
