import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import type { Store } from '../../store/store.ts'
import { searchDefinitions } from './definitions.ts'
import { reindex } from './reindex.ts'

const LOOK_MS = 1_000
/** For so many times as long as a batch took, nothing is done: requests come first. */
const REST = 4

export type Reindexer = Readonly<{
  /**
   * Registers the search parameters of this version; resolves when it is known which of them may be searched by. From then on that is looked at
   * each second, and what the database lacks is built in the background.
   */
  start(): Promise<void>
  /** Resolves when nothing is being read or written. */
  stop(): Promise<void>
}>

/**
 * Keeps what search parameters find complete. One of the processes of a version does the work, whichever it is, at low priority; `keyplan
 * reindex` does it faster. A process of an older version leaves it to the newer ones.
 */
export const createReindexer = ({ store, log }: { store: Store; log: Log }): Reindexer => {
  const stopping = new AbortController()
  const { signal } = stopping
  const { version } = searchDefinitions()
  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }).catch(() => {})
  let hasWork = false
  let watching: Promise<void> | undefined
  let building: Promise<void> | undefined

  const look = async (): Promise<void> => {
    hasWork = await store.reindex.look(version)
  }

  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(LOOK_MS)
      if (!signal.aborted)
        await look().catch((err: unknown) =>
          log.warn({ err }, 'It could not be read which search parameters are complete; trying again'),
        )
    }
  }

  const build = async (): Promise<void> => {
    if (!(await store.reindex.claim())) return
    log.info(
      'What is stored is being read for search parameters that are new here; searches by them are refused until then',
    )
    let since = performance.now()
    for await (const _ of reindex(store)) {
      await pause(REST * (performance.now() - since))
      if (signal.aborted) return
      since = performance.now()
    }
    await look()
    log.info('Search parameters are complete')
  }

  const keepBuilding = async (): Promise<void> => {
    while (!signal.aborted) {
      if (hasWork)
        await build().catch((err: unknown) => log.warn({ err }, 'Search parameters could not be built; trying again'))
      await pause(LOOK_MS)
    }
  }

  return {
    async start() {
      await store.reindex.register(searchDefinitions())
      await look()
      watching ??= watch()
      building ??= keepBuilding()
    },
    async stop() {
      stopping.abort()
      await Promise.all([watching, building])
    },
  }
}
