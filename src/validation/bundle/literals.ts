/** The literal references below an element of a resource, whatever its type. */
import { isNode } from '../invariants/invariant.ts'

/** Every literal reference below an element, with its place in it. */
const referencesIn = (value: unknown, place: string, into: [string, string][]): void => {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) referencesIn(item, `${place}[${index}]`, into)
    return
  }
  if (!isNode(value)) return
  for (const name in value) {
    const child = value[name]
    if (name === 'reference' && typeof child === 'string') into.push([child, `${place}.reference`])
    else if (typeof child === 'object') referencesIn(child, `${place}.${name}`, into)
  }
}

/** The literal references below an element of which something is true, each with its place, which begins with that of the element. */
export const referencesWhere = (
  isMeant: (reference: string) => boolean,
  value: unknown,
  place = '',
): readonly (readonly [string, string])[] => {
  const found: [string, string][] = []
  referencesIn(value, place, found)
  return found.filter(([reference]) => isMeant(reference))
}

/** Every literal reference below an element. */
export const literalsIn = (value: unknown, into: string[]): void => {
  if (Array.isArray(value)) for (const item of value) literalsIn(item, into)
  else if (isNode(value))
    for (const name in value) {
      const child = value[name]
      if (typeof child === 'object') literalsIn(child, into)
      else if (name === 'reference' && typeof child === 'string') into.push(child)
    }
}
