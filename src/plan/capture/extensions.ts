import type { Extension } from 'fhir/r4.js'

type ValueName = Extract<keyof Extension, `value${string}`>

/** The extension with this value; none where there is no value. */
export const valueExtension = <N extends ValueName>(
  url: string,
  name: N,
  value: Extension[N] | undefined,
): Extension[] => (value === undefined ? [] : [{ url, [name]: value }])

/** The extension made of these parts; none where there is no part. */
export const partsExtension = (url: string, parts: Extension[]): Extension[] =>
  parts.length === 0 ? [] : [{ url, extension: parts }]
