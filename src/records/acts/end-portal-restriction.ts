import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { ResourceKey } from '../../fhir/resource.ts'
import { shownToThemself } from '../../plan/portal-restriction.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { about, personUnknown, requireAll, requireScope } from '../permission/permission.ts'
import { checkRecord, recordAfter, recordOf } from '../summaries/derived.ts'
import type { Committed } from '../types.ts'
import { retryOutdated } from '../writing/commit.ts'
import { performedOnce } from '../writing/repeats.ts'
import { commitPerson } from './commit-person.ts'

const NAME = '$end-portal-restriction'

/** What was ended, and whether something is still hidden from the person: what others asked for is for the custodian to end. */
export type RestrictionEnded = Readonly<{ ended: readonly ResourceKey[]; hidden: boolean }>

/** Id of the Patient who the caller is. Throws `forbidden` for everybody else. */
const themself = ({ caller }: RequestContext): string => {
  if (caller.kind === 'person' && caller.role === 'patient' && caller.patient !== undefined) return caller.patient
  throw problem(
    'forbidden',
    'not-themself',
    'This is for the person from whom it is hidden. Who may see the restriction (a Consent) ends it by making it inactive, when the person wants that.',
  )
}

/**
 * Ends what the caller hides from themself, and asked for themself (decision record 27): they cannot see it, since it says what it is about, and so
 * cannot change it as others do. What it hides from others stays hidden from them.
 */
export const endPortalRestriction = async (store: Store, cx: RequestContext): Promise<RestrictionEnded> => {
  requireScope(cx, 'Consent', 'u')
  const patient = themself(cx)
  const { changed } = await performedOnce(store, cx, () => retryOutdated(() => showToThemself(store, cx, patient)))
  const row = await rowOf(store, patient)
  return {
    ended: changed.flatMap(({ stored: { type, id } }) => (type === 'Consent' ? [`${type}/${id}` as const] : [])),
    hidden: row?.cprHiddenFrom.includes('patient') === true,
  }
}

const rowOf = async (store: Store, patient: string): Promise<PersonRow | undefined> =>
  (await store.before({ persons: [patient], identifiers: [], keys: [], targets: [] })).persons[0]

const showToThemself = async (store: Store, cx: RequestContext, patient: string): Promise<Committed> => {
  const row = await rowOf(store, patient)
  const record = recordOf(row)
  if (row === undefined || record === undefined) throw personUnknown(patient)
  await requireAll(store, cx, [about(patient, row)], { act: 'change' })
  const changed = shownToThemself(record)
  if (changed.length === 0) {
    await store.audit([auditEntry(cx, NAME, 'permit', [`Patient/${patient}`], { patient })])
    return { changed: [], issues: [] }
  }
  const issues = checkRecord(cx, record, recordAfter(record, record.patient, changed))
  return commitPerson(store, cx, NAME, row, record, changed, issues)
}
