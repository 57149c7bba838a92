import type { Prefix } from './query.ts'

const PREFIX = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[-+\d])/

/** The prefix of a value that is ordered, `eq` where it has none, and what follows it. Anything else before a number is left to be refused with it. */
export const prefixOf = (text: string): Readonly<{ prefix: Prefix; rest: string }> => {
  const prefix = PREFIX.exec(text)?.[1] as Prefix | undefined
  return prefix === undefined ? { prefix: 'eq', rest: text } : { prefix, rest: text.slice(prefix.length) }
}
