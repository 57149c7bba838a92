import { setTimeout as wait } from 'node:timers/promises'
import type { Services } from '../../services.ts'
import type { RecipientStanding } from '../../store/sharing/standings.ts'
import type { Display } from './display.ts'
import type { RecipientSystem } from './systems.ts'

/** How the four systems stand, as one line: who is in step, behind, or holds a withdrawal, and how long the last change took to arrive. */
export type SharingView = Readonly<{
  /** In colours where the display has them. */
  line(): string
  stop(): Promise<void>
}>

const LOOK_MS = 200

type View = Readonly<{ name: string; state: 'in step' | 'withdrawn' | 'behind' | 'away' | 'unknown'; detail: string }>

/**
 * Looks at the service's own figures all the time. Where the display is no terminal, a line is written whenever one of the systems comes to be in
 * another state, from `announce` on.
 */
export const createSharingView = (
  services: Pick<Services, 'records' | 'metrics'>,
  systems: readonly RecipientSystem[],
  display: Display,
): SharingView & Readonly<{ announce(): void }> => {
  const stopping = new AbortController()
  let views: readonly View[] = []
  let announced: string | undefined
  let isAnnouncing = false

  const look = async (): Promise<void> => {
    const standings = await services.records.standings().catch(() => [])
    views = systems.map(({ id, name }) => {
      const standing = standings.find(({ recipient }) => recipient === id)
      return { name, ...viewOf(standing, services.metrics.lastStored.get(id)) }
    })
    const states = views.map(({ state }) => state).join()
    if (!isAnnouncing || display.terminal || states === announced) return
    announced = states
    display.lines([textOf(views)])
  }
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await look()
      await wait(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()

  const colour = {
    'in step': display.green,
    withdrawn: display.green,
    behind: display.yellow,
    away: display.red,
    unknown: display.red,
  }
  return {
    line: () => ` ${textOf(views, ({ state }) => colour[state]('●'))}`,
    announce: () => {
      isAnnouncing = true
    },
    stop: async () => {
      stopping.abort()
      await loop
    },
  }
}

const textOf = (views: readonly View[], mark: (view: View) => string = () => ''): string =>
  views
    .map((view) => [mark(view), view.name, view.state, view.detail].filter((part) => part !== '').join(' '))
    .join('  │  ')

const viewOf = (
  standing: RecipientStanding | undefined,
  last: Readonly<{ state: 'current' | 'withdrawn'; seconds: number }> | undefined,
): Pick<View, 'state' | 'detail'> => {
  if (standing === undefined) return { state: 'unknown', detail: '' }
  if (standing.outstanding > 0) {
    const seconds = (Date.parse(standing.asOf) - Date.parse(standing.oldestAt ?? standing.asOf)) / 1_000
    return {
      state: standing.failingSince === null ? 'behind' : 'away',
      detail: `${standing.outstanding} for ${seconds.toFixed(1)} s`,
    }
  }
  return {
    state: last?.state === 'withdrawn' ? 'withdrawn' : 'in step',
    detail: last === undefined ? '' : `${Math.round(last.seconds * 1_000)} ms`,
  }
}
