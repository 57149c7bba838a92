/** Explicit and implicit bidirectional controls (UAX #9): they can make a text read otherwise than it was written. */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** What XML 1.0 cannot hold (section 2.2): controls, lone surrogates, two noncharacters. C1 controls as well, which show as nothing. */
const UNPRINTABLE = /(?![\n\t])[\p{Cc}\p{Cs}\ufffe\uffff]/gu

/**
 * A text of the record as it may be shown: bidirectional controls taken out, other controls and lone surrogates made visible
 * as U+FFFD, line ends as `\n`. Markup is left as it is: escape it where it is written.
 */
export const neutralised = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(BIDI_CONTROLS, '').replace(UNPRINTABLE, '\ufffd')

/** `neutralised`, with the white space at both ends gone. */
export const plainText = (text: string): string => neutralised(text).trim()

/** `plainText` of a text that may be missing; undefined where nothing is left to show. */
export const shownText = (text: string | undefined): string | undefined => {
  const shown = text === undefined ? '' : plainText(text)
  return shown === '' ? undefined : shown
}

/** "a", "a and b", "a, b and c". */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** The text as a sentence: ends in a full stop unless it ends in a mark of its own. */
export const sentence = (text: string): string => (/[.!?…:]$/u.test(text) ? text : `${text}.`)
