import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Checked, type CheckOptions, createChecker } from './check.ts'
import { createShares } from './shares.ts'

/** So many files, or bytes, are worth another thread: it has to start, and to compile what it needs. */
const FILES_WORTH_ONE = 100
const BYTES_WORTH_ONE = 4_000_000

/** Beside this file, in the language that this file is in. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)

export type ThreadOptions = Readonly<{
  /** How many work at once, this thread among them; as many as the machine has cores and the files are worth unless told. */
  threads?: number
  /** The module that another thread runs. */
  thread?: URL
}>

/**
 * What was found in each of these files, in their order, each as soon as those before it are known. Where there is much to do, other threads
 * help. Throws where one of them ends before its work.
 */
export async function* checkAll(
  files: readonly string[],
  options: CheckOptions,
  { threads, thread = THREAD }: ThreadOptions = {},
): AsyncGenerator<readonly Checked[]> {
  const sizes = await Promise.all(files.map(sizeOf))
  const takers = Math.min(threads ?? threadsWorth(sizes), files.length)
  const take = createShares(sizes, takers)
  const answers = files.map(() => later<readonly Checked[]>())
  const workers = Array.from({ length: takers - 1 }, () => new Worker(thread, { workerData: options }))

  const workHere = async (): Promise<void> => {
    const check = createChecker(options)
    for (let share = take(0); share.length > 0; share = take(0))
      for (const index of share) answers[index]?.resolve(await check(files[index] as string))
  }
  const workIn = async (worker: Worker, taker: number): Promise<void> => {
    for (let share = take(taker); share.length > 0; share = take(taker)) {
      worker.postMessage(share.map((index) => files[index]))
      const [found] = (await once(worker, 'message')) as [readonly (readonly Checked[])[]]
      for (const [at, index] of share.entries()) answers[index]?.resolve(found[at] as readonly Checked[])
    }
  }
  for (const work of [workHere(), ...workers.map((worker, index) => workIn(worker, index + 1))])
    work.catch((error: unknown) => {
      for (const answer of answers) answer.reject(error)
    })
  try {
    for (const { promise } of answers) yield await promise
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

const sizeOf = async (file: string): Promise<number> => {
  // One that is gone is a finding, when it is its turn.
  const found = await stat(file).catch(() => undefined)
  return found?.size ?? 0
}

const threadsWorth = (sizes: readonly number[]): number => {
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const worth = Math.floor(sizes.length / FILES_WORTH_ONE + bytes / BYTES_WORTH_ONE)
  return Math.max(1, Math.min(availableParallelism(), worth))
}

type Later<T> = Readonly<{ promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void }>

const later = <T>(): Later<T> => {
  let resolve: Later<T>['resolve'] = () => {}
  let reject: Later<T>['reject'] = () => {}
  const promise = new Promise<T>((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  // Whoever waits for an earlier one hears of it there.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
