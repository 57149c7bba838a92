import { type Problem, problem } from '../../fhir/outcome.ts'

/** More than this wait only where the database does not answer; who comes then is told at once. */
const MOST_WAITING = 2_000

const overloaded = (): Problem =>
  problem(
    'unavailable',
    'overloaded',
    'KeyPlan cannot answer now: too many requests wait for its records. This says nothing about the person asked for. Try again, or use another source.',
    { headers: { 'Retry-After': '2' } },
  )

/**
 * Groups what concurrent requests ask for into one statement. A request waits only while a group is under way; then all that have gathered go
 * together. So one request alone pays nothing, and many share one round trip and one durable commit. A group that is not back after `patience`
 * milliseconds is not waited for: the next goes beside it, up to `lanes` at a time.
 * `run` answers in the order of its items; where it fails, all of its items fail with that error. Throws `unavailable` where too many wait.
 */
export const batch = <Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  { lanes = 4, most = 64, patience = 2 }: { lanes?: number; most?: number; patience?: number } = {},
): ((item: Item) => Promise<Result>) => {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let running = 0
  let scheduled = false
  let impatience: NodeJS.Timeout | undefined

  const start = (): void => {
    scheduled = false
    clearTimeout(impatience)
    impatience = undefined
    if (waiting.length === 0) return
    const group = waiting.splice(0, most)
    running += 1
    run(group.map(({ item }) => item)).then(
      (results) => {
        next()
        group.forEach(({ resolve }, index) => {
          resolve(results[index] as Result)
        })
      },
      (error: unknown) => {
        next()
        for (const { reject } of group) reject(error)
      },
    )
    wait()
  }

  /** After a group: what waits is on its way before those who are back are answered, so that the database has work meanwhile. */
  const next = (): void => {
    running -= 1
    if (running === 0) start()
    else wait()
  }

  /** What waits goes when nothing is under way any more, or when this runs out of patience. */
  const wait = (): void => {
    if (waiting.length > 0 && running < lanes) impatience ??= setTimeout(start, patience)
  }

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      if (waiting.length >= MOST_WAITING) return reject(overloaded())
      waiting.push({ item, resolve, reject })
      if (scheduled) return
      if (running > 0) return wait()
      scheduled = true
      // Requests that were read from their sockets in the same turn of the event loop go together.
      setImmediate(start)
    })
}
