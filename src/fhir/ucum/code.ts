/** Whether a text is a code of UCUM, told by its grammar (The Unified Code for Units of Measure, https://ucum.org/ucum, sections 2 to 25): no list has them all. */
import { METRIC, PLAIN, PREFIXES } from './atoms.ts'

/** No unit is as long; what is longer is not looked at. */
const LONGEST = 256

/** A unit without its exponent: what stands in square brackets belongs to it, whatever it is. */
const UNIT = /(?:10[*^]|(?:\[[^\]]*\]|[^\d\s./(){}[\]+-])+)/y
const EXPONENT = /[+-]?\d+/y
const FACTOR = /\d+/y
/** What is said about a unit and does not change it: printable ASCII. */
const ANNOTATION = /\{[\x20-\x7A|~]*\}/y

const isUnit = (text: string): boolean =>
  text === '10*' ||
  text === '10^' ||
  METRIC.has(text) ||
  PLAIN.has(text) ||
  PREFIXES.some((prefix) => text.startsWith(prefix) && METRIC.has(text.slice(prefix.length)))

const read = (text: string): boolean => {
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  const component = (): boolean => {
    if (text[at] === '(') {
      at++
      if (!term() || text[at] !== ')') return false
      at++
      take(ANNOTATION)
      return true
    }
    const unit = take(UNIT)
    if (unit !== undefined) {
      if (!isUnit(unit)) return false
      take(EXPONENT)
      take(ANNOTATION)
      return true
    }
    const factor = take(FACTOR)
    const annotation = take(ANNOTATION)
    return factor !== undefined || annotation !== undefined
  }

  /** Components with a dot or a stroke between them; it may begin with a stroke. */
  const term = (): boolean => {
    if (text[at] === '/') at++
    if (!component()) return false
    while (text[at] === '.' || text[at] === '/') {
      at++
      if (!component()) return false
    }
    return true
  }

  return term() && at === text.length
}

/** True for a code of UCUM, in its letters as they are to be written (case sensitive). */
export const isUcumCode = (text: string): boolean => text.length > LONGEST || read(text)
