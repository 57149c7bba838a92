import type { Patient } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { type FhirResource, findReferences, mapReferences, type ResourceKey } from '../../fhir/resource.ts'
import type { PersonRecord } from '../person.ts'
import { standsFor } from './admitted.ts'
import { namesOf, type SubmissionEntry } from './entry.ts'

/** A submitted resource as it will be stored: with its id, and with references to ids. `index` is its place in the submission. */
export type Addressed = Readonly<{ index: number; resource: FhirResource; isNew: boolean }>

const isUrn = (reference: string): boolean => reference.startsWith('urn:')

/**
 * Gives each new resource an id, and every reference to an entry (by fullUrl, or by the sender's Type/id) the id of what it names. A
 * Patient stands for the person's stored one, a resource repeated word for word for that one. References by `urn:` that name no entry
 * are errors.
 */
export const address = (
  entries: readonly SubmissionEntry[],
  stored: Patient | undefined,
  before: PersonRecord | undefined,
  newId: () => string,
): { resources: readonly Addressed[]; issues: readonly Issue[] } => {
  const keys = new Map<string, ResourceKey>()
  const targets = entries.map((entry, index) => {
    const { resource } = entry
    const isPerson = resource.resourceType === 'Patient' && stored !== undefined
    const isNew = !isPerson && !standsFor(entry, before)
    const id = isPerson ? stored.id : isNew ? newId() : resource.id
    const key: ResourceKey = `${resource.resourceType}/${id ?? ''}`
    for (const name of namesOf(entry)) keys.set(name, key)
    return { index, resource, isNew, id: id ?? '' }
  })
  const issues: Issue[] = []
  const resources = targets.map(({ index, resource, isNew, id }) => {
    for (const { expression, reference } of findReferences(resource)) {
      if (!isUrn(reference.reference ?? '') || keys.has(reference.reference ?? '')) continue
      issues.push(
        issue(
          'reference-unresolved',
          `Bundle.entry[${index}].resource${expression.slice(resource.resourceType.length)}`,
          'This reference names no entry of the submission. Add the entry with this fullUrl, or refer to a stored resource as Type/id.',
          { code: 'not-found' },
        ),
      )
    }
    const rewritten = mapReferences(resource, (reference) => keys.get(reference) ?? reference)
    return { index, isNew, resource: { ...rewritten, id } as FhirResource }
  })
  return { resources: resources.filter(({ resource, isNew }) => isNew || resource.resourceType !== 'Patient'), issues }
}
