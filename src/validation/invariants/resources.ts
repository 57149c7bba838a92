import { isAfter } from '../values/dates.ts'
import { has, hasChoice, type Invariant, type Node, node, nodes } from './invariant.ts'

const CONSENT_SCOPE = 'http://terminology.hl7.org/CodeSystem/consentscope'

const codings = (concept: Node | undefined): readonly Node[] => (concept === undefined ? [] : nodes(concept, 'coding'))

const isNotScope = (consent: Node, code: string): boolean =>
  !codings(node(consent, 'scope')).some((coding) => coding['system'] === CONSENT_SCOPE && coding['code'] === code)

/** The expressions of the standard name a system "something" that does not exist; the scope's own system is meant. */
const scopeNeedsPatient = (key: string, scope: string): Invariant => ({
  key,
  path: 'Consent',
  holds: (consent) => has(consent, 'patient') || isNotScope(consent, scope),
  text: `A consent with the scope ${scope} needs a patient. Add the reference.`,
})

const codeKey = (coding: Node): string => JSON.stringify([coding['system'], coding['code']])

const sharesCode = (observation: Node): boolean => {
  const own = new Set(codings(node(observation, 'code')).map(codeKey))
  return nodes(observation, 'component').some((component) =>
    codings(node(component, 'code')).some((coding) => own.has(codeKey(coding))),
  )
}

const noneAtHome = (organization: Node, name: string): boolean =>
  nodes(organization, name).every((item) => item['use'] !== 'home')

const exactlyOne = (...present: readonly boolean[]): boolean => present.filter(Boolean).length === 1

/** The sections "Constraints" of each resource's page, e.g. http://hl7.org/fhir/R4/consent.html#invs */
export const RESOURCE_INVARIANTS: readonly Invariant[] = [
  {
    key: 'cpl-3',
    path: 'CarePlan.activity',
    onlyWith: ['detail'],
    holds: (activity) => !has(activity, 'detail') || !has(activity, 'reference'),
    text: 'An activity has a reference or a detail, not both. Send one of them.',
  },
  {
    key: 'ppc-1',
    path: 'Consent',
    holds: (consent) => has(consent, 'policy') || has(consent, 'policyRule'),
    text: 'A consent needs a policy or a policyRule. Add one of them.',
  },
  scopeNeedsPatient('ppc-2', 'patient-privacy'),
  scopeNeedsPatient('ppc-3', 'research'),
  scopeNeedsPatient('ppc-4', 'adr'),
  scopeNeedsPatient('ppc-5', 'treatment'),
  {
    key: 'pat-1',
    path: 'Patient.contact',
    holds: (contact) =>
      has(contact, 'name') || has(contact, 'telecom') || has(contact, 'address') || has(contact, 'organization'),
    text: 'A contact needs a name, telecom, address or organization.',
  },
  {
    key: 'gol-1',
    path: 'Goal.target',
    onlyWith: ['detail'],
    holds: (target) => !hasChoice(target, 'detail') || has(target, 'measure'),
    text: 'A target with a detail needs a measure.',
  },
  {
    key: 'obs-3',
    path: 'Observation.referenceRange',
    holds: (range) => has(range, 'low') || has(range, 'high') || has(range, 'text'),
    text: 'A reference range needs low, high or text.',
  },
  {
    key: 'obs-6',
    path: 'Observation',
    onlyWith: ['dataAbsentReason'],
    holds: (observation) => !has(observation, 'dataAbsentReason') || !hasChoice(observation, 'value'),
    text: 'An observation with a value has no dataAbsentReason. Send one of them.',
  },
  {
    key: 'obs-7',
    path: 'Observation',
    onlyWith: ['component'],
    holds: (observation) => !hasChoice(observation, 'value') || !sharesCode(observation),
    text: 'Where a component has the same code as the observation, the value stands in the component only.',
  },
  {
    key: 'org-1',
    path: 'Organization',
    holds: (organization) => has(organization, 'identifier') || has(organization, 'name'),
    text: 'An organization needs a name or an identifier.',
  },
  {
    key: 'org-2',
    path: 'Organization',
    onlyWith: ['address'],
    holds: (organization) => noneAtHome(organization, 'address'),
    text: 'An address of an organization is never of use "home".',
  },
  {
    key: 'org-3',
    path: 'Organization',
    onlyWith: ['telecom'],
    holds: (organization) => noneAtHome(organization, 'telecom'),
    text: 'A telecom of an organization is never of use "home".',
  },
  {
    key: 'qrs-1',
    path: 'QuestionnaireResponse.item',
    onlyWith: ['item'],
    holds: (item) => !has(item, 'answer') || !has(item, 'item'),
    text: 'Nested items stand below the item or below its answer, not both.',
  },
  {
    key: 'inv-1',
    path: 'Task',
    onlyWith: ['lastModified'],
    holds: ({ authoredOn, lastModified }) =>
      typeof authoredOn !== 'string' || typeof lastModified !== 'string' || !isAfter(authoredOn, lastModified),
    text: 'lastModified must not be before authoredOn.',
  },
  {
    key: 'inv-1',
    path: 'Parameters.parameter',
    holds: (parameter) => exactlyOne(hasChoice(parameter, 'value'), has(parameter, 'resource'), has(parameter, 'part')),
    text: 'A parameter has exactly one of value, resource and part.',
  },
  {
    key: 'cmp-1',
    path: 'Composition.section',
    holds: (section) => has(section, 'text') || has(section, 'entry') || has(section, 'section'),
    text: 'A section needs a text, an entry or a section.',
  },
  {
    key: 'cmp-2',
    path: 'Composition.section',
    onlyWith: ['emptyReason'],
    holds: (section) => !has(section, 'emptyReason') || !has(section, 'entry'),
    text: 'A section with entries has no emptyReason.',
  },
  {
    key: 'sev-1',
    path: 'AuditEvent.entity',
    onlyWith: ['query'],
    holds: (entity) => !has(entity, 'name') || !has(entity, 'query'),
    text: 'An entity has a name or a query, not both.',
  },
]
