import { setImmediate } from 'node:timers/promises'

/** For so long may one request keep all others waiting. */
const TURN_MILLISECONDS = 10

/** What `act` makes of each item, in their order. Others have their turn in between where there is much to do: a crew does not wait for a migration. */
export const mapFairly = async <Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Result,
): Promise<Result[]> => {
  // Nobody waits longer for one alone than for what it does.
  if (items.length === 1) return [act(items[0] as Item, 0)]
  const results: Result[] = []
  let begun = performance.now()
  for (const [index, item] of items.entries()) {
    results.push(act(item, index))
    if (performance.now() - begun < TURN_MILLISECONDS) continue
    await setImmediate()
    begun = performance.now()
  }
  return results
}

/** The same of what has to be waited for, so many at a time: one request does not take every connection to the database. */
export const mapInTurns = async <Item, Result>(
  items: readonly Item[],
  act: (item: Item, index: number) => Promise<Result>,
  atATime = 4,
): Promise<Result[]> => {
  const results = new Array<Result>(items.length)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await act(items[index] as Item, index)
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, lane))
  return results
}
