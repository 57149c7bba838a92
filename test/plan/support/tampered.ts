import type { Derived } from '../../../src/plan/derived.ts'

type Holder = Record<string, unknown>

/** An item of a list by its place, by the name of a parameter, or by the type (and id) of the resource of an entry. */
const placeOf = (list: readonly unknown[], step: string): number =>
  /^\d+$/.test(step)
    ? Number(step)
    : list.findIndex((item) => {
        const { name, resource } = item as { name?: string; resource?: { resourceType: string; id?: string } }
        return step === name || step === resource?.resourceType || step === `${resource?.resourceType}/${resource?.id}`
      })

const set = (holder: unknown, [step = '', ...rest]: readonly string[], value: unknown): void => {
  if (Array.isArray(holder)) {
    if (step === '+') holder.push(value)
    else if (placeOf(holder, step) < 0) throw new Error(`Nothing is at ${step}.`)
    else if (rest.length > 0) set(holder[placeOf(holder, step)], rest, value)
    else if (value === null) holder.splice(placeOf(holder, step), 1)
    else holder[placeOf(holder, step)] = value
  } else if (rest.length > 0) set((holder as Holder)[step], rest, value)
  else if (value === null) delete (holder as Holder)[step]
  else (holder as Holder)[step] = value
}

/** What was derived, as a mistake would leave it: each value at its path, of steps between blanks; null takes it out, `+` adds to a list. */
export const tampered = (derived: Derived, changes: Readonly<Record<string, unknown>> = {}): Derived => {
  const copy = structuredClone(derived)
  for (const [path, value] of Object.entries(changes)) set(copy, path.split(' '), value)
  return copy
}
