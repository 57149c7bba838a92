import { decideSearch } from '../access/decide.ts'
import type { RequestContext } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import { parseQuery } from '../search/query.ts'
import { searchSql } from '../search/sql.ts'
import type { Store } from '../store/store.ts'
import { stored } from './read.ts'
import type { Change, StoredResource } from './types.ts'

type Create = Extract<Change, { do: 'create' }>

/** The one resource that a conditional create finds (http://hl7.org/fhir/R4/http.html#ccreate), or undefined where there is none. */
export const findExisting = async (
  store: Store,
  cx: RequestContext,
  create: Create,
): Promise<StoredResource | undefined> => {
  const { system, value } = conditionalIdentity(create)
  const { query } = parseQuery(create.resource.resourceType, [['identifier', `${system}|${value}`]])
  const rows = await store.search(searchSql(query, decideSearch(cx.caller)))
  if (rows.length > 1) {
    throw problem(
      'version-mismatch',
      'multiple-matches',
      'If-None-Exist matches more than one resource. Nothing was stored.',
      { expression: 'If-None-Exist', code: 'multiple-matches' },
    )
  }
  return rows[0] === undefined ? undefined : stored(rows[0])
}

/**
 * The identifier that a conditional create may not duplicate. Only an identifier can be kept unique by the database, in whichever process,
 * so only `identifier=system|value` is a safe condition; others are refused.
 */
export const conditionalIdentity = ({ ifNoneExist = '' }: Create): { system: string; value: string } => {
  const parameters = [...new URLSearchParams(ifNoneExist)]
  const [system, value] = parameters[0]?.[1].split('|') ?? []
  if (parameters.length !== 1 || parameters[0]?.[0] !== 'identifier' || !system || !value) {
    throw problem(
      'not-supported',
      'condition-not-supported',
      'If-None-Exist is supported as identifier=system|value.',
      { expression: 'If-None-Exist' },
    )
  }
  return { system, value }
}
