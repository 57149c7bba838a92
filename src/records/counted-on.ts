import type { Resource } from '../fhir/resource.ts'
import type { Commit, WrittenResource } from '../store/commit.ts'
import type { PersonRow } from '../store/persons.ts'
import { referencesOf } from './write.ts'

/**
 * What a commit counts on and does not change itself: everything that was read of the persons for whom it derives, at the versions that were
 * read, so that nothing derived can differ from what is stored; and whatever else the new resources refer to, which must exist.
 */
export const countedOn = (
  written: readonly WrittenResource[],
  resources: readonly Resource[],
  derivedFrom: readonly PersonRow[],
): Commit['mustExist'] => {
  const own = new Set(written.flatMap(({ type, id, deleted }) => (deleted ? [] : [`${type}/${id}`])))
  const changed = new Set(written.map(({ type, id }) => `${type}/${id}`))
  const pinned = new Map(
    derivedFrom.flatMap((person) =>
      person.resources
        .filter(({ type, id, patient }) => patient === person.id && !changed.has(`${type}/${id}`))
        .map(({ type, id, version }) => [`${type}/${id}`, { type, id, patient: person.id, version }]),
    ),
  )
  const patients = new Map(written.map(({ type, id, patient }) => [`${type}/${id}`, patient]))
  const referred = resources.flatMap((resource) =>
    referencesOf(resource)
      .filter((key) => !own.has(key) && !pinned.has(key))
      .map((key) => {
        const [type = '', id = ''] = key.split('/')
        return { type, id, patient: patients.get(`${resource.resourceType}/${resource.id}`) ?? null, version: null }
      }),
  )
  return [...pinned.values(), ...referred]
}
