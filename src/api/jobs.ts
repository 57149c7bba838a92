import { setTimeout as wait } from 'node:timers/promises'
import type { RequestContext, SystemCaller } from '../context.ts'
import { parseFhirJson } from '../fhir/json.ts'
import { Problem, problem } from '../fhir/outcome.ts'
import type { Log } from '../log.ts'
import type { LeasedJob, Records } from '../records/door.ts'
import type { Answered, Asked } from './interactions/asynchronous.ts'
import { NO_PARAMETERS } from './parameters.ts'
import { failure } from './respond.ts'
import type { Api, ApiResponse } from './route.ts'
import { match, segmentsOf } from './router.ts'

/** So late a request is noticed that another process accepted, at most. */
const POLL_MS = 500
/** While the database is away it is asked less often. */
const AWAY_MS = 5_000
const LEASE_SECONDS = 30
const KEEP_MS = 10_000
/** A request is performed anew where its process was lost, or the database could not be reached; not for ever. */
const ATTEMPTS = 5
const KEEP_TRIES = 10
const FORGET_MS = 60_000
/** At a time, in one process: others ask for answers now. */
const TOGETHER = 2

export type JobRunner = Readonly<{
  start(): void
  /** Resolves when nothing is being performed any more; what was not finished is left to others. */
  stop(): Promise<void>
}>

type Options = Readonly<{
  records: Records
  api: Api
  /** The client as it is registered now, with what its registration still allows of these scopes; undefined where it is registered no more. */
  callerOf: (clientId: string, scopes: readonly string[]) => SystemCaller | undefined
  log: Log
}>

const clientUnknown = (): Problem =>
  problem('forbidden', 'client-unknown', 'The client that asked is registered no more. Nothing was done.')

const givenUp = (): Problem =>
  problem(
    'internal',
    'job-given-up',
    'This could not be finished in several attempts. Read what became of it before you send it again, and quote the X-Request-ID when you report it.',
  )

/** Performs one request as the client that asked for it may have it now. Throws where it was not performed and should be later. */
const perform = async ({ api, callerOf, log }: Options, job: LeasedJob): Promise<ApiResponse> => {
  const { id, client, scopes, requestId } = job
  try {
    if (job.attempt > ATTEMPTS) throw givenUp()
    const caller = callerOf(client, scopes)
    if (caller === undefined) throw clientUnknown()
    const { method, path, query, shown, conditions, prefer } = JSON.parse(job.request) as Asked
    const matched = match(method, segmentsOf(path))
    const { route, type, version } = matched
    const cx: RequestContext = { requestId, caller, purpose: route.purpose, now: new Date(), once: id }
    const resource = job.body === '' ? undefined : parseFhirJson(job.body)
    const target = { method: route.method, type, id: matched.id, version }
    // In which format it is told is said when it is fetched; links keep to the one that was asked for.
    const rendering = { shown, wants: 'json' } as const
    return await route.handle(
      { cx, ...target, query, conditions, prefer, ...rendering, resource, form: NO_PARAMETERS },
      api,
    )
  } catch (error) {
    if (error instanceof Problem && error.kind === 'unavailable') throw error
    const { answer, unforeseen } = failure(error)
    if (unforeseen)
      log.error({ err: error, requestId }, 'A request that is answered later failed for a reason that nobody foresaw')
    return answer
  }
}

/**
 * Performs the requests that are answered later, whichever process accepted them. What it holds is leased: where this process is lost,
 * another performs it, and a commit that was made is not made again (`RequestContext.once`).
 */
export const createJobRunner = (options: Options): JobRunner => {
  const { records, log } = options
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<unknown> | undefined

  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }).catch(() => {})

  /** What was done is not done again for want of a moment: the answer is kept when the database is back, if that is soon. */
  const keepAnswer = async (job: LeasedJob, answer: string, result: string | undefined): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        await records.jobs.finish(job, answer, result)
        return
      } catch (error) {
        if (tries === KEEP_TRIES || signal.aborted) throw error
        await pause(POLL_MS)
      }
    }
  }

  const finish = async (job: LeasedJob): Promise<void> => {
    const timer = setInterval(() => void records.jobs.keep(job, LEASE_SECONDS).catch(() => {}), KEEP_MS)
    try {
      const { status, version, lastUpdated, location, body } = await perform(options, job)
      const answered: Answered = {
        status,
        ...(version === undefined ? {} : { version }),
        ...(lastUpdated === undefined ? {} : { lastUpdated }),
        ...(location === undefined ? {} : { location }),
      }
      await keepAnswer(job, JSON.stringify(answered), body)
    } catch (error) {
      log.warn({ err: error, attempt: job.attempt }, 'A request that is answered later could not be performed now')
      await records.jobs.release(job, 2 ** job.attempt)
    } finally {
      clearInterval(timer)
    }
  }

  /** Takes one after the other until there is none. */
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      const job = await records.jobs.take(LEASE_SECONDS)
      if (job === undefined) return
      await finish(job)
    }
  }

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      let rest = POLL_MS
      await work().catch((error: unknown) => {
        rest = AWAY_MS
        log.warn({ err: error }, 'It could not be read which requests are to be answered; trying again')
      })
      await pause(rest)
    }
  }

  const forget = async (): Promise<void> => {
    while (!signal.aborted) {
      await records.jobs
        .forgetOld()
        .catch((error: unknown) => log.warn({ err: error }, 'Old answers could not be forgotten'))
      await pause(FORGET_MS)
    }
  }

  return {
    start() {
      running ??= Promise.all([...Array.from({ length: TOGETHER }, loop), forget()])
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
