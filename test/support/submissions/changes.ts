import { IDENTIFIER_SYSTEM } from '../../../src/fhir/identifier.ts'
import { EXTENSION, ISO_3166_2, SNOMED, SYSTEM } from '../../../src/plan/codes.ts'
import type { Named } from './names.ts'
import { type Holder, isObject, mapped } from './values.ts'

/** What `extension(name)`, `"url": "name"` and `"system": "name"` stand for. */
const EXTENSIONS = new Map(Object.values(EXTENSION).map((url) => [url.split('/').at(-1) as string, url as string]))
const SYSTEMS = new Map<string, string>([
  ...Object.values(SYSTEM).map((url) => [url.split('/').at(-1) as string, url] as const),
  ...Object.entries(IDENTIFIER_SYSTEM),
  ['snomed', SNOMED],
  ['iso-3166-2', ISO_3166_2],
])

/** Short names written out. */
export const expanded = (value: unknown): unknown =>
  mapped(value, (text, name) => {
    if (name === 'url') return EXTENSIONS.get(text) ?? text
    if (name === 'system') return SYSTEMS.get(text) ?? text
    return text
  })

type Step = string | Readonly<{ extension: string }>

/** `a.b[0].extension(name).valueCode` as steps. */
const stepsOf = (path: string): Step[] =>
  [...path.matchAll(/([A-Za-z]*[eE]xtension)\(([^)]*)\)|([^.[\]]+)/g)].flatMap(([, list, url, name]): Step[] =>
    list === undefined ? [name as string] : [list, { extension: EXTENSIONS.get(url as string) ?? (url as string) }],
  )

const set = (holder: Holder, [step, ...rest]: readonly Step[], value: unknown): void => {
  if (step === undefined) return
  if (typeof step === 'object') {
    const list = holder as unknown as Holder[]
    const found = list.findIndex(({ url }) => url === step.extension)
    if (rest.length === 0) {
      const put = value === null ? [] : [{ url: step.extension, ...(value as object) }]
      list.splice(found === -1 ? list.length : found, found === -1 ? 0 : 1, ...put)
      return
    }
    if (found === -1) list.push({ url: step.extension })
    set(list.at(found) as Holder, rest, value)
  } else if (rest.length === 0) {
    if (step === '+') (holder as unknown as unknown[]).push(value)
    else if (value !== null) holder[step] = value
    else if (Array.isArray(holder)) holder.splice(Number(step), 1)
    else delete holder[step]
  } else {
    holder[step] ??= typeof rest[0] === 'object' || /^(?:\d+|\+)$/.test(rest[0] as string) ? [] : {}
    set(holder[step] as Holder, rest, value)
  }
}

/** Takes a resource out, and the references to it. */
const remove = (names: Named, name: string): void => {
  names.delete(name)
  // Who is registered need not be sent again.
  if (name === 'patient') return
  const isReference = (value: unknown): boolean => isObject(value) && value['reference'] === `#${name}`
  for (const resource of names.values()) {
    for (const [element, value] of Object.entries(resource)) {
      if (Array.isArray(value)) (resource as unknown as Holder)[element] = value.filter((one) => !isReference(one))
    }
  }
}

/** Changes what an address stands for, a resource or an element of one; null takes it out. */
export const change = (names: Named, address: string, value: unknown): void => {
  const [name = '', ...path] = stepsOf(address)
  const resource = names.get(name as string)
  if (resource === undefined)
    throw new Error(`There is no ${String(name)} to change. There are: ${[...names.keys()].join(', ')}.`)
  if (path.length === 0 && value === null) remove(names, name as string)
  else set(resource as unknown as Holder, path, expanded(value))
}
