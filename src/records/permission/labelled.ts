import type { RequestContext } from '../../context.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { givenLabel } from '../../plan/marks.ts'
import { isOwn } from '../../plan/ownership.ts'
import type { PersonRecord } from '../../plan/person.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { requireAll } from './permission.ts'

/**
 * Throws `not-found` where something that was read of a person, because something else refers to it, was given a label that keeps it from the caller:
 * what is made of it, or found wrong with it, would tell of it.
 */
export const requireLabelsSeen = async (
  store: Store,
  cx: RequestContext,
  { id: patient, sharing, custodian }: PersonRow,
  record: PersonRecord,
): Promise<void> => {
  const labelled = [...record.resources.values()].flatMap((resource) => {
    const label = isOwn(resource, record) ? givenLabel(resource) : null
    const [type, id] = resourceKey(resource).split('/') as [string, string]
    return label === null ? [] : [{ type, id, patient, sharing, custodian, label }]
  })
  if (labelled.length > 0) await requireAll(store, cx, labelled)
}
