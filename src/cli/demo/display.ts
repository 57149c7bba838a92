import { stdout } from 'node:process'

/** Shows steps as they are done: with a turning mark and colours on a terminal, as plain lines elsewhere. */
export type Display = Readonly<{
  /** The name of a part of the demo. */
  heading(text: string): void
  /** Runs a step and shows how it went; what it returns is shown beside it. Rethrows what it throws. */
  step<Result>(title: string, run: () => Promise<Result>, detail?: (result: Result) => string): Promise<Result>
  /** Lines that belong to the step before. */
  lines(texts: readonly string[]): void
}>

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export const createDisplay = (terminal = stdout.isTTY && process.env['NO_COLOR'] === undefined): Display => {
  const style = (code: number, text: string): string => (terminal ? `\u001b[${code}m${text}\u001b[0m` : text)
  const write = (text: string): void => void stdout.write(text)

  return {
    heading: (text) => write(`\n${style(1, text)}\n`),
    async step(title, run, detail) {
      const started = performance.now()
      let frame = 0
      const draw = (): void => write(`\r\u001b[2K ${style(36, FRAMES[frame++ % FRAMES.length] as string)} ${title} …`)
      const timer = terminal ? setInterval(draw, 80) : undefined
      const end = (mark: string, text: string): void => {
        clearInterval(timer)
        const took = `${((performance.now() - started) / 1_000).toFixed(2)} s`
        write(
          `${terminal ? '\r\u001b[2K' : ''} ${mark} ${title}${text === '' ? '' : `: ${text}`} ${style(2, `(${took})`)}\n`,
        )
      }
      try {
        const result = await run()
        end(style(32, '✓'), detail?.(result) ?? '')
        return result
      } catch (error) {
        end(style(31, '✗'), style(31, error instanceof Error ? error.message : String(error)))
        throw error
      }
    },
    lines(texts) {
      for (const text of texts) write(`     ${text}\n`)
    },
  }
}
