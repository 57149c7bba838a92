import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { LOADED } from '../../definitions/loaded.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { NOTHING_CHECKED } from '../../validation/report/check.ts'
import { createValidator, type Finding } from '../../validation/validator.ts'
import {
  type Examination,
  examine,
  notUnderstood,
  type Question,
  type Understood,
  understand,
  withoutResource,
} from './question.ts'
import { createQueue } from './queue.ts'
import type { Answer } from './thread.ts'

/** Validation for whoever asks, however large and however ill meant. */
export type Validating = Readonly<{
  /**
   * What is found in a text. What is small is looked at here; what is large, brings definitions of its own or is to be looked at `apart` is so
   * in a thread, which is ended where it takes too long or too much memory: then that is what was found. The thread serves each asker in turn.
   * Throws a Problem for a question that is none, and `unavailable` while too many wait, or too many of this asker.
   */
  examine(question: Question, options: Readonly<{ asker: string; apart?: boolean }>): Promise<Examination>
  stop(): Promise<void>
}>

export type ValidatingOptions = Readonly<{
  /** The folder of the packages that were added, for the thread; this process knows `LOADED`. */
  packages: string
  /** The module that the thread runs; beside this file, in the language that this file is in, unless told. */
  thread?: URL
  /** How long one question may take. */
  seconds?: number
}>

/** Characters that are looked at here: a few milliseconds, and some twenty where they are ill meant. */
const SMALL = 20_000
const SECONDS = 10
/** Megabytes that the thread may take: as much again as R4's definitions take, and what a text of the largest size becomes. */
const MEMORY = 400
/** Questions that may wait for the thread, and of one asker. */
const WAITING = { most: 64, mostEach: 16 } as const
/** So long a thread is kept that has nothing to do: it holds R4's definitions a second time. */
const KEPT_MS = 60_000

const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)

type Job = Readonly<{
  question: Question
  settle: (answer: Answer) => void
  fail: (error: unknown) => void
}>

export const createValidating = ({ packages, thread = THREAD, seconds = SECONDS }: ValidatingOptions): Validating => {
  const validator = createValidator(LOADED)
  const waiting = createQueue<Job>(WAITING)
  let worker: Worker | undefined
  let current: Job | undefined
  let timer: NodeJS.Timeout | undefined
  let isReady = false

  /** Ends the thread; what it was doing is answered, and what waits goes on in a new one. */
  const end = (answer: (job: Job) => void): void => {
    clearTimeout(timer)
    const ended = worker
    const job = current
    worker = undefined
    current = undefined
    isReady = false
    // Whatever it still says concerns nobody.
    ended?.removeAllListeners().on('error', () => undefined)
    void ended?.terminate()
    if (job !== undefined) answer(job)
    if (!waiting.isEmpty()) next()
  }

  const start = (): Worker => {
    const started = new Worker(thread, { workerData: packages, resourceLimits: { maxOldGenerationSizeMb: MEMORY } })
    // Its first message says that it has loaded what it knows, which is not the fault of who asks.
    started.once('message', () => {
      isReady = true
      started.on('message', (answer: Answer) => {
        clearTimeout(timer)
        const job = current
        current = undefined
        job?.settle(answer)
        next()
      })
      next()
    })
    started.on('error', (error: NodeJS.ErrnoException) => {
      // One that cannot even start would fail the next time as well.
      if (!isReady) for (const { fail } of waiting.empty()) fail(error)
      end((job) => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') job.settle(tooCostly(job.question, 'more memory than it may'))
        else job.fail(error)
      })
    })
    return started
  }

  const next = (): void => {
    if (current !== undefined) return
    clearTimeout(timer)
    if (waiting.isEmpty()) {
      worker?.unref()
      timer = setTimeout(() => end(() => undefined), KEPT_MS)
      timer.unref()
      return
    }
    worker ??= start()
    worker.ref()
    if (!isReady) return
    current = waiting.take() as Job
    timer = setTimeout(
      () => end(({ question, settle }) => settle(tooCostly(question, `more than ${seconds} s`))),
      seconds * 1_000,
    )
    worker.postMessage(current.question)
  }

  const apart = async (question: Question, asker: string): Promise<Examination> => {
    const answer = await new Promise<Answer>((settle, fail) => {
      if (waiting.add(asker, { question, settle, fail })) next()
      else fail(busy())
    })
    if (answer.refused !== undefined) throw new Problem(answer.refused.kind, answer.refused.issues)
    return answer.examination
  }

  return {
    async examine(question, { asker, apart: isApart = false }) {
      if (isApart || question.submission.text.length > SMALL) return apart(question, asker)
      let understood: Understood
      try {
        understood = understand(question)
      } catch (error) {
        return notUnderstood(question, error)
      }
      return understood.definitions.length > 0 ? apart(question, asker) : examine(understood, LOADED, validator)
    },
    async stop() {
      clearTimeout(timer)
      const stopped = worker
      worker = undefined
      const stopping = problem('unavailable', 'stopping', 'The service is stopping. Try again.')
      for (const { fail } of [...(current === undefined ? [] : [current]), ...waiting.empty()]) fail(stopping)
      current = undefined
      stopped?.removeAllListeners()
      await stopped?.terminate()
    },
  }
}

const busy = (): Problem =>
  problem('unavailable', 'validation-busy', 'Too many validations wait. Try again in a few seconds.', {
    headers: { 'Retry-After': '5' },
  })

const tooCostly = ({ profiles }: Question, what: string): Answer => {
  const finding: Finding = {
    severity: 'fatal',
    code: 'too-costly',
    key: 'validation-too-costly',
    text: `The validation was ended: it took ${what}. So it is not known whether this is valid. Send less at a time, or simpler definitions.`,
  }
  return { examination: withoutResource({ ...NOTHING_CHECKED, findings: [finding] }, profiles) }
}
