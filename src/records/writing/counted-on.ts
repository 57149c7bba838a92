import type { Commit, WrittenResource } from '../../store/resources/commit.ts'
import type { PersonRow } from '../../store/resources/persons.ts'

/**
 * What a commit counts on and does not change itself: everything that was read of the persons for whom it derives, at the versions that were
 * read, so that nothing derived can differ from what is stored; and whatever else the new resources refer to, which must exist.
 */
export const countedOn = (
  written: readonly WrittenResource[],
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
  // What resources of two persons refer to is looked at for each of them.
  const referred = new Map(
    // What a document is made of stands in itself.
    written.flatMap(({ type: holder, patient, values }) =>
      (holder === 'Bundle' ? [] : values.references)
        .filter(({ type, id }) => !own.has(`${type}/${id}`) && !pinned.has(`${type}/${id}`))
        .map(({ type, id }) => [`${type}/${id} ${patient}`, { type, id, patient, version: null }] as const),
    ),
  )
  return [...pinned.values(), ...referred.values()]
}
