import type { EngineCheck } from '../engine.ts'

/** These checks one after another as one; undefined where there are none. */
export const allOf = (checks: readonly (EngineCheck | undefined)[]): EngineCheck | undefined => {
  const all = checks.filter((check) => check !== undefined)
  const [only] = all
  if (only === undefined || all.length === 1) return only
  return (spot, engine) => {
    for (const check of all) check(spot, engine)
  }
}
