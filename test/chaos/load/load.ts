import { setTimeout as wait } from 'node:timers/promises'
import type { Observation, Write } from '../facts.ts'
import type { Random } from '../random.ts'
import type { Authors, Person } from './author.ts'

/** Of all changes so many are withdrawals. */
const WITHDRAWALS = 0.2
/** So that they are that part of all: after each withdrawal comes a new plan. */
const WITHDRAW_WHERE_ACTIVE = WITHDRAWALS / (1 - WITHDRAWALS)
/** How often an author looks, after a change, who has it. */
const LOOK = 0.3
const AT_A_TIME = 24

/** Does something for each of so many numbers, several at a time. */
export const severalAtATime = async <Item>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> => {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(atATime, items.length) }, async () => {
      while (next < items.length) await work(items[next++] as Item)
    }),
  )
}

/**
 * Changes plans, so many a second, until told to stop, which waits until all that was sent is known. A person whose change is not yet known is left
 * alone; where all are, it changes fewer.
 */
export const startLoad = (
  authors: Authors,
  { perSecond, random, among = authors.people }: { perSecond: number; random: Random; among?: readonly Person[] },
): Readonly<{ stop(): Promise<void> }> => {
  let stopping = false
  const free = [...among]
  const working = new Set<Promise<void>>()

  const change = async (person: Person): Promise<void> => {
    if (person.active !== undefined && random.next() < WITHDRAW_WHERE_ACTIVE) await authors.withdraw(person)
    else await authors.submit(person)
    if (random.next() < LOOK) await authors.observe(person)
    free.push(person)
  }

  const begin = (): void => {
    const person = free.splice(Math.floor(random.next() * free.length), 1)[0]
    if (person === undefined || working.size >= AT_A_TIME) return void (person !== undefined && free.push(person))
    const work = change(person).finally(() => working.delete(work))
    working.add(work)
  }

  const running = (async () => {
    for (let due = Date.now(); !stopping; due += 1_000 / perSecond) {
      const early = due - Date.now()
      if (early > 0) await wait(early)
      // What could not be kept up with is not caught up with.
      else due = Date.now()
      begin()
    }
  })()

  return {
    async stop() {
      stopping = true
      await running
      await Promise.all(working)
    },
  }
}

/** Withdraws a plan, gives a new one where there is none, and looks until every recipient has acknowledged; undefined where that did not happen. */
export const withdrawAndWatch = async (
  authors: Authors,
  person: Person,
  seconds: number,
): Promise<{ write: Write; observation: Observation } | undefined> => {
  const write = await authors.withdraw(person)
  if (write === undefined) return undefined
  for (const deadline = Date.now() + seconds * 1_000; ; await wait(250)) {
    const observation = await authors.observe(person)
    if (observation.recipients.every(({ inStep }) => inStep) || Date.now() > deadline) return { write, observation }
  }
}
