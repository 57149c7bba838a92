import { randomUUID } from 'node:crypto'
import { reachOf, type ScopeLetter } from '../access/scopes.ts'
import type { RequestContext, SystemCaller } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import { type Disclosed, type JobRow, KEPT_SECONDS } from '../store/jobs.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit/audit.ts'
import { refusal, requireAll } from './permission/permission.ts'
import { requireCovered } from './permission/scope-reach.ts'

/** How a request was asked, and the resource that came with it as text, or empty. */
export type JobRequest = Readonly<{ request: string; body: string }>

/** `answer` is JSON of status and headers as the runner gave them, `result` the body. */
export type JobStatus = Readonly<
  { state: 'waiting' | 'performed' } | { state: 'finished'; answer: string; result: string | undefined; expires: Date }
>

/** More is for no client that reads its answers. */
const MOST = { unfinished: 10, kept: 50 }

/** Only systems are answered later: for others there is nothing. */
const system = ({ caller }: RequestContext): SystemCaller => {
  if (caller.kind === 'system') return caller
  throw unknown()
}

/** Accepts a request of a client, to be performed by whichever process comes first; answers its id. Throws `too-many-requests`. */
export const acceptJob = async (store: Store, cx: RequestContext, asked: JobRequest): Promise<string> => {
  const { clientId: client, scopes } = system(cx)
  const id = randomUUID()
  if (await store.jobs.accept({ id, client, scopes, requestId: cx.requestId, ...asked }, MOST)) return id
  throw problem(
    'too-many-requests',
    'too-many-jobs',
    `A client may have ${MOST.unfinished} requests that are still to be answered later, and ${MOST.kept} with their answers. Fetch those, and DELETE what is read.`,
    { headers: { 'Retry-After': '10' } },
  )
}

const unknown = () =>
  problem(
    'not-found',
    'job-unknown',
    'There is nothing here to be answered to this client: answers are kept for an hour.',
  )

const mine = async (store: Store, cx: RequestContext, id: string): Promise<JobRow> => {
  const row = await store.jobs.read(id)
  if (row === undefined || row.client !== system(cx).clientId) throw unknown()
  return row
}

/** The types whose resources, with the persons', the answer is about. */
const typesOf = (disclosed: readonly Disclosed[]): Set<string> =>
  new Set(disclosed.flatMap(({ entities }) => entities.map((key) => key.split('/')[0] as string)))

const keyOf = (key: string): Readonly<{ type: string; id: string }> => {
  const [type = '', id = ''] = key.split('/')
  return { type, id }
}

const LETTERS: readonly ScopeLetter[] = ['c', 'r', 'u', 'd', 's']

/**
 * What became of a request of this client. What it was answered is decided upon anew: the token must allow, for the types that the answer is
 * about, what the request's own allowed, and the persons must be shared with the client now. Throws `not-found` for anybody else's.
 */
export const jobStatus = async (store: Store, cx: RequestContext, id: string): Promise<JobStatus> => {
  const { scopes, attempt, finishedAt, answer, result, disclosed } = await mine(store, cx, id)
  if (finishedAt === null || answer === null) return { state: attempt === 0 ? 'waiting' : 'performed' }
  const about = disclosed ?? []
  for (const type of typesOf(about))
    for (const letter of LETTERS) requireCovered(cx, type, letter, reachOf(scopes, type, letter))
  const patients = about.flatMap(({ patient }) => patient ?? [])
  const owners = new Map((await store.jobs.owners(patients)).map((owner) => [owner.id, owner]))
  const seen = about.flatMap(({ patient, entities }) =>
    // Where the person is registered no more, nothing is known of them, and nothing shown.
    patient === null ? [] : entities.map((key) => ({ ...keyOf(key), patient, ...owners.get(patient), entities })),
  )
  await requireAll(store, cx, seen, { refused: (denial, subject) => refusal(denial, subject, subject.entities) })
  await store.audit(about.map(({ patient, entities }) => auditEntry(cx, 'answer', 'permit', entities, { patient })))
  const expires = new Date(Date.parse(finishedAt) + KEPT_SECONDS * 1_000)
  return { state: 'finished', answer, result: result ?? undefined, expires }
}

/** Ends a request of this client, answered or not. What was committed stays; what was not will not be. Throws `not-found`. */
export const cancelJob = async (store: Store, cx: RequestContext, id: string): Promise<void> => {
  if (!(await store.jobs.cancel(id, system(cx).clientId))) throw unknown()
}
