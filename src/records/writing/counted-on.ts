import type { Commit, WrittenResource } from '../../store/resources/commit.ts'
import type { PersonRow } from '../../store/resources/persons.ts'

type Counted = Commit['mustExist'][number]

/**
 * What a commit counts on and does not change itself: everything that was read of the persons for whom it derives, at the versions that were
 * read, so that nothing derived can differ from what is stored; and whatever else the new resources refer to, which must exist.
 */
export const countedOn = (
  written: readonly WrittenResource[],
  derivedFrom: readonly PersonRow[],
): Commit['mustExist'] => {
  const changed = new Set<string>()
  const own = new Set<string>()
  for (const { type, id, deleted } of written) {
    changed.add(`${type}/${id}`)
    if (!deleted) own.add(`${type}/${id}`)
  }
  const pinned = new Map<string, Counted>()
  for (const person of derivedFrom)
    for (const { type, id, version, patient } of person.resources)
      if (patient === person.id && !changed.has(`${type}/${id}`))
        pinned.set(`${type}/${id}`, { type, id, patient, version })
  // What resources of two persons refer to is looked at for each of them.
  const referred = new Map<string, Counted>()
  for (const { type: holder, patient, values } of written) {
    // What a document is made of stands in itself.
    if (holder === 'Bundle') continue
    for (const { type, id } of values.references) {
      const key = `${type}/${id}`
      if (!own.has(key) && !pinned.has(key)) referred.set(`${key} ${patient}`, { type, id, patient, version: null })
    }
  }
  return [...pinned.values(), ...referred.values()]
}
