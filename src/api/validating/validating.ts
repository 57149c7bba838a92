import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { LOADED } from '../../definitions/loaded.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { NOTHING_CHECKED } from '../../validation/report/check.ts'
import { createValidator, type Finding } from '../../validation/validator.ts'
import type { Answer } from './process.ts'
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

/** Validation for whoever asks, however large and however ill meant. */
export type Validating = Readonly<{
  /**
   * What is found in a text. What is small is looked at here; what is large, brings definitions of its own or is to be looked at `apart` is so
   * in a process of its own, which is ended where it takes too long or too much memory: then that is what was found. It serves each asker in turn.
   * Throws a Problem for a question that is none, and `unavailable` while too many wait, or too many of this asker.
   */
  examine(question: Question, options: Readonly<{ asker: string; apart?: boolean }>): Promise<Examination>
  stop(): Promise<void>
}>

export type ValidatingOptions = Readonly<{
  /** The folder of the packages that were added, for the other process; this one knows `LOADED`. */
  packages: string
  /** The module that the other process runs; beside this file, in the language that this file is in, unless told. */
  module?: URL
  /** How long one question may take. */
  seconds?: number
  /** How many megabytes of memory. */
  memory?: number
}>

/** Characters that are looked at here: a few milliseconds, and some twenty where they are ill meant. */
const SMALL = 20_000
const SECONDS = 10
/** As much as R4's definitions take, and what a text of the largest size becomes. */
const MEMORY = 400
/** Questions that may wait for the other process, and of one asker. */
const WAITING = { most: 64, mostEach: 16 } as const
/** So long a process is kept that has nothing to do: it holds R4's definitions a second time. */
const KEPT_MS = 60_000

const MODULE = new URL(`./process${extname(import.meta.url)}`, import.meta.url)

/** How a process ends that has taken all the memory that it may: by itself, or by the system. */
const OUT_OF_MEMORY: ReadonlySet<unknown> = new Set([134, 'SIGABRT', 'SIGKILL', 'SIGTRAP', 'SIGILL'])

type Job = Readonly<{
  question: Question
  settle: (answer: Answer) => void
  fail: (error: unknown) => void
}>

/** What the process is told of its surroundings: what reads whatever anybody sends has no need of passwords. */
const ENVIRONMENT = ['TZ', 'SystemRoot'] as const

/**
 * Not a thread: one that is in the middle of what the engine does in one piece, such as the parsing of JSON, cannot be ended before that is over,
 * and one that takes too much memory there ends the whole service with it.
 */
const open = (module: URL, packages: string, memory: number): ChildProcess =>
  fork(module, [packages], {
    execArgv: [`--max-old-space-size=${memory}`],
    env: Object.fromEntries(
      ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })

const close = async (child: ChildProcess): Promise<void> => {
  child.removeAllListeners().on('error', () => undefined)
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  // One that was idle kept nothing waiting.
  child.ref()
  child.kill('SIGKILL')
  await ended
}

export const createValidating = ({
  packages,
  module = MODULE,
  seconds = SECONDS,
  memory = MEMORY,
}: ValidatingOptions): Validating => {
  const validator = createValidator(LOADED)
  const waiting = createQueue<Job>(WAITING)
  let child: ChildProcess | undefined
  let current: Job | undefined
  let timer: NodeJS.Timeout | undefined
  let isReady = false

  /** Ends the process; what it was doing is answered, and what waits goes on in a new one. */
  const end = (answer: (job: Job) => void): void => {
    clearTimeout(timer)
    const ended = child
    const job = current
    child = undefined
    current = undefined
    isReady = false
    if (ended !== undefined) void close(ended)
    if (job !== undefined) answer(job)
    if (!waiting.isEmpty()) next()
  }

  const start = (): ChildProcess => {
    const started = open(module, packages, memory)
    // Its first message says that it has loaded what it knows, which is not the fault of who asks.
    started.once('message', () => {
      isReady = true
      started.on('message', (answer) => {
        clearTimeout(timer)
        const job = current
        current = undefined
        job?.settle(answer as Answer)
        next()
      })
      next()
    })
    const gone = (why: Error, isOutOfMemory: boolean): void => {
      // One that cannot even start would fail the next time as well.
      if (!isReady) for (const { fail } of waiting.empty()) fail(why)
      end((job) => {
        if (isOutOfMemory) job.settle(tooCostly(job.question, 'more memory than it may'))
        else job.fail(why)
      })
    }
    started.on('error', (error) => gone(error, false))
    started.on('exit', (code, signal) =>
      gone(new Error(`The process that validates ended (${code ?? signal}).`), OUT_OF_MEMORY.has(code ?? signal)),
    )
    return started
  }

  const next = (): void => {
    if (current !== undefined) return
    clearTimeout(timer)
    if (waiting.isEmpty()) {
      child?.unref()
      child?.channel?.unref()
      timer = setTimeout(() => end(() => undefined), KEPT_MS)
      timer.unref()
      return
    }
    child ??= start()
    child.ref()
    child.channel?.ref()
    if (!isReady) return
    current = waiting.take() as Job
    timer = setTimeout(
      () => end(({ question, settle }) => settle(tooCostly(question, `more than ${seconds} s`))),
      seconds * 1_000,
    )
    // Where it is gone meanwhile, its end says so.
    child.send(current.question, () => undefined)
  }

  const apart = async (question: Question, asker: string): Promise<Examination> => {
    const answer = await new Promise<Answer>((settle, fail) => {
      if (waiting.add(asker, { question, settle, fail })) next()
      else fail(busy())
    })
    if (answer.failed !== undefined) throw new Error(`The validator failed: ${answer.failed}`)
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
      const stopped = child
      child = undefined
      const stopping = problem('unavailable', 'stopping', 'The service is stopping. Try again.')
      for (const { fail } of [...(current === undefined ? [] : [current]), ...waiting.empty()]) fail(stopping)
      current = undefined
      if (stopped !== undefined) await close(stopped)
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
