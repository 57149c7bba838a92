import type { LeftOut } from '../../definitions/packages/selection.ts'

/** How many there are of each, the most first: `153 StructureDefinition, 60 ValueSet`. */
export const byType = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .sort(([a, many], [b, others]) => others - many || a.localeCompare(b, 'en'))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

const MOST_REASONS = 20

/** Why definitions of a package are left out: those for the same reason in one line. Types that no package brings are no fault, and not named. */
export const reasonsOf = (leftOut: readonly LeftOut[]): string[] => {
  const files = new Map<string, string[]>()
  for (const { file, why, type } of leftOut) if (type === undefined) files.set(why, [...(files.get(why) ?? []), file])
  const lines = [...files].map(([why, [first = '', ...more]]) =>
    more.length === 0 ? `${first}: ${why}` : `${first} and ${more.length} more: ${why}`,
  )
  return lines.length <= MOST_REASONS
    ? lines
    : [...lines.slice(0, MOST_REASONS), `and ${lines.length - MOST_REASONS} other reasons`]
}
