/** How many there are of each, the most first: `153 StructureDefinition, 60 ValueSet`. */
export const byType = (names: readonly string[]): string => {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .sort(([a, many], [b, others]) => others - many || a.localeCompare(b, 'en'))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}
