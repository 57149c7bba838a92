import { type Problem, problem } from '../fhir/outcome.ts'

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
 * Groups what concurrent requests ask for into one statement. A request waits only while `lanes` groups are under way; then all
 * that have gathered go together. So one request alone pays nothing, and many share one round trip and one durable commit.
 * `run` answers in the order of its items; where it fails, all of its items fail with that error. Throws `unavailable` where too many wait.
 */
export const batch = <Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  { lanes = 2, most = 64 }: { lanes?: number; most?: number } = {},
): ((item: Item) => Promise<Result>) => {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []
  let running = 0
  let scheduled = false

  const flush = (): void => {
    scheduled = false
    while (running < lanes && waiting.length > 0) {
      const group = waiting.slice(0, most)
      waiting = waiting.slice(most)
      running += 1
      run(group.map(({ item }) => item))
        .then(
          (results) => {
            group.forEach(({ resolve }, index) => {
              resolve(results[index] as Result)
            })
          },
          (error: unknown) => {
            for (const { reject } of group) reject(error)
          },
        )
        .finally(() => {
          running -= 1
          flush()
        })
    }
  }

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      if (waiting.length >= MOST_WAITING) return reject(overloaded())
      waiting.push({ item, resolve, reject })
      if (!scheduled && running < lanes) {
        scheduled = true
        // Requests that were read from their sockets in the same turn of the event loop go together.
        setImmediate(flush)
      }
    })
}
