/** True where `start` is surely later than `end`: both with a time by their instants, else as far as both are precise. */
export const isAfter = (start: string, end: string): boolean => {
  if (start.includes('T') && end.includes('T')) return Date.parse(start) > Date.parse(end)
  const precision = Math.min(start.length, end.length, 10)
  return start.slice(0, precision) > end.slice(0, precision)
}
