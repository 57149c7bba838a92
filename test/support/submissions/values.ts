/** A JSON object whose elements are not known. */
export type Holder = Record<string, unknown>

export const isObject = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** The same value, each string changed by where it stands. */
export const mapped = (value: unknown, change: (text: string, name: string) => string, name = ''): unknown => {
  if (typeof value === 'string') return change(value, name)
  if (Array.isArray(value)) return value.map((one) => mapped(one, change, name))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapped(one, change, key)]))
}
