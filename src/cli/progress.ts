const WIDTH = 30

/** Says on standard error how far something is: a bar on a terminal, and elsewhere only the lines that it is given. */
export type Progress = Readonly<{
  /** False where bars are not drawn. */
  draws: boolean
  /** What is being done, and which part of it is done (0 to 1). */
  show(text: string, done: number): void
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
  return {
    draws,
    show(text, done) {
      if (!draws) return
      const full = Math.round(Math.min(1, Math.max(0, done)) * WIDTH)
      stream.write(`\r\u001b[2K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.round(done * 100)} %  ${text}`)
    },
    line(text) {
      clear()
      stream.write(`${text}\n`)
    },
    clear,
  }
}
