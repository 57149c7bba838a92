const WIDTH = 30
const EVERY_MILLISECONDS = 200

/** Says on standard error how far a benchmark is: a bar on a terminal, and elsewhere only the lines that it is given. */
export type Progress = Readonly<{
  /** What is being done, and which part of it is done (0 to 1). */
  show(text: string, done: number): void
  /** The same while this runs, as if it took this many seconds: from `from` to `to`. */
  during<Result>(
    text: string,
    span: { from: number; to: number; seconds: number },
    run: () => Promise<Result>,
  ): Promise<Result>
  /** A line that stays. */
  line(text: string): void
  /** Takes the bar away. */
  clear(): void
}>

export const createProgress = (stream: NodeJS.WriteStream = process.stderr): Progress => {
  const draws = stream.isTTY && process.env['NO_COLOR'] === undefined
  const clear = (): void => {
    if (draws) stream.write('\r\u001b[2K')
  }
  const show = (text: string, done: number): void => {
    if (!draws) return
    const full = Math.round(Math.min(1, Math.max(0, done)) * WIDTH)
    stream.write(`\r\u001b[2K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.round(done * 100)} %  ${text}`)
  }
  return {
    show,
    async during(text, { from, to, seconds }, run) {
      const started = performance.now()
      const timer = setInterval(() => {
        const part = Math.min(1, (performance.now() - started) / 1_000 / seconds)
        show(text, from + (to - from) * part)
      }, EVERY_MILLISECONDS)
      try {
        return await run()
      } finally {
        clearInterval(timer)
      }
    },
    line: (text) => {
      clear()
      stream.write(`${text}\n`)
    },
    clear,
  }
}
