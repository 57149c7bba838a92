import type { Parameters } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { Problem } from '../../fhir/outcome.ts'
import { derive } from '../../plan/derive.ts'
import { confirmedOn } from '../../plan/emergency/answer.ts'
import { personTasks } from '../../plan/person-tasks.ts'
import type { DerivedState } from '../../store/resources/commit.ts'
import type { Store } from '../../store/store.ts'
import type { DerivedRow } from '../../store/summaries/summaries.ts'
import { requireScope } from '../permission/permission.ts'
import { commitWritten, retryOutdated } from '../writing/commit.ts'
import { countedOn } from '../writing/counted-on.ts'
import { nextVersions } from '../writing/next-versions.ts'
import { derivePerson, recordOf, rendered } from './derived.ts'

/**
 * Derives anew what is stored of these persons, each in a commit of its own: where time has passed, where another edition of KeyPlan words
 * things otherwise, where a restored database has a new epoch. Two processes that do it at once, or one beside a clinician's commit, leave
 * what the newest record says: a commit holds for the sequence and the versions that it was derived from, or is tried again.
 */
export const rederive = async (
  store: Store,
  cx: RequestContext,
  patients: readonly string[],
  { force = false }: { force?: boolean } = {},
): Promise<readonly string[]> => {
  requireScope(cx, 'CarePlan', 'u')
  const written: string[] = []
  for (const patient of patients) {
    if (await retryOutdated(() => rederivePerson(store, cx, patient, force))) written.push(patient)
  }
  return written
}

/** What came of deriving many: the ids as `rederive` answers them, and why others could not be derived, one for each. */
export type Rederived = Readonly<{ written: readonly string[]; failures: readonly unknown[] }>

/** As `rederive`, past those who cannot be derived: one person holds up nobody. A database that is away fails for all. */
export const rederiveEach = async (
  store: Store,
  cx: RequestContext,
  patients: readonly string[],
  options: { force?: boolean } = {},
): Promise<Rederived> => {
  const written: string[] = []
  const failures: unknown[] = []
  for (const patient of patients) {
    try {
      written.push(...(await rederive(store, cx, [patient], options)))
    } catch (error) {
      if (error instanceof Problem && error.kind === 'unavailable') throw error
      failures.push(error)
    }
  }
  return { written, failures }
}

const rederivePerson = async (
  store: Store,
  asked: RequestContext,
  patient: string,
  force: boolean,
): Promise<boolean> => {
  const { persons } = await store.before({ persons: [patient], identifiers: [], keys: [], targets: [] })
  const [row] = persons
  const record = recordOf(row)
  const stored = await store.derived(patient)
  if (stored === undefined) return false
  if (row === undefined || record === undefined) {
    await noteTurn(store, patient, stored, null)
    return false
  }
  // What was derived for a later moment, by a commit that came between or a clock that is ahead, is not put back.
  const derivedAt = new Date(stored.updated)
  const cx = asked.now < derivedAt ? { ...asked, now: derivedAt } : asked
  const confirmed = confirmedOn(parseFhirJson(stored.answer) as Parameters)
  const at = { now: derivedAt, sequence: stored.sequence, epoch: store.epoch, confirmed }
  const derived = rendered(derive(record, at, cx.now))
  const tasks = personTasks(record, { owner: row.custodian, now: cx.now })
  if (!force && tasks.length === 0 && isSame(derived, stored)) {
    await noteTurn(store, patient, stored, derived.nextTurn)
    return false
  }
  const person = derivePerson(cx, store.epoch, row, record, confirmed)
  const rows = nextVersions(cx, row, patient, tasks).map(({ written }) => written)
  await commitWritten(store, cx, 'rederive', rows, [person], countedOn(rows, [row]))
  return true
}

const noteTurn = async (store: Store, patient: string, stored: DerivedRow, nextTurn: Date | null): Promise<void> => {
  const noted = stored.nextTurn === null ? null : new Date(stored.nextTurn)
  if (noted?.getTime() !== nextTurn?.getTime()) {
    await store.noteTurn({ patient, sequence: stored.sequence, nextTurn })
  }
}

type Said = Omit<DerivedState, 'nextTurn'>

/**
 * Whether two say the same, byte for byte. A plan that ended long ago is not in the record any more that is read here: with a plan or without
 * one, `withdrawn` and `none` both mean that no recipient is to hold a summary.
 */
const isSame = (one: Said, other: Said): boolean => bytes(one) === bytes(other)

const bytes = (said: Said): string =>
  JSON.stringify([
    said.jurisdiction,
    said.sharing,
    said.cprHiddenFrom,
    said.inForce,
    said.outcome,
    said.answer,
    said.state === 'current' ? said.state : 'none',
    said.summary,
    said.tombstone,
  ])
