import type { RequestContext } from '../../context.ts'
import { type Issue, Problem, problem } from '../../fhir/outcome.ts'
import { Repeated } from '../../store/database/errors.ts'
import type { KeptRequest } from '../../store/resources/commit.ts'
import type { Store } from '../../store/store.ts'
import { agent, auditEntry, seenByPerson } from '../audit/audit.ts'
import { requireAll } from '../permission/permission.ts'
import { requireReached, requireSomeScope } from '../permission/scope-reach.ts'
import { stored } from '../read.ts'
import type { Committed, Effect } from '../types.ts'

/** What became of one change, as it is kept: what it says is in the history. */
type KeptEffect =
  | Readonly<{ outcome: 'nothing' }>
  | Readonly<{ outcome: Exclude<Effect['outcome'], 'nothing'>; type: string; id: string; version: number }>
type KeptAnswer = Readonly<{ changed: readonly KeptEffect[]; issues: readonly Issue[] }>

const keptEffect = (effect: Effect): KeptEffect => {
  if (effect.outcome === 'nothing') return { outcome: 'nothing' }
  const { type, id, version } = effect.stored
  return { outcome: effect.outcome, type, id, version }
}

/** What a commit keeps of the request that it does; undefined where the client did not name it. */
export const keptRequest = (cx: RequestContext, { changed, issues }: Committed<Effect>): KeptRequest | undefined =>
  cx.repeatable === undefined
    ? undefined
    : {
        client: agent(cx).client,
        id: cx.repeatable.id,
        fingerprint: cx.repeatable.fingerprint(),
        answer: JSON.stringify({ changed: changed.map(keptEffect), issues } satisfies KeptAnswer),
      }

const LETTER = { created: 'c', unchanged: 'c', updated: 'u', deleted: 'd' } as const

/** The answer to what the client had done under this id before; undefined where that was nothing. Throws as the request itself would without leave. */
const answered = async (
  store: Store,
  cx: RequestContext,
  { id, fingerprint }: NonNullable<RequestContext['repeatable']>,
): Promise<Committed<Effect> | undefined> => {
  const performed = await store.performed({ client: agent(cx).client, id }, cx.now)
  if (performed === undefined) return undefined
  if (performed.fingerprint !== fingerprint())
    throw problem(
      'unprocessable',
      'request-id-reused',
      'Another request was done under this X-Request-ID within a day. Send each request with an id of its own, and the same one again alone to learn what became of it.',
      { expression: 'X-Request-ID', code: 'duplicate' },
    )
  const { changed, issues } = JSON.parse(performed.answer) as KeptAnswer
  const rows = await Promise.all(
    changed.map(async (one) => {
      if (one.outcome === 'nothing') return undefined
      requireSomeScope(cx, one.type, LETTER[one.outcome])
      const [row] = await store.history(one, one.version)
      if (row === undefined) throw new Error(`What was answered before is not in the history: ${one.type}/${one.id}`)
      if (!row.deleted) requireReached(cx, LETTER[one.outcome], row, row.patient)
      return row
    }),
  )
  const seen = rows.flatMap((row) => row ?? [])
  await requireAll(store, cx, seen)
  await store.audit(
    seenByPerson(seen).map(({ patient, keys }) => auditEntry(cx, 'repeat', 'permit', keys, { patient })),
  )
  return {
    changed: changed.map((one, index): Effect => {
      const row = rows[index]
      return one.outcome === 'nothing' || row === undefined
        ? { outcome: 'nothing' }
        : { outcome: one.outcome, stored: stored(row) }
    }),
    issues,
  }
}

/** Whether nothing was done: then nothing was kept either, and what was done before, if anything was, is to be told. */
const didNothing = ({ changed }: Committed<Effect>): boolean =>
  changed.every(({ outcome }) => outcome === 'unchanged' || outcome === 'nothing')

/**
 * Does what a client asks once, where the client names the request (X-Request-ID): sent again within a day it is answered as the first time, and
 * nothing is done again. That it was done before shows in its commit, or in that it is refused or comes to nothing now: so whoever asks for the first time
 * waits for no look. Two at the same time: one is done, and the other answered as that one. What failed was not done, and is tried anew.
 * Throws `unprocessable` (key `request-id-reused`) where something else was done under the name.
 */
export const performedOnce = async <One extends Effect>(
  store: Store,
  cx: RequestContext,
  act: () => Promise<Committed<One>>,
): Promise<Committed<One>> => {
  const { repeatable } = cx
  if (repeatable === undefined) return act()
  const before = () => answered(store, cx, repeatable) as Promise<Committed<One> | undefined>
  try {
    const done = await act()
    return didNothing(done) ? ((await before()) ?? done) : done
  } catch (error) {
    const first = error instanceof Repeated || error instanceof Problem ? await before() : undefined
    if (first === undefined) throw error
    return first
  }
}
