import type { RequestContext } from '../context.ts'
import type { Before } from '../store/persons.ts'
import type { Store } from '../store/store.ts'
import { about, refusal, requireAll, type Subject } from './permission.ts'

/**
 * Throws where the caller may not change one of the resources that were read to be changed, or what is recorded of one of the persons. `refused`
 * says where in the request that stands; `named` are the keys of all that was to be changed.
 */
export const requireTargets = (
  store: Store,
  cx: RequestContext,
  before: Before,
  named: readonly string[],
  refused: (error: unknown) => unknown,
): Promise<void> => {
  const persons = new Map(before.persons.map((row) => [row.id, row]))
  const subjects: Subject[] = [
    ...before.persons.map((row) => about(row.id, row)),
    ...before.targets.map(({ type, id, patient, label, author }) => {
      const { sharing = null, custodian = null } = persons.get(patient ?? '') ?? {}
      return { type, id, patient, label, author, sharing, custodian }
    }),
  ]
  return requireAll(store, cx, subjects, {
    act: 'change',
    refused: (denial, subject) => refused(refusal(denial, subject, named)),
  })
}
