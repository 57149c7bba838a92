import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import type { Resource } from '../../fhir/resource.ts'
import type { Before } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { agent } from '../audit/audit.ts'
import { requireNothingHidden } from '../permission/hidden.ts'
import { about, refusal, requireAll, type Subject } from '../permission/permission.ts'
import { notTheirs } from '../permission/theirs.ts'
import { notAsked } from './asked.ts'

/** What is to come to be, and whose it will be: null for nobody's. */
export type Wanted = Readonly<{ type: string; id: string; patient: string | null; resource: Resource }>

/**
 * Throws where the caller may not change one of the resources that were read to be changed, or what is recorded of one of the persons, or may not
 * have what is to come to be (`wanted`). `refused` says where in the request that stands; `named` are the keys of all that was to be changed.
 */
export const requireTargets = async (
  store: Store,
  cx: RequestContext,
  before: Before,
  named: readonly string[],
  refused: (error: unknown) => unknown,
  wanted: readonly Wanted[] = [],
): Promise<void> => {
  const persons = new Map(before.persons.map((row) => [row.id, row]))
  const subjects: Subject[] = [
    // First: where it may not be told that one of these is there, neither is whose it is.
    ...before.targets.map(({ type, id, patient, label, author }) => {
      const { sharing = null, custodian = null } = persons.get(patient ?? '') ?? {}
      return { type, id, patient, label, author, sharing, custodian }
    }),
    ...before.persons.map((row) => about(row.id, row)),
    ...wanted.map(({ type, id, patient }) => {
      // A person who is not known yet will be the caller's; what there is of one who was not read, the commit itself finds out.
      const { sharing, custodian } = persons.get(patient ?? '') ?? {
        sharing: 'permitted',
        custodian: agent(cx).organization,
      }
      return { type, id, patient, sharing, custodian } satisfies Subject
    }),
  ]
  await requireAll(store, cx, subjects, {
    act: 'change',
    refused: (denial, subject) => refused(refusal(denial, subject, named)),
  })
  const said = [
    ...before.targets.filter(({ deleted }) => !deleted).map((one) => [one, () => parseFhirJson(one.body)] as const),
    ...wanted.map((one) => [one, () => one.resource] as const),
  ]
  for (const [subject, resource] of said) {
    const refusal = notTheirs(cx, resource, subject, named)
    if (refusal !== undefined) throw refused(refusal)
  }
  for (const target of before.targets) {
    const refusal = notAsked(cx, target)
    if (refusal !== undefined) throw refused(refusal)
  }
  // What is found wrong with a change of what may be part of a plan tells of the rest of it. A Consent that is theirs to write is part of none.
  const mayBeOfPlan = before.targets.some(({ type }) => type !== 'Consent')
  for (const { id } of mayBeOfPlan ? before.persons : []) await requireNothingHidden(store, cx, id)
}
