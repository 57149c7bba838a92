/**
 * Decimals keep the text in which they were sent: 1.00 is not 1 (http://hl7.org/fhir/R4/json.html#decimal). A number stays a
 * number; where its text says more, the text stands beside it, under a symbol of the object that holds the number.
 * Copying an object by spread keeps it; what is not copied falls back to the number.
 */
const DECIMAL_TEXT: unique symbol = Symbol('texts of decimals')

type Holder = Record<string, unknown> & { [DECIMAL_TEXT]?: Readonly<Record<string, string>> }

/** Marks a string as a number's text. No string of a resource has this character (`json.ts` refuses it). */
const MARK = '\u0000'
const WRITTEN_MARK = /"\\u0000(-?[0-9][0-9.eE+-]*)"/g

const isObject = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** The text of the decimal `name` of an object, as it was sent. */
export const decimalText = (holder: object, name: string): string | undefined => {
  const text = (holder as Holder)[DECIMAL_TEXT]?.[name]
  const value = (holder as Holder)[name]
  if (typeof value !== 'number') return undefined
  return text !== undefined && Number(text) === value ? text : String(value)
}

/** Gives `to` the decimal texts of `from`, for whoever copies property by property. */
export const copyDecimalTexts = (from: object, to: object): void => {
  const texts = (from as Holder)[DECIMAL_TEXT]
  if (texts !== undefined) (to as Holder)[DECIMAL_TEXT] = texts
}

/** Puts a number under `name` of an object, and beside it the text that it was sent in where that says more. */
export const setNumber = (holder: object, name: string | number, text: string): void => {
  const value = Number(text)
  ;(holder as Holder)[name] = value
  if (String(value) === text) return
  ;(holder as Holder)[DECIMAL_TEXT] = { ...(holder as Holder)[DECIMAL_TEXT], [name]: text }
}

/**
 * JSON.parse that keeps the texts of the numbers at `spans` (start and end offsets, ascending).
 * The text must already be known to be JSON without NUL characters.
 */
export const parseKeepingDecimals = (text: string, spans: readonly number[]): unknown => {
  let marked = ''
  let at = 0
  for (let index = 0; index < spans.length; index += 2) {
    const start = spans[index] as number
    const end = spans[index + 1] as number
    marked += `${text.slice(at, start)}"\\u0000${text.slice(start, end)}"`
    at = end
  }
  const parsed: unknown = JSON.parse(marked + text.slice(at))
  restore(parsed)
  return parsed
}

const restore = (value: unknown): void => {
  if (!isObject(value)) return
  let texts: Record<string, string> | undefined
  for (const name of Object.keys(value)) {
    const child = value[name]
    if (typeof child !== 'string') restore(child)
    else if (child.startsWith(MARK)) {
      value[name] = Number(child.slice(1))
      texts ??= {}
      texts[name] = child.slice(1)
    }
  }
  if (texts !== undefined) value[DECIMAL_TEXT] = texts
}

const hasTexts = (value: unknown): boolean => {
  if (!isObject(value)) return false
  if (value[DECIMAL_TEXT] !== undefined) return true
  if (Array.isArray(value)) return value.some(hasTexts)
  for (const name in value) {
    const child = value[name]
    if (typeof child === 'object' && hasTexts(child)) return true
  }
  return false
}

/** JSON.stringify without indentation, in which decimals stand as they were sent. */
export const stringifyFhirJson = (resource: object): string => {
  if (!hasTexts(resource)) return JSON.stringify(resource)
  const written = JSON.stringify(resource, function (this: Holder, name: string, value: unknown) {
    return typeof value === 'number' && this[DECIMAL_TEXT] !== undefined
      ? MARK + (decimalText(this, name) ?? String(value))
      : value
  })
  return written.replace(WRITTEN_MARK, '$1')
}
