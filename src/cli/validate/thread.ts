/** What a thread of `keyplan validate` runs: it checks the files that it is sent and answers what was found in each. */
import { parentPort, workerData } from 'node:worker_threads'
import { type CheckOptions, createChecker } from './check.ts'

const check = createChecker(workerData as CheckOptions)

parentPort?.on('message', async (files: readonly string[]) => {
  parentPort?.postMessage(await Promise.all(files.map(check)))
})
