/** The lines of a table for people: columns as wide as their widest cell; those named in `right` hold numbers. Empty columns are left out. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: ReadonlySet<string> = new Set(),
): string => {
  const shown = head.map((_, column) => rows.some((row) => row[column] !== ''))
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [head, ...rows]
    .map((row) =>
      row
        .flatMap((cell, column) => {
          if (shown[column] !== true) return []
          const width = widths[column] ?? 0
          return right.has(head[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** A length of time as a person reads it: two digits or so, e.g. `12 s`, `4 min`, `3 h`, `9 d`. */
export const duration = (seconds: number): string => {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1_000))} ms`
  const [unit, length] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ['s', 1]
  return `${Math.floor(seconds / length)} ${unit}`
}

/** How long ago an instant was; empty where there was none. */
export const ago = (instant: string | null | undefined, now: Date): string =>
  instant == null ? '' : `${duration((now.getTime() - Date.parse(instant)) / 1_000)} ago`

/** How long something has lasted since an instant; empty where there was none. */
export const since = (instant: string | null | undefined, now: Date): string =>
  instant == null ? '' : duration((now.getTime() - Date.parse(instant)) / 1_000)
