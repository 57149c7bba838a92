/** A value as a search parameter has it (http://hl7.org/fhir/R4/search.html#escaping). */
export const searchValue = (text: string): string => text.replace(/[\\,|$]/g, '\\$&')
