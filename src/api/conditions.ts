import { problem } from '../fhir/outcome.ts'
import type { StoredResource } from '../records/types.ts'

/** The headers that make a request conditional, as text (http://hl7.org/fhir/R4/http.html#cond-update and #concurrency). */
export type Conditions = Readonly<{
  ifMatch: string | undefined
  ifNoneMatch: string | undefined
  ifNoneExist: string | undefined
  ifModifiedSince: string | undefined
}>

export const NO_CONDITIONS: Conditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifNoneExist: undefined,
  ifModifiedSince: undefined,
}

/** The ETag of a version: weak, as FHIR asks (http://hl7.org/fhir/R4/http.html#versioning). */
export const etag = (version: number): string => `W/"${version}"`

const ETAG = /^(?:W\/)?"([^"]*)"$/

/** The version that an entity tag names; 0, which no resource has, for a well-formed tag that is none of ours; undefined for no tag. */
const versionOf = (tag: string): number | undefined => {
  const value = ETAG.exec(tag.trim())?.[1]
  if (value === undefined) return undefined
  return /^[1-9][0-9]{0,8}$/.test(value) ? Number(value) : 0
}

/** The version that `If-Match` demands, or undefined without the header. Throws `bad-request` where it is not one entity tag. */
export const requiredVersion = (conditions: Conditions): number | undefined => {
  if (conditions.ifMatch === undefined) return undefined
  const version = versionOf(conditions.ifMatch)
  if (version !== undefined) return version
  throw problem(
    'bad-request',
    'if-match-malformed',
    'If-Match must be one entity tag, e.g. W/"3", as it came in the ETag of a read.',
    {
      expression: 'If-Match',
    },
  )
}

/** True for `If-None-Match: *` on a write: only create. Throws `bad-request` for an entity tag, which means nothing there. */
export const onlyCreate = (conditions: Conditions): boolean => {
  if (conditions.ifNoneMatch === undefined) return false
  if (conditions.ifNoneMatch.trim() === '*') return true
  throw problem(
    'bad-request',
    'if-none-match-malformed',
    'On an update, If-None-Match can only be *, which means: only if there is no such resource yet.',
    {
      expression: 'If-None-Match',
    },
  )
}

/**
 * True where the caller already has this version (http://hl7.org/fhir/R4/http.html#cread). If-None-Match goes before
 * If-Modified-Since (RFC 9110 section 13.2.2); a date that cannot be read is passed over, as RFC 9110 section 13.1.3 demands.
 */
export const notModified = (conditions: Conditions, stored: StoredResource): boolean => {
  if (conditions.ifNoneMatch !== undefined) {
    return conditions.ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || versionOf(tag) === stored.version)
  }
  if (conditions.ifModifiedSince === undefined) return false
  const since = Date.parse(conditions.ifModifiedSince)
  if (Number.isNaN(since)) return false
  const updated = Date.parse(stored.lastUpdated)
  // HTTP dates have whole seconds. In the very second of the update only a first version is sure to have had no other before it.
  return updated <= since || (stored.version === 1 && Math.floor(updated / 1_000) * 1_000 <= since)
}

/** The search that `If-None-Exist` holds, without a leading question mark. Throws `bad-request` where it is empty. */
export const noneExist = (conditions: Conditions): string | undefined => {
  if (conditions.ifNoneExist === undefined) return undefined
  const query = conditions.ifNoneExist.trim().replace(/^\?/, '')
  if (query !== '') return query
  throw problem(
    'bad-request',
    'if-none-exist-empty',
    'If-None-Exist must hold search parameters, e.g. identifier=system|value.',
    {
      expression: 'If-None-Exist',
    },
  )
}

const HEADERS = { ifMatch: 'If-Match', ifNoneMatch: 'If-None-Match', ifNoneExist: 'If-None-Exist' } as const

/** Passes where none of these is given: to this interaction they mean nothing, and a condition that is passed over would not be kept. */
export const refuseConditions = (conditions: Conditions, ...names: readonly (keyof typeof HEADERS)[]): void => {
  const given = names.filter((name) => conditions[name] !== undefined).map((name) => HEADERS[name])
  if (given.length === 0) return
  throw problem(
    'bad-request',
    'condition-meaningless',
    `${given.join(' and ')} cannot be kept by this interaction. Leave it out, or see what the interaction takes (http://hl7.org/fhir/R4/http.html).`,
    { expression: given.join(', '), code: 'not-supported' },
  )
}

/** The search in the URL of a conditional interaction, as text. Throws `bad-request` where there is none: it would mean everything. */
export const conditionIn = (query: readonly (readonly [name: string, value: string])[]): string => {
  if (query.length > 0)
    return new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString()
  throw problem(
    'bad-request',
    'criteria-missing',
    'Name the resource by its id in the path, or by search parameters that one resource matches, e.g. identifier=system|value.',
    { expression: 'query', code: 'required' },
  )
}
