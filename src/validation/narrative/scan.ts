/** XHTML character by character: each function says where what it reads ends, and takes time in proportion to what it reads. */

const OTHER_SPACE = /\s/
const [TAB, CARRIAGE_RETURN, SPACE, NO_BREAK_SPACE] = [9, 13, 32, 160]
const [QUOTE, APOSTROPHE, HYPHEN, FULL_STOP, SLASH, COLON, EQUALS, GREATER, LOW_LINE] = [
  34, 39, 45, 46, 47, 58, 61, 62, 95,
]

const isSpace = (code: number): boolean =>
  code === SPACE ||
  (code >= TAB && code <= CARRIAGE_RETURN) ||
  (code >= NO_BREAK_SPACE && OTHER_SPACE.test(String.fromCharCode(code)))

const [SMALL_A, SMALL_Z] = [97, 122]
const isLetter = (code: number): boolean => (code >= SMALL_A && code <= SMALL_Z) || (code >= 65 && code <= 90)

const isInName = (code: number): boolean =>
  isLetter(code) ||
  (code >= 48 && code <= 57) ||
  code === COLON ||
  code === FULL_STOP ||
  code === LOW_LINE ||
  code === HYPHEN

export const endOfSpace = (text: string, from: number): number => {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return at
}

/** Where a name ends; where it should begin, if there is none. */
const endOfName = (text: string, from: number, mayBeginLow: boolean): number => {
  const first = text.charCodeAt(from)
  if (!isLetter(first) && !(mayBeginLow && first === LOW_LINE)) return from
  let at = from + 1
  while (at < text.length && isInName(text.charCodeAt(at))) at++
  return at
}

/** Where the name of an element ends; where it should begin, if there is none. */
export const endOfElementName = (text: string, from: number): number => endOfName(text, from, false)

/** More letters do not fit into the number that stands for them. */
const MOST_LETTERS = 6
const FEW_LETTERS = /^[a-z]{1,6}$/

/** The number for some letters and one more, another number for each. */
const withLetter = (letters: number, letter: number): number => (letters << 5) | (letter - SMALL_A + 1)

const lettersOf = (name: string): number =>
  Array.from(name, (letter) => letter.charCodeAt(0)).reduce((letters, letter) => withLetter(letters, letter), 0)

/** Looks up what goes by the name that begins there in a text; a few small letters, as most are, without cutting them out. */
export const namedIn = <T>(named: ReadonlyMap<string, T>): ((text: string, from: number) => T | undefined) => {
  const byLetters = new Map(
    [...named].flatMap(([name, one]) => (FEW_LETTERS.test(name) ? [[lettersOf(name), one]] : [])),
  )
  const slow = (text: string, from: number): T | undefined => named.get(text.slice(from, endOfName(text, from, true)))
  return (text, from) => {
    let letters = 0
    for (let at = from; at < text.length; at++) {
      const character = text.charCodeAt(at)
      if (character >= SMALL_A && character <= SMALL_Z) {
        letters = withLetter(letters, character)
        continue
      }
      return at - from > MOST_LETTERS || isInName(character) ? slow(text, from) : byLetters.get(letters)
    }
    return slow(text, from)
  }
}

/** What an attribute is, to be filled anew with each. */
export type Attribute = { name: string; value: string }

/** Reads an attribute with the space before it; -1 where there is none. */
export const readAttribute = (
  text: string,
  from: number,
  into: Attribute,
  nameIn: (text: string, from: number) => string | undefined,
): number => {
  const start = endOfSpace(text, from)
  if (start === from) return -1
  const end = endOfName(text, start, true)
  if (end === start) return -1
  const sign = endOfSpace(text, end)
  if (text.charCodeAt(sign) !== EQUALS) return -1
  const open = endOfSpace(text, sign + 1)
  const quote = text.charCodeAt(open)
  if (quote !== QUOTE && quote !== APOSTROPHE) return -1
  const close = text.indexOf(quote === QUOTE ? '"' : "'", open + 1)
  if (close === -1) return -1
  into.name = nameIn(text, start) ?? text.slice(start, end)
  into.value = text.slice(open + 1, close)
  return into.value.includes('<') ? -1 : close + 1
}

/** Where the end of a tag ends, with the space before it; -1 where there is none. */
export const endOfTag = (text: string, from: number): number => {
  if (text.charCodeAt(from) === GREATER) return from + 1
  const start = endOfSpace(text, from)
  const at = text.charCodeAt(start) === SLASH ? start + 1 : start
  return text.charCodeAt(at) === GREATER ? at + 1 : -1
}

/** Whether a tag that ends here is that of an empty element: `/>`. */
export const isEmptyTag = (text: string, end: number): boolean => text.charCodeAt(end - 2) === SLASH
