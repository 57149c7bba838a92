/**
 * JSON in the one form that RFC 8785 (JCS) allows: no white space, members sorted by the UTF-16 code units of their names, numbers and
 * strings as ECMAScript writes them. The same value gives the same bytes, whoever serialises it. Members that are undefined are left out;
 * a decimal counts by its value (1.0 and 1 are the same).
 */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, child]) => `${JSON.stringify(name)}:${canonicalJson(child)}`)
  return `{${members.join(',')}}`
}
