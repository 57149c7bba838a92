/** The addresses of the links and images of a narrative (http://hl7.org/fhir/R4/narrative.html#xhtml). */

/** One that is empty, or has a character in it that no address has (RFC 3986): looked for first, since hardly any narrative has one. */
const SUSPECT = /\b(?:href|src)\s*=\s*(?:"(?:"|[^"<>]{0,2000}?[\s{}\\^`])|'(?:'|[^'<>]{0,2000}?[\s{}\\^`]))/
const ADDRESSES = /<[A-Za-z]+\b[^<>]*?\b(?:href|src)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')/g
const FOREIGN = /[\s{}\\^`]/

/** What is in the place of an address in a narrative and is none. */
export const wrongAddresses = (div: string): readonly string[] => {
  if (!SUSPECT.test(div)) return []
  const found = [...div.matchAll(ADDRESSES)].map(([, one, other]) => (one ?? other ?? '').trim())
  return found.filter((address) => address === '' || (FOREIGN.test(address) && !address.startsWith('data:')))
}
