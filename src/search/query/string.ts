import { foldText, LONGEST_TEXT } from '../values.ts'
import type { StringTest } from './query.ts'
import { invalidValue, withoutEscapes } from './text.ts'

/** One alternative of a string, as the stored values have it: case, accents and spacing make no difference (http://hl7.org/fhir/R4/search.html#string). */
export const stringTest = (name: string, text: string): StringTest => {
  const exact = withoutEscapes(text)
  const value = foldText(exact)
  if (value === '') throw invalidValue(name, 'Expected a text of at least one character.')
  // What is stored is cut there, so that nothing could be told of the rest.
  if (value.length > LONGEST_TEXT || exact.length > LONGEST_TEXT)
    throw invalidValue(name, `Texts are found by their first ${LONGEST_TEXT} characters; do not send more.`)
  return { value, exact }
}
