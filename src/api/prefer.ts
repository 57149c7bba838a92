/** What the caller prefers to get back; empty where nothing was said. */
export type Preferences = Readonly<{
  return: 'minimal' | 'representation' | 'OperationOutcome' | undefined
  /** `handling=lenient`: search parameters that are not known are reported, not refused. */
  lenient: boolean
  /** `respond-async`: the answer may come later, where that is served (http://hl7.org/fhir/R4/async.html); elsewhere it comes at once. */
  respondAsync?: true
}>

export const NO_PREFERENCES: Preferences = { return: undefined, lenient: false }

const RETURNS: ReadonlyMap<string, Preferences['return']> = new Map([
  ['minimal', 'minimal'],
  ['representation', 'representation'],
  ['operationoutcome', 'OperationOutcome'],
])

/**
 * The preferences of a `Prefer` header (http://hl7.org/fhir/R4/http.html#ops and #search). Others are passed over, as
 * RFC 7240 section 2 demands; of a preference that is given twice the first counts.
 */
export const parsePrefer = (header: string | undefined): Preferences => {
  if (header === undefined) return NO_PREFERENCES
  let returns: Preferences['return']
  let handling: string | undefined
  let later = false
  for (const preference of header.split(',')) {
    const [name = '', value = ''] = (preference.split(';', 1)[0] ?? '')
      .split('=')
      .map((part) => part.trim().toLowerCase())
    const unquoted = value.replaceAll('"', '')
    if (name === 'return') returns ??= RETURNS.get(unquoted)
    if (name === 'handling') handling ??= unquoted
    if (name === 'respond-async') later = true
  }
  return { return: returns, lenient: handling === 'lenient', ...(later ? { respondAsync: true } : {}) }
}
