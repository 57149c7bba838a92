import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Checked, CheckOptions } from './check.ts'

/** Files that a thread is sent at a time: enough to keep it busy, few enough that all end together. */
const AT_ONCE = 16

/** Beside this file, in the language that this file is in. */
const THREAD = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)

/**
 * What was found in each of these files, in their order, checked in so many threads; each as soon as those before it are known. Throws where a
 * thread ends before its work.
 */
export async function* checkInThreads(
  files: readonly string[],
  options: CheckOptions,
  threads: number,
  thread: URL = THREAD,
): AsyncGenerator<readonly Checked[]> {
  const chunks = Array.from({ length: Math.ceil(files.length / AT_ONCE) }, (_, index) =>
    files.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  )
  const answers = chunks.map(() => later<readonly (readonly Checked[])[]>())
  let next = 0
  const work = async (worker: Worker): Promise<void> => {
    for (let index = next++; index < chunks.length; index = next++) {
      worker.postMessage(chunks[index])
      const [answer] = (await once(worker, 'message')) as [readonly (readonly Checked[])[]]
      answers[index]?.resolve(answer)
    }
  }
  const workers = Array.from(
    { length: Math.min(threads, chunks.length) },
    () => new Worker(thread, { workerData: options }),
  )
  for (const worker of workers)
    work(worker).catch((error: unknown) => {
      for (const answer of answers) answer.reject(error)
    })
  try {
    for (const { promise } of answers) yield* await promise
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
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
