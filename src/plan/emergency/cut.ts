/** Bytes that a character takes up in the UTF-8 of JSON as JSON.stringify writes it. */
const characterBytes = (character: number): number => {
  if (character === 0x22 || character === 0x5c) return 2
  if (character < 0x20) return [0x08, 0x09, 0x0a, 0x0c, 0x0d].includes(character) ? 2 : 6
  if (character < 0x80) return 1
  if (character < 0x800) return 2
  if (character >= 0xd800 && character <= 0xdfff) return 6
  return character < 0x10000 ? 3 : 4
}

/** Reads the beginning of a text that takes up at most `most` bytes of JSON: its end, and how many characters it has. */
const beginning = (text: string, most: number): { end: number; characters: number } => {
  let end = 0
  let characters = 0
  let room = most
  while (end < text.length) {
    const character = text.codePointAt(end) as number
    room -= characterBytes(character)
    if (room < 0) break
    end += character < 0x10000 ? 1 : 2
    characters += 1
  }
  return { end, characters }
}

/** "… (cut, 812 characters more: see the summary)". */
const mark = (characters: number): string => `… (cut, ${characters} characters more: see the summary)`

/**
 * The text if it takes up at most `most` bytes of JSON; otherwise as much of its beginning as fits with a mark that says how many characters
 * (Unicode code points) were cut. The mark itself always stays, even where `most` has no room for it.
 */
export const cutText = (text: string, most: number): string => {
  if (most === Infinity || beginning(text, most).end === text.length) return text
  const { characters: total } = beginning(text, Infinity)
  const { end, characters } = beginning(text, most - Buffer.byteLength(mark(total)))
  return `${text.slice(0, end)}${mark(total - characters)}`
}

/** Said in place of list items that did not fit. */
export const moreText = (items: number): string => `… (${items} more: see the summary)`
