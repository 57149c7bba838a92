/** What is said of an element that its type does not have, and which one may be meant. */
import { propertiesOf, propertiesOfElement } from '../../definitions/tables.ts'
import { headOf, type Put } from './words.ts'

/** A name that can be shown and put into an expression: it looks like an element, so it is no free text. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/

export const unknownElement: Put = (place, error) => {
  const name = String((error.params as { additionalProperty: string }).additionalProperty)
  const isPlain = PLAIN_NAME.test(name)
  const owner = place.path ?? place.expression
  const hint = isPlain && place.path !== undefined ? hintFor(place.path, name) : undefined
  return {
    key: 'unknown-element',
    code: 'structure',
    ...(isPlain ? { expression: `${place.expression}.${name}` } : {}),
    text: `${owner} has no element${isPlain ? ` "${name}"` : ' of a name that was sent'}.`,
    ...(place.path === undefined ? {} : { type: headOf(place.path) }),
    hint: hint ?? 'Leave it out, or send it as an extension.',
  }
}

const hintFor = (path: string, name: string): string | undefined => {
  const choices = propertiesOfElement(path, name)
  if (choices.length > 0) return `Name it with its type, e.g. "${choices[0]?.property}".`
  const near = [...propertiesOf(path).keys()].find((known) => isNear(known, name))
  return near === undefined ? undefined : `Is "${near}" meant?`
}

/** True where one letter more, less, changed, or another case, or a plural makes the one name the other. */
const isNear = (known: string, name: string): boolean => {
  if (known.toLowerCase() === name.toLowerCase()) return true
  if (Math.abs(known.length - name.length) > 1) return false
  let start = 0
  while (start < known.length && known[start] === name[start]) start++
  let end = 0
  while (end < Math.min(known.length, name.length) - start && known.at(-1 - end) === name.at(-1 - end)) end++
  return Math.max(known.length, name.length) - start - end <= 1
}
