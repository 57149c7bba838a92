import { stdout } from 'node:process'
import { stripVTControlCharacters } from 'node:util'

/** Shows steps as they are done: with a turning mark, colours and a live line on a terminal, as plain lines elsewhere. */
export type Display = Readonly<{
  /** True where lines can be drawn over. */
  terminal: boolean
  /** The name of a part of the demo. */
  heading(text: string): void
  /** Runs a step and shows how it went; what it returns is shown beside it. Rethrows what it throws. */
  step<Result>(title: string, run: () => Promise<Result>, detail?: (result: Result) => string): Promise<Result>
  /** Lines that belong to the step before. */
  lines(texts: readonly string[]): void
  /** Keeps a line below everything else, drawn anew all the time; only on a terminal. Returns what ends it. */
  live(line: () => string): () => void
  green(text: string): string
  yellow(text: string): string
  red(text: string): string
}>

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const DRAW_MS = 80

export const createDisplay = (terminal = stdout.isTTY && process.env['NO_COLOR'] === undefined): Display => {
  const style =
    (code: number) =>
    (text: string): string =>
      terminal ? `\u001b[${code}m${text}\u001b[0m` : text
  const [bold, faint, red, green, yellow, cyan] = [1, 2, 31, 32, 33, 36].map(style) as [
    Style,
    Style,
    Style,
    Style,
    Style,
    Style,
  ]
  const write = (text: string): void => void stdout.write(text)

  // What is drawn below the lines that stay: the step that runs, and the live line.
  let running: (() => string) | undefined
  let live: (() => string) | undefined
  let drawn = 0
  let text = ''
  let timer: NodeJS.Timeout | undefined
  const clear = (): void => {
    if (drawn > 0) write(`${drawn > 1 ? `\u001b[${drawn - 1}A` : ''}\r\u001b[0J`)
    drawn = 0
    text = ''
  }
  const draw = (): void => {
    const rows = [running, live].flatMap((row) => (row === undefined ? [] : [fitted(row(), stdout.columns ?? 80)]))
    const next = rows.join('\n')
    if (next === text) return
    clear()
    write(next)
    drawn = rows.length
    text = next
  }
  const changed = (): void => {
    clearInterval(timer)
    clear()
    if (!terminal || (running === undefined && live === undefined)) return
    draw()
    timer = setInterval(draw, DRAW_MS)
  }
  const stay = (lines: string): void => {
    clear()
    write(lines)
    if (terminal && (running ?? live) !== undefined) draw()
  }

  return {
    terminal,
    green,
    yellow,
    red,
    heading: (text) => stay(`\n${bold(text)}\n`),
    async step(title, run, detail) {
      const started = performance.now()
      let frame = 0
      running = () => ` ${cyan(FRAMES[frame++ % FRAMES.length] as string)} ${title} …`
      changed()
      const end = (mark: string, text: string): void => {
        running = undefined
        changed()
        const took = `${((performance.now() - started) / 1_000).toFixed(2)} s`
        stay(` ${mark} ${title}${text === '' ? '' : `: ${text}`} ${faint(`(${took})`)}\n`)
      }
      try {
        const result = await run()
        end(green('✓'), detail?.(result) ?? '')
        return result
      } catch (error) {
        end(red('✗'), red(error instanceof Error ? error.message : String(error)))
        throw error
      }
    },
    lines(texts) {
      for (const text of texts) stay(`     ${text}\n`)
    },
    live(line) {
      if (terminal) live = line
      changed()
      return () => {
        live = undefined
        changed()
      }
    },
  }
}

type Style = (text: string) => string

/** What fits into one row; a row that would be broken could not be drawn over. */
const fitted = (text: string, columns: number): string => {
  const plain = stripVTControlCharacters(text)
  return plain.length < columns ? text : `${plain.slice(0, columns - 2)}…`
}
