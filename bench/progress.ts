import { createProgress as create, type Progress as Shown } from '../src/cli/progress.ts'

const EVERY_MILLISECONDS = 200

export type Progress = Shown &
  Readonly<{
    /** The same while this runs, as if it took this many seconds: from `from` to `to`. */
    during<Result>(
      text: string,
      span: { from: number; to: number; seconds: number },
      run: () => Promise<Result>,
    ): Promise<Result>
  }>

/** Says on standard error how far a benchmark is. */
export const createProgress = (stream?: NodeJS.WriteStream): Progress => {
  const progress = create(stream)
  return {
    ...progress,
    async during(text, { from, to, seconds }, run) {
      const started = performance.now()
      const timer = setInterval(() => {
        const part = Math.min(1, (performance.now() - started) / 1_000 / seconds)
        progress.show(text, from + (to - from) * part)
      }, EVERY_MILLISECONDS)
      try {
        return await run()
      } finally {
        clearInterval(timer)
      }
    },
  }
}
