import type { Overview } from './overview.ts'
import type { Part } from './part.ts'
import type { Outcome } from './told.ts'

/** Parts of a lane run one after the other; lanes run beside each other. */
export type Lanes = readonly (readonly Part[])[]

/** Runs all parts and, when nothing else runs any more, once more what failed and may have failed because the machine was busy. */
export const runLanes = async (
  lanes: Lanes,
  overview: Overview,
  line: (text: string) => void,
): Promise<readonly Outcome[]> => {
  const run = async (part: Part): Promise<Outcome> => {
    const began = performance.now()
    const found = await part.run({ at: overview.begin(part), line })
    overview.end(part)
    const seconds = (performance.now() - began) / 1_000
    line(`${found.failed === 0 ? 'ok    ' : 'FAILED'}  ${part.name} (${seconds.toFixed(1)} s)`)
    return { part, found, seconds }
  }
  const inTurn = async (lane: readonly Part[]): Promise<readonly Outcome[]> => {
    const outcomes: Outcome[] = []
    for (const part of lane) outcomes.push(await run(part))
    return outcomes
  }
  const outcomes = (await Promise.all(lanes.map(inTurn))).flat()
  overview.stop()
  const settled: Outcome[] = []
  for (const outcome of outcomes) {
    const { part, found } = outcome
    const again = found.failed === 0 ? undefined : await part.again?.(found, { at: () => {}, line })
    settled.push({ ...outcome, found: again ?? found })
  }
  return settled
}
