/** Each plan that is kept needs some 100 kB on each connection. */
const MOST_PREPARED = 60
const MOST_REMEMBERED = 500
/** Who searches in ever other ways is not to take the places of those who do it in the same. */
const TIMES = 3

/**
 * Names for statements whose plan may be kept, by their text: it is planned once for a connection, where that costs more than running it. Undefined
 * for a text that has not come a few times yet, and where enough have a name.
 */
export const namesOfRecurring = (prefix: string): ((text: string) => string | undefined) => {
  const names = new Map<string, string>()
  const seen = new Map<string, number>()
  return (text) => {
    const name = names.get(text)
    if (name !== undefined || names.size >= MOST_PREPARED) return name
    const times = (seen.get(text) ?? 0) + 1
    seen.delete(text)
    if (times < TIMES) {
      seen.set(text, times)
      for (const oldest of seen.keys()) if (seen.size > MOST_REMEMBERED) seen.delete(oldest)
      return undefined
    }
    const made = `${prefix}-${names.size + 1}`
    names.set(text, made)
    return made
  }
}
