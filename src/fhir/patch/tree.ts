/**
 * JSON as patches work on it: a decimal whose text says more than its value (1.00) is a string that begins with NUL, which no string of a
 * resource holds. So it moves with its text, wherever a patch puts it.
 */
import { decimalText, setNumber } from '../decimal.ts'
import { JSON_LIMITS } from '../json.ts'

const MARK = '\u0000'

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A deep copy in which decimals are marked. `holder` and `name` tell where the value stands. */
export const toTree = (value: unknown, holder?: object, name?: string): unknown => {
  if (typeof value === 'number') {
    const text = holder === undefined || name === undefined ? undefined : decimalText(holder, name)
    return text === undefined || text === String(value) ? value : MARK + text
  }
  if (Array.isArray(value)) return value.map((item, index) => toTree(item, value, String(index)))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, toTree(child, value, key)]))
}

/** The same as a resource holds it, decimals with their texts. */
export const fromTree = (tree: unknown): unknown => {
  if (Array.isArray(tree))
    return filled(
      tree,
      tree.map(() => null),
    )
  return isObject(tree) ? filled(tree, {}) : tree
}

const filled = <Holder extends object>(tree: object, holder: Holder): Holder => {
  for (const [key, child] of Object.entries(tree)) {
    if (typeof child === 'string' && child.startsWith(MARK)) setNumber(holder, key, child.slice(1))
    else (holder as JsonObject)[key] = fromTree(child)
  }
  return holder
}

/** Equality as RFC 6902 section 4.6 has it: numbers by value, objects in any order of their members. */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => isSame(item, other[index]))
    )
  }
  if (!isObject(one) || !isObject(other)) return plain(one) === plain(other)
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
  )
}

const plain = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(1)) : value

/** Levels that a resource may have: as many as a body that is read (`fhir/json.ts`). */
export const MOST_DEPTH = JSON_LIMITS.depth

/** Objects and lists that stand in each other: 0 for a plain value. */
export const depthOf = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : 1 + Object.values(value).reduce<number>((deepest, child) => Math.max(deepest, depthOf(child)), 0)

/** Characters and values together: about the length as text. */
export const sizeOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length + 1
  if (typeof value !== 'object' || value === null) return 1
  return Object.entries(value).reduce((size, [name, child]) => size + name.length + sizeOf(child), 1)
}
