import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Disturbance } from './schedule.ts'
import type { Killable } from './stage/killable.ts'
import { RECIPIENTS, type Stage } from './stage/stage.ts'

/** What was broken so far, by its name. */
export type Counts = Record<string, number>

/** Breaks a stage as scheduled, and resolves when everything runs again and no link is faulty. `counts` grows meanwhile. */
export const disturb = async (
  stage: Stage,
  disturbances: readonly Disturbance[],
  { random, counts, report }: { random: Random; counts: Counts; report: (text: string) => void },
): Promise<void> => {
  const mending = new Set<Promise<unknown>>()
  const faulty = new Map<string, number>()
  let restarting: Promise<void> | undefined
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  const failures: unknown[] = []
  /** Does what puts something right, beside what else is being broken. */
  const mend = (work: () => Promise<unknown>): void => {
    const mended = work()
      .catch((error: unknown) => failures.push(error))
      .finally(() => mending.delete(mended))
    mending.add(mended)
  }

  /** Kills the wanted process or, where it does not run, the next one that does. */
  const killOne = async (among: readonly Killable[], target: number, lasts: number): Promise<string> => {
    for (;;) {
      for (let next = 0; next < among.length; next++) {
        const chosen = among[(target + next) % among.length] as Killable
        if (!(await chosen.kill())) continue
        mend(async () => {
          await wait(lasts)
          await chosen.start()
        })
        return chosen.name
      }
      await wait(100)
    }
  }

  const restart = async (): Promise<void> => {
    await stage.database.killAndRestart()
    await stage.links.lead('database', stage.database.port())
  }

  const kill = async (what: string, target: number, lasts: number): Promise<string> => {
    if (what === 'keyplan') return killOne(stage.keyplans, target, lasts)
    if (what === 'recipient') return killOne(stage.recipients, target, lasts)
    await restarting
    if (what === 'backend') while (!(await stage.database.killBackend(random))) await wait(100)
    else {
      restarting = restart()
      mend(() => restarting as Promise<void>)
    }
    return what
  }

  const began = Date.now()
  for (const disturbance of disturbances) {
    const { at, lasts, target } = disturbance
    await wait(Math.max(0, began + at - Date.now()))
    const seconds = `${((Date.now() - began) / 1_000).toFixed(1)} s`
    if (disturbance.do === 'kill') {
      const name = await kill(disturbance.what, target, lasts)
      count(`kill ${disturbance.what}`)
      report(`${seconds}: kill -9 ${name}`)
    } else if (disturbance.do === 'pause') {
      const chosen = stage.keyplans[target % stage.keyplans.length] as Killable
      chosen.pause()
      count('pause keyplan')
      report(`${seconds}: ${chosen.name} stands still for ${(lasts / 1_000).toFixed(1)} s`)
      mend(async () => {
        await wait(lasts)
        chosen.resume()
      })
    } else {
      const link = RECIPIENTS[target % RECIPIENTS.length] as string
      const until = Date.now() + lasts
      faulty.set(link, until)
      await stage.links.set(link, disturbance.fault)
      count(`fault ${disturbance.fault}`)
      report(`${seconds}: ${disturbance.fault} on the way to ${link} for ${(lasts / 1_000).toFixed(1)} s`)
      mend(async () => {
        await wait(lasts)
        // Another fault may have taken its place.
        if (faulty.get(link) === until) await stage.links.set(link, undefined)
      })
    }
  }
  while (mending.size > 0) await Promise.all(mending)
  if (failures.length > 0) throw failures[0]
  for (const link of RECIPIENTS) await stage.links.set(link, undefined)
}
