import { texts } from './database/arrays.ts'
import type { Database } from './database/database.ts'

/** A request to be answered later. `request` is JSON of how it was asked; `body` the resource that came with it, or empty. */
export type AcceptedJob = Readonly<{
  id: string
  client: string
  scopes: readonly string[]
  requestId: string
  request: string
  body: string
}>

/** A job that this process is to perform, until its lease is over. */
export type LeasedJob = AcceptedJob & Readonly<{ attempt: number }>

/** Whose records a job was about: null, those of nobody. */
export type Disclosed = Readonly<{ patient: string | null; entities: readonly string[] }>

export type JobRow = Readonly<{
  client: string
  scopes: readonly string[]
  attempt: number
  finishedAt: string | null
  answer: string | null
  result: string | null
  disclosed: readonly Disclosed[] | null
}>

export type Owner = Readonly<{ id: string; sharing: 'permitted' | 'withheld'; custodian: string }>

/** So long an answer is kept. */
export const KEPT_SECONDS = 3_600

/** `clock` has connections of its own: leases are kept however busy everything else is. */
export const jobStore = (database: Database, clock: Database) => ({
  /** False where the client has as many as it may: not finished, or in all. */
  accept: async (job: AcceptedJob, most: Readonly<{ unfinished: number; kept: number }>): Promise<boolean> => {
    const rows = await database.run({
      name: 'accept-job',
      text: `insert into job (id, client, scopes, request_id, request, body)
        select $1, $2, $3, $4, $5, $6
        where (select count(*) filter (where finished_at is null) < $7 and count(*) < $8 from job where client = $2)
        returning id`,
      values: [job.id, job.client, texts(job.scopes), job.requestId, job.request, job.body, most.unfinished, most.kept],
    })
    return rows.length > 0
  },

  /** The job that waits longest and that nobody holds, leased for so many seconds. */
  take: async (seconds: number): Promise<LeasedJob | undefined> => {
    const [row] = await clock.run<LeasedJob>({
      name: 'take-job',
      text: `update job set attempt = attempt + 1, leased_until = now() + make_interval(secs => $1),
          audited_after = coalesce(audited_after, (select coalesce(max(id), 0) from audit_event))
        where id = (
          select id from job where finished_at is null and (leased_until is null or leased_until < now())
          order by accepted_at limit 1 for update skip locked
        )
        returning id, client, scopes, request_id as "requestId", request, body, attempt`,
      values: [seconds],
    })
    return row
  },

  /** False where it was cancelled, or another process has taken it meanwhile. */
  keep: async ({ id, attempt }: Pick<LeasedJob, 'id' | 'attempt'>, seconds: number): Promise<boolean> => {
    const rows = await clock.run({
      name: 'keep-job',
      text: 'update job set leased_until = now() + make_interval(secs => $3) where id = $1 and attempt = $2 and finished_at is null returning id',
      values: [id, attempt, seconds],
    })
    return rows.length > 0
  },

  /** Lets another attempt begin after so many seconds. */
  release: async ({ id, attempt }: Pick<LeasedJob, 'id' | 'attempt'>, seconds: number): Promise<void> => {
    await clock.run({
      name: 'release-job',
      text: 'update job set leased_until = now() + make_interval(secs => $3) where id = $1 and attempt = $2 and finished_at is null',
      values: [id, attempt, seconds],
    })
  },

  /** Records what came of it, with whose records it was about. False where this attempt is no longer the one that counts. */
  finish: async (
    { id, attempt }: Pick<LeasedJob, 'id' | 'attempt'>,
    answer: string,
    result: string | undefined,
  ): Promise<boolean> => {
    const rows = await database.run({
      name: 'finish-job',
      text: `update job set finished_at = now(), leased_until = null, request = '', body = '', answer = $3, result = $4,
          disclosed = coalesce((
            select jsonb_agg(jsonb_build_object('patient', patient, 'entities', entities)) from (
              select patient, array_agg(distinct entity) as entities
              from audit_event event, unnest(event.entities) as entity
              where event.id > job.audited_after and event.request_id = job.request_id and event.client = job.client and event.outcome = 'permit'
              group by patient) as seen
          ), '[]')
        where id = $1 and attempt = $2 and finished_at is null returning id`,
      values: [id, attempt, answer, result ?? null],
    })
    return rows.length > 0
  },

  read: async (id: string): Promise<JobRow | undefined> => {
    const [row] = await database.run<JobRow>({
      name: 'read-job',
      text: `select client, scopes, attempt, finished_at as "finishedAt", answer, result, disclosed from job
        where id = $1 and (finished_at is null or finished_at > now() - make_interval(secs => $2))`,
      values: [id, KEPT_SECONDS],
    })
    return row
  },

  /** The facts of the access decision, of those of these persons who are registered. */
  owners: (patients: readonly string[]): Promise<Owner[]> =>
    database.run<Owner>({
      name: 'job-owners',
      text: 'select id, sharing, custodian from person where id = any ($1)',
      values: [texts(patients)],
    }),

  /** Ends a job of this client, and keeps a commit of it from being made that has not been yet. False where there is none. */
  cancel: async (id: string, client: string): Promise<boolean> => {
    const rows = await database.run({
      name: 'cancel-job',
      text: `with ended as (delete from job where id = $1 and client = $2 returning id),
          barred as (insert into condition_used (type, key, number) select 'Job', id, 1 from ended on conflict do nothing)
        select id from ended`,
      values: [id, client],
    })
    return rows.length > 0
  },

  forgetOld: async (): Promise<void> => {
    await clock.run({
      name: 'forget-jobs',
      text: 'delete from job where finished_at < now() - make_interval(secs => $1)',
      values: [KEPT_SECONDS],
    })
  },
})
