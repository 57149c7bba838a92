import { stretchOf } from '../../search/dates.ts'
import { FORMATS } from '../../validation/values/formats.ts'
import { malformedParameter, parametersOf } from '../parameters.ts'
import type { Parameter } from '../route.ts'

/** What the parameters of a history ask for. `since` is an instant, `at` the stretch of time that was given, `after` where the page begins. */
export type AskedVersions = Readonly<{
  since: string | undefined
  at: Readonly<{ low: string; high: string }> | undefined
  count: number
  after: string | undefined
  /** The parameters as they were understood, for the links, without `_after`. */
  understood: readonly Parameter[]
}>

const DEFAULT_COUNT = 50
const MOST_COUNT = 500

/**
 * Reads `_since`, `_at` and `_count` (http://hl7.org/fhir/R4/http.html#history). Throws `bad-request` for any other, for one that is given twice
 * and for one that is malformed. `isPlace` knows what `_after` may be.
 */
export const historyParameters = (query: readonly Parameter[], isPlace: (text: string) => boolean): AskedVersions => {
  const given = parametersOf(
    query,
    ['_since', '_at', '_count', '_after'],
    'A history takes _since (an instant), _at (a date or dateTime) and _count, each once.',
  )
  const since = given.get('_since')
  if (since !== undefined && FORMATS['instant']?.accepts(since) !== true) {
    throw malformedParameter(
      '_since',
      '_since is an instant, such as 2026-01-31T09:30:00Z. In an address write + as %2B.',
    )
  }
  const moment = given.get('_at')
  const at = moment === undefined ? undefined : stretchOf(moment)
  if (moment !== undefined && (at === undefined || FORMATS['dateTime']?.accepts(moment) !== true)) {
    throw malformedParameter(
      '_at',
      '_at is a year, month, day or instant, such as 2026-01-31 or 2026-01-31T09:30:00Z. In an address write + as %2B.',
    )
  }
  const count = given.get('_count') ?? String(DEFAULT_COUNT)
  if (!/^[1-9]\d{0,5}$/.test(count))
    throw malformedParameter('_count', `_count is a whole number from 1 to ${MOST_COUNT}.`)
  const after = given.get('_after')
  if (after !== undefined && !isPlace(after)) {
    throw malformedParameter(
      '_after',
      '_after is set by KeyPlan in the link to the next page; follow that link as it is.',
    )
  }
  const size = Math.min(Number(count), MOST_COUNT)
  return {
    since,
    at,
    count: size,
    after,
    understood: [
      ...(since === undefined ? [] : [['_since', since] as const]),
      ...(moment === undefined ? [] : [['_at', moment] as const]),
      ...(given.has('_count') ? [['_count', String(size)] as const] : []),
    ],
  }
}
