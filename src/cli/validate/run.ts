import { availableParallelism } from 'node:os'
import { createProgress } from '../progress.ts'
import { type Checked, type CheckOptions, createChecker } from './check.ts'
import { filesOf } from './files.ts'
import type { Format } from './formats/format.ts'
import { createSummary } from './summary.ts'
import { checkInThreads } from './threads.ts'

/** So many files are worth the time that threads take to start. */
const WORTH_THREADS = 200

async function* checkHere(files: readonly string[], options: CheckOptions): AsyncGenerator<readonly Checked[]> {
  const check = await createChecker(options)
  for (const file of files) yield await check(file)
}

/** Checks what these names mean once, and prints it; answers the exit code: 0 where all is valid, otherwise 1. */
export const runOnce = async (names: readonly string[], options: CheckOptions, format: Format): Promise<number> => {
  const started = performance.now()
  const files = await filesOf(names)
  const threads = availableParallelism()
  const isMany = files.length >= WORTH_THREADS && threads > 1
  const progress = createProgress()
  const summary = createSummary()
  let done = 0
  let invalid = 0
  for await (const ofFile of isMany ? checkInThreads(files, options, threads) : checkHere(files, options)) {
    done++
    for (const checked of ofFile) {
      summary.add(checked)
      if (!checked.valid) invalid++
      const text = format.result(checked)
      if (text === '') continue
      progress.clear()
      process.stdout.write(text)
    }
    if (files.length > 1) progress.show(`${done} of ${files.length} files, ${invalid} invalid`, done / files.length)
  }
  progress.clear()
  process.stdout.write(format.end(summary.of(performance.now() - started)))
  return invalid === 0 ? 0 : 1
}
