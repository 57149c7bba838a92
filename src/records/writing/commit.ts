import type { RequestContext } from '../../context.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import { Outdated, StillReferenced } from '../../store/database/errors.ts'
import type { Commit, WrittenPerson, WrittenResource } from '../../store/resources/commit.ts'
import type { Condition } from '../../store/resources/conditions.ts'
import type { Store } from '../../store/store.ts'
import { agent } from '../audit/audit.ts'
import { hasScope, maySee } from '../permission/permission.ts'
import { searchDefinitions } from '../searching/definitions.ts'
import { withDraftParts } from './draft-parts.ts'
import { turns } from './in-turn.ts'

/** Gives the store one commit with its audit, one entry a person. */
export const commitWritten = async (
  store: Store,
  cx: RequestContext,
  interaction: string,
  resources: readonly WrittenResource[],
  persons: readonly WrittenPerson[],
  mustExist: Commit['mustExist'],
  { conditions = [], kept }: Pick<Commit, 'conditions' | 'kept'> = {},
): Promise<void> => {
  const touched = new Map<string | null, string[]>()
  for (const { type, id, patient } of resources)
    touched.set(patient, [...(touched.get(patient) ?? []), `${type}/${id}`])
  // Where no resource changes, only what is derived does.
  for (const { id } of persons) if (!touched.has(id)) touched.set(id, [`Patient/${id}`])
  const { requestId, client, role, purpose } = agent(cx)
  await committedOnce(store, cx, {
    at: cx.now,
    definitions: searchDefinitions().version,
    organization: heldTo(cx),
    resources: withDraftParts(resources),
    persons,
    mustExist,
    kept,
    conditions: [...conditions, ...(cx.once === undefined ? [] : [{ ...onceKey(cx.once), number: 0 }])],
    audit: {
      requestId,
      client,
      role,
      purpose,
      interaction,
      touched: [...touched].map(([patient, entities]) => ({ patient, entities })),
    },
  })
}

/**
 * The organisation (ODS code) that has to be the custodian where sharing is withheld. Null where none has to: for the service's own work, and for a
 * patient, whom `decide` lets change nothing but their own record. What they decided about sharing they can so decide anew.
 */
const heldTo = ({ caller }: RequestContext): string | null =>
  caller.kind === 'internal' || (caller.kind === 'person' && caller.role === 'patient') ? null : caller.organization

const onceKey = (once: string): Condition => ({ type: 'Job', key: once })

/** Of a commit that is made once at most (`RequestContext.once`), what was made before is not made again, and it is said. */
const committedOnce = async (store: Store, cx: RequestContext, commit: Commit): Promise<void> => {
  const { once } = cx
  try {
    await store.commit(commit)
  } catch (error) {
    if (error instanceof StillReferenced) throw await stillReferenced(store, cx, error)
    const [made] = once === undefined || !(error instanceof Outdated) ? [] : await store.conditions([onceKey(once)])
    if (made === undefined || made.number === 0) throw error
    throw problem(
      'conflict',
      'committed-already',
      'This was committed by an attempt that was interrupted before it could answer, or it was cancelled. Read what is there before you send it again.',
      { cause: error },
    )
  }
}

/** That something refers to what was to be deleted has to be said; what it is, only to who may see it. */
const stillReferenced = async (store: Store, cx: RequestContext, error: StillReferenced): Promise<Problem> => {
  const [type = '', id = ''] = error.holder.split('/')
  const [row] = hasScope(cx, type, 'r') ? await store.history({ type, id }) : []
  const holder = row !== undefined && (await maySee(store, cx, row)) ? error.holder : 'what you may not see'
  return problem(
    'conflict',
    'still-referenced',
    `Not deleted: ${holder} still refers to it. Change or delete that first.`,
    { cause: error },
  )
}

const ATTEMPTS = 10
/** An identifier that somebody else has is not given up by waiting. */
const ATTEMPTS_FOR_IDENTITY = 3

const inTurn = turns()

/**
 * Runs an attempt again, from its reads on, where another commit came between: the newest state is always what is changed. Second and later
 * attempts of this process with the same `key` take turns, so that of many who change one resource each comes through; the waits before them
 * grow, and differ by chance, so that those of several processes who met do not meet again.
 */
export const retryOutdated = async <Result>(attempt: () => Promise<Result>, key?: string): Promise<Result> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await (tries === 1 || key === undefined ? attempt() : inTurn(key, attempt))
    } catch (error) {
      if (!(error instanceof Outdated)) throw error
      if (tries >= (error.reason === 'identity' ? ATTEMPTS_FOR_IDENTITY : ATTEMPTS)) throw exhausted(error)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** tries))
    }
  }
}

const exhausted = (error: Outdated) =>
  error.reason === 'identity'
    ? problem(
        'conflict',
        'identifier-in-use',
        'Another resource has this identifier. Two people never share one: find the one that is registered, and check the identifier.',
        { cause: error, code: 'duplicate' },
      )
    : problem('conflict', 'busy', 'Others are changing the same records. Nothing was stored. Try again.', {
        cause: error,
        headers: { 'Retry-After': '1' },
      })
