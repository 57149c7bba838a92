import type { Permit } from '../access/decide.ts'
import type { Bind } from './bind.ts'

export { hidesFrom, isHidden } from './sql/hidden.ts'
export { isRecorded } from './sql/recorded.ts'
export { markColumns, visible } from './visible.ts'
export type { Bind }

export type Sql = Readonly<{
  text: string
  values: readonly unknown[]
  /** True where the best plan is the same whatever the values are, so that it may be kept. */
  steady?: boolean
  /** True where it only reads, its rows have types and ids and come in their order, and each value has its type in the text, or is a text. */
  joins?: boolean
}>

/** What a statement is made with: its values, names for its tables, and what the caller may see. */
export type Builder = Readonly<{
  bind: Bind
  /** A name that no other table of the statement has. */
  alias: () => string
  /** Names what is evaluated once and before all else, for `with`. */
  first: (text: string) => string
  permit: Permit
  /** A condition whose ids are known by then, and the name that they have. */
  known?: Readonly<{ condition: unknown; name: string }>
}>

/** A statement whose text is made with a builder of its own. */
export const statement = (permit: Permit, make: (builder: Builder) => string): Sql => {
  const values: unknown[] = []
  let aliases = 0
  const alias = (): string => {
    aliases += 1
    return `t${aliases}`
  }
  const before: string[] = []
  const text = make({
    bind: (value) => `$${values.push(value)}`,
    alias,
    first: (made) => {
      const name = alias()
      before.push(`${name} as materialized (${made})`)
      return name
    },
    permit,
  })
  if (before.length === 0) return { text, values }
  // One statement has one `with`, at its beginning.
  return { text: `with ${before.join(', ')}${text.startsWith('with ') ? `, ${text.slice(5)}` : ` ${text}`}`, values }
}
