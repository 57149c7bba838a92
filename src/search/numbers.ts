const LONGEST = 40
const GREATEST = 1e100

/**
 * A FHIR decimal as PostgreSQL's `numeric` takes it and an index holds it: as it was written; one of more than 40 characters or with an
 * exponent, as the nearest double; `Infinity` or `-Infinity` beyond 1e100, and 0 where nothing but a power below 1e-100 is left of it.
 * What is stored and what is searched for must both go through here.
 */
export const numeric = (text: string): string => {
  if (text.length <= LONGEST && !/e/i.test(text)) return text
  const value = Number(text)
  if (Math.abs(value) > GREATEST) return value < 0 ? '-Infinity' : 'Infinity'
  return Math.abs(value) < 1 / GREATEST ? '0' : String(value)
}
