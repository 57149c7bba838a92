import { setTimeout as wait } from 'node:timers/promises'
import { type Latencies, latencies, untilAcknowledged } from '../checker/latencies.ts'
import type { Person } from '../load/author.ts'
import { withdrawAndWatch } from '../load/load.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import type { Run } from './phase.ts'

/** How long a withdrawal is watched before it counts as never acknowledged. */
const WATCH_SECONDS = 60

/** Withdraws plans of these people in turn, so many a second, and answers how long each took until all recipients had acknowledged. */
export const measuredWithdrawals = async (
  { authors, show }: Pick<Run, 'authors' | 'show'>,
  { people, count, perSecond }: { people: readonly Person[]; count: number; perSecond: number },
): Promise<Latencies> => {
  const free = [...people]
  const values: number[] = []
  const working = new Set<Promise<void>>()
  const one = async (person: Person): Promise<void> => {
    if (person.active === undefined) await authors.submit(person)
    const watched = await withdrawAndWatch(authors, person, WATCH_SECONDS)
    if (watched !== undefined) values.push(untilAcknowledged(watched.write, watched.observation, RECIPIENTS.length))
    show(`withdrawals: ${values.length} of ${count}`, values.length / count)
    free.push(person)
  }
  for (let begun = 0; begun < count; ) {
    const person = free.shift()
    if (person !== undefined) {
      begun += 1
      const work = one(person).finally(() => working.delete(work))
      working.add(work)
    }
    await wait(1_000 / perSecond)
  }
  await Promise.all(working)
  return latencies(values)
}
