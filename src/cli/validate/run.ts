import { createProgress } from '../progress.ts'
import type { CheckOptions } from './check.ts'
import type { Format } from './formats/format.ts'
import { createSummary } from './summary.ts'
import { checkAll } from './threads.ts'

/** Checks these files once, and prints what is found; answers the exit code: 0 where all is valid, otherwise 1. */
export const runOnce = async (files: readonly string[], options: CheckOptions, format: Format): Promise<number> => {
  const started = performance.now()
  const progress = createProgress()
  const summary = createSummary()
  let done = 0
  let invalid = 0
  for await (const ofFile of checkAll(files, options)) {
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
