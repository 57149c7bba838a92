import type { Checked } from './check.ts'

/** Counts of all that was checked. */
export type Summary = Readonly<{
  files: number
  resources: number
  valid: number
  invalid: number
  errors: number
  warnings: number
  notes: number
  /** What is not loaded, with the number of resources that would have needed it. */
  unchecked: Readonly<Record<keyof Checked['unchecked'], readonly (readonly [address: string, resources: number])[]>>
  milliseconds: number
}>

const KINDS = ['profiles', 'extensions', 'codeSystems', 'valueSets'] as const

/** Adds up what is checked, one resource after another. */
export const createSummary = () => {
  const files = new Set<string>()
  const counts = { resources: 0, valid: 0, errors: 0, warnings: 0, notes: 0 }
  const unchecked = {
    profiles: new Map(),
    extensions: new Map(),
    codeSystems: new Map(),
    valueSets: new Map(),
  } as Record<(typeof KINDS)[number], Map<string, number>>

  return {
    add(checked: Checked): void {
      files.add(checked.file)
      counts.resources++
      if (checked.valid) counts.valid++
      for (const { severity } of checked.findings) {
        if (severity === 'warning') counts.warnings++
        else if (severity === 'information') counts.notes++
        else counts.errors++
      }
      for (const kind of KINDS)
        for (const address of checked.unchecked[kind])
          unchecked[kind].set(address, (unchecked[kind].get(address) ?? 0) + 1)
    },
    of(milliseconds: number): Summary {
      const sorted = (map: Map<string, number>) =>
        [...map].sort(([one, times], [other, more]) => more - times || (one < other ? -1 : 1))
      return {
        files: files.size,
        ...counts,
        invalid: counts.resources - counts.valid,
        unchecked: {
          profiles: sorted(unchecked.profiles),
          extensions: sorted(unchecked.extensions),
          codeSystems: sorted(unchecked.codeSystems),
          valueSets: sorted(unchecked.valueSets),
        },
        milliseconds: Math.round(milliseconds),
      }
    },
  }
}
