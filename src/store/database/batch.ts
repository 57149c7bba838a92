import { type Problem, problem } from '../../fhir/outcome.ts'

/** More than this wait only where the database does not answer; who comes then is told at once. */
const MOST_WAITING = 2_000

/** Fewer wait for those under way, rather than cost a statement of their own. */
const FEW = 4

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
 * `run` answers in the order of its items, and is told whether they go beside such a group; where it fails, all of its items fail with that error.
 * With `follow`, what waits also goes as soon as it is as many as are under way: `run` gives that to PostgreSQL to be done next, which then is never
 * without work while this process reads requests. Throws `unavailable` where too many wait.
 */
export const batch = <Item, Result>(
  run: (items: readonly Item[], beside: boolean) => Promise<readonly Result[]>,
  {
    lanes = 4,
    most = 64,
    patience = 2,
    follow = false,
  }: { lanes?: number; most?: number; patience?: number; follow?: boolean } = {},
): ((item: Item) => Promise<Result>) => {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }
  const waiting: Waiting[] = []
  let running = 0
  /** Items of the groups that are under way. */
  let underWay = 0
  /** Of these groups, how many do not go beside others, and since when the first of them is the one that PostgreSQL works on. */
  let inTurn = 0
  let since = 0
  let scheduled = false
  let impatience: NodeJS.Timeout | undefined

  const start = (beside = false): void => {
    clearTimeout(impatience)
    impatience = undefined
    if (waiting.length === 0) return
    const group = waiting.splice(0, most)
    running += 1
    underWay += group.length
    if (!beside && inTurn++ === 0) since = performance.now()
    run(
      group.map(({ item }) => item),
      beside,
    ).then(
      (results) => {
        next(group, beside)
        group.forEach(({ resolve }, index) => {
          resolve(results[index] as Result)
        })
      },
      (error: unknown) => {
        next(group, beside)
        for (const { reject } of group) reject(error)
      },
    )
    wait()
  }

  /** After a group: what waits is on its way before those who are back are answered, so that the database has work meanwhile. */
  const next = (group: readonly Waiting[], beside: boolean): void => {
    running -= 1
    underWay -= group.length
    if (!beside) {
      inTurn -= 1
      since = performance.now()
    }
    goOn()
  }

  const goOn = (): void => {
    if (running === 0 || mayFollow()) start()
    else wait()
  }

  /** Behind one group and no more, and never behind one that is stuck. */
  const mayFollow = (): boolean =>
    follow &&
    running === 1 &&
    inTurn === 1 &&
    underWay >= FEW &&
    waiting.length >= underWay &&
    performance.now() - since < patience

  /** What waits goes when nothing is under way any more, or when this runs out of patience. */
  const wait = (): void => {
    if (waiting.length > 0 && running < lanes) impatience ??= setTimeout(start, patience, true)
  }

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      if (waiting.length >= MOST_WAITING) return reject(overloaded())
      waiting.push({ item, resolve, reject })
      if (scheduled) return
      if (running > 0 && !mayFollow()) return wait()
      scheduled = true
      // Requests that were read from their sockets in the same turn of the event loop go together.
      setImmediate(() => {
        scheduled = false
        goOn()
      })
    })
}
