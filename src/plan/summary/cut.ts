/** Size of a text in the JSON that carries it, in bytes, without its quotes. */
const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2

/** "… (cut, 812 characters more: see the summary)". */
const mark = (characters: number): string => `… (cut, ${characters} characters more: see the summary)`

/** Unicode code points of a well-formed text, counted without copying it. */
const characterCount = (text: string): number => {
  let count = text.length
  for (let index = 0; index < text.length; index += 1) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xd800) count -= 1
  }
  return count
}

/**
 * The text if it takes up at most `most` bytes of JSON; otherwise as much of its beginning as fits with a mark that says how many characters
 * (Unicode code points) were cut. The mark itself always stays, even where `most` has no room for it.
 */
export const cutText = (text: string, most: number): string => {
  // No character takes up less than a byte, so a text that is longer than `most` need not be measured.
  if (text.length <= most && jsonBytes(text) <= most) return text
  const total = characterCount(text)
  let room = most - jsonBytes(mark(total))
  let kept = ''
  let count = 0
  for (const character of text) {
    room -= jsonBytes(character)
    if (room < 0) break
    kept += character
    count += 1
  }
  return `${kept}${mark(total - count)}`
}

/** Said in place of list items that did not fit. */
export const moreText = (items: number): string => `… (${items} more: see the summary)`
