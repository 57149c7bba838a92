import type { Progress } from '../../bench/progress.ts'
import type { Part, Position } from './part.ts'

/** Where no bar can be drawn, a line so often. */
const SAY_SECONDS = 30
const DRAW_SECONDS = 1
/** What the bar and its percentage take of a line. */
const BAR_COLUMNS = 40

/** Is told which parts begin and end, and how far each is. */
export type Overview = Readonly<{
  begin(part: Part): (position: Position) => void
  end(part: Part): void
  stop(): void
}>

/** For a part that shows by itself how far it is. */
export const NO_OVERVIEW: Overview = { begin: () => () => {}, end: () => {}, stop: () => {} }

type State = { began: number; position: Position; ended: boolean }

/** Below this, the share that is done says little. */
const LEAST_SHARE = 0.05

/** Seconds that a part still takes: as the share that is done says, or what is left of the time that it took before; 0 where that is over. */
export const secondsLeft = (expected: number, elapsed: number, done = 0): number =>
  done < LEAST_SHARE ? Math.max(0, expected - elapsed) : (elapsed * (1 - done)) / done

const leftInWords = (seconds: number): string =>
  seconds < 60 ? 'soon done' : `about ${Math.round(seconds / 60)} min left`

/** Shows how far all parts are, until it is stopped: a bar on a terminal, elsewhere a line now and then. */
export const createOverview = (
  lanes: readonly (readonly Part[])[],
  expected: (part: Part) => number,
  progress: Progress,
): Overview => {
  const began = Date.now()
  const states = new Map<Part, State>()

  const left = (part: Part): number => {
    const state = states.get(part)
    if (state === undefined) return expected(part)
    return state.ended ? 0 : secondsLeft(expected(part), (Date.now() - state.began) / 1_000, state.position.done)
  }
  const show = (): void => {
    const spent = (Date.now() - began) / 1_000
    const still = Math.max(...lanes.map((lane) => lane.reduce((sum, part) => sum + left(part), 0)))
    const positions = [...states].flatMap(([{ name }, { position, ended }]) =>
      ended ? [] : `${name}: ${position.text}`,
    )
    const text = [leftInWords(still), ...positions].join('; ')
    if (!progress.draws) progress.line(`  ${Math.round(spent)} s: ${text}`)
    else progress.show(text.slice(0, (process.stderr.columns || 80) - BAR_COLUMNS), spent / (spent + still))
  }
  const timer = setInterval(show, (progress.draws ? DRAW_SECONDS : SAY_SECONDS) * 1_000)

  return {
    begin(part) {
      const state: State = { began: Date.now(), position: { text: 'begins' }, ended: false }
      states.set(part, state)
      return (position) => {
        state.position = position
      }
    },
    end(part) {
      const state = states.get(part)
      if (state !== undefined) state.ended = true
    },
    stop() {
      clearInterval(timer)
      progress.clear()
    },
  }
}
