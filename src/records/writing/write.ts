import type { Consent, Patient } from 'fhir/r4.js'
import { storedParametersOf } from '../../definitions/search-parameters.ts'
import { servedType } from '../../definitions/served.ts'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'
import { stringifyFhirJson } from '../../fhir/json.ts'
import { type Issue, isError, issue } from '../../fhir/outcome.ts'
import { findReferences, parseReference, type Resource, type ResourceKey } from '../../fhir/resource.ts'
import { consentIssues } from '../../plan/consent-category.ts'
import { isDraft, isDraftThatEnded, type Label, labelOf, MARKED_TYPES, securityOf, stricter } from '../../plan/marks.ts'
import { NO_VALUES, type SearchValues, searchValues } from '../../search/values.ts'
import type { WrittenResource } from '../../store/resources/commit.ts'
import { validateResource } from '../../validation/validate.ts'
import { valueLengthIssues } from './value-lengths.ts'

/** What the server says in meta, with what can stand beside it: an extension that says that the time is unknown, for one. */
const OF_THE_SERVER: ReadonlySet<string> = new Set([
  'versionId',
  'lastUpdated',
  '_versionId',
  '_lastUpdated',
  'security',
])

/** The resource as it is stored and served: id and meta are the server's, and come first. `given`: the label that it was given. */
export const stamp = <R extends Resource>(
  resource: R,
  id: string,
  version: number,
  now: Date,
  given: Label | null = null,
): R => {
  const security = securityOf(resource, given)
  const meta: Record<string, unknown> = { versionId: String(version), lastUpdated: now.toISOString() }
  for (const name in resource.meta)
    if (!OF_THE_SERVER.has(name)) meta[name] = (resource.meta as Readonly<Record<string, unknown>>)[name]
  if (security !== undefined) meta['security'] = security
  return Object.assign({ resourceType: resource.resourceType, id, meta }, resource, { id, meta })
}

/** Everything wrong with one resource by itself. `at` is where it stands in the request. */
export const resourceIssues = (resource: Resource, at: string = resource.resourceType): Issue[] => {
  if (servedType(resource.resourceType) === undefined) {
    const text =
      'Resources of this type are not kept here. The CapabilityStatement at /fhir/metadata lists those that are.'
    return [issue('type-not-served', at, text, { code: 'not-supported' })]
  }
  const relocate = (expression: string): string =>
    expression.startsWith(resource.resourceType) ? at + expression.slice(resource.resourceType.length) : expression
  const categories = resource.resourceType === 'Consent' ? consentIssues(resource as Consent) : []
  const security = securityOf(resource)
  const labelled = security === undefined ? resource : { ...resource, meta: { ...resource.meta, security } }
  const issues = [...validateResource(labelled), ...categories].map((found) =>
    found.expression === undefined ? found : { ...found, expression: relocate(found.expression) },
  )
  return issues.some(isError) ? issues : [...issues, ...valueLengthIssues(resource, at)]
}

/** The person to whom a resource belongs, by its own content: an id, null for none, undefined where it should name one and does not. */
export const personOf = (resource: Resource): string | null | undefined => {
  const person = servedType(resource.resourceType)?.person
  if (person === undefined) return null
  if (person === 'self') return resource.id
  if (person === 'target') return undefined
  const target = parseReference(
    (resource as unknown as Record<string, { reference?: string } | undefined>)[person]?.reference,
  )
  return target?.type === 'Patient' ? target.id : undefined
}

/** References to other resources here that a resource of its own makes; a document's are its own business. */
export const referencesOf = (resource: Resource): ResourceKey[] => {
  if (resource.resourceType === 'Bundle') return []
  return findReferences(resource).flatMap(({ reference }) => parseReference(reference.reference)?.key ?? [])
}

/**
 * A resource ready for the store, with its search rows. `resource` is stamped; `organization` (ODS code) is who writes it; `given` and `wasGiven` are
 * the labels that somebody gave it, now and before.
 */
export const written = (
  resource: Resource,
  {
    expected,
    version,
    patient,
    organization,
    given = null,
    wasGiven = null,
  }: {
    expected: number
    version: number
    patient: string | null
    organization: string
    given?: Label | null
    wasGiven?: Label | null
  },
): WrittenResource => ({
  type: resource.resourceType,
  id: resource.id as string,
  expected,
  version,
  deleted: false,
  patient,
  body: stringifyFhirJson(resource),
  values: searchRows(resource),
  identities: distinct(personIdentities(resource)),
  ...(mayBeMarked(resource) || given !== wasGiven ? markOf(resource, expected, organization, given) : {}),
})

const mayBeMarked = (resource: Resource): boolean =>
  MARKED_TYPES.includes(resource.resourceType) && !isDraftThatEnded(resource)

/** The mark of a resource; where it never had one and gets none, nothing is to be said. */
const markOf = (
  resource: Resource,
  expected: number,
  organization: string,
  given: Label | null,
): Pick<WrittenResource, 'mark'> => {
  const mark = { label: stricter(labelOf(resource), given), author: isDraft(resource) ? organization : null }
  return expected === -1 && mark.label === null && mark.author === null ? {} : { mark }
}

/** What a resource is found by, and under no parameter what else it refers to. */
export const searchRows = (resource: Resource): SearchValues => {
  const values = searchValues(resource, storedParametersOf(resource.resourceType))
  const others = otherReferences(resource, values.references)
  return others.length === 0 ? values : { ...values, references: [...values.references, ...others] }
}

/**
 * References that no search parameter is about stand under no name: by them nothing is found, but what they lead to cannot be deleted, and
 * is read with what it belongs to.
 */
const otherReferences = (resource: Resource, found: SearchValues['references']): SearchValues['references'] => {
  if (resource.resourceType === 'Bundle') return []
  const known = new Set<string>()
  for (const { type, id } of found) known.add(`${type}/${id}`)
  const others: { parameter: string; type: string; id: string }[] = []
  for (const { reference } of findReferences(resource)) {
    const target = parseReference(reference.reference)
    if (target === undefined || known.has(target.key)) continue
    known.add(target.key)
    others.push({ parameter: '', type: target.type, id: target.id })
  }
  return others
}

/** An identifier that stands twice is claimed once. */
const distinct = (identities: WrittenResource['identities']): WrittenResource['identities'] => [
  ...new Map(identities.map((identity) => [JSON.stringify([identity.system, identity.value]), identity])).values(),
]

const personIdentities = (resource: Resource): WrittenResource['identities'] =>
  resource.resourceType === 'Patient'
    ? ((resource as Patient).identifier ?? []).flatMap(({ system, value, use }) =>
        // A number of old names nobody now: its digits may come to be another person's.
        use !== 'old' && system !== undefined && value !== undefined && PERSON_SYSTEMS.includes(system)
          ? [{ system, value }]
          : [],
      )
    : []

/** A deletion ready for the store. */
export const deletion = (type: string, id: string, version: number, patient: string | null): WrittenResource => ({
  type,
  id,
  expected: version,
  version: version + 1,
  deleted: true,
  patient,
  body: '',
  values: NO_VALUES,
  identities: [],
})
