import type { Identifier } from 'fhir/r4.js'
import { decideSearch } from '../access/decide.ts'
import type { RequestContext } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import { parseQuery } from '../search/query.ts'
import { searchSql } from '../search/sql.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit.ts'
import { requireScope } from './permission.ts'
import { stored } from './read.ts'
import type { Change, StoredResource } from './types.ts'

type Create = Extract<Change, { do: 'create' }>

/** The one resource that a conditional create finds (http://hl7.org/fhir/R4/http.html#ccreate), or undefined where there is none. */
export const findExisting = async (
  store: Store,
  cx: RequestContext,
  create: Create,
): Promise<StoredResource | undefined> => {
  requireScope(cx, create.resource.resourceType, 's')
  const { system, value } = conditionOf(create)
  const { query } = parseQuery(create.resource.resourceType, [['identifier', `${system}|${value}`]])
  requireOwn(create, { system, value })
  const rows = await store.search(searchSql(query, decideSearch(cx.caller)))
  if (rows.length > 1) {
    throw problem(
      'version-mismatch',
      'multiple-matches',
      'If-None-Exist matches more than one resource. Nothing was stored.',
      { expression: 'If-None-Exist', code: 'multiple-matches' },
    )
  }
  const [row] = rows
  if (row === undefined) return undefined
  await store.audit([
    auditEntry(cx, 'conditional-create', 'permit', [`${row.type}/${row.id}`], { patient: row.patient }),
  ])
  return stored(row)
}

/** The identifier that a conditional create may not duplicate, and that its resource has. */
export const conditionalIdentity = (create: Create): { system: string; value: string } => {
  const condition = conditionOf(create)
  requireOwn(create, condition)
  return condition
}

/**
 * Only an identifier can be kept unique by the database, in whichever process, so only `identifier=system|value` is a safe condition; others
 * are refused.
 */
const conditionOf = ({ ifNoneExist = '' }: Create): { system: string; value: string } => {
  const parameters = [...new URLSearchParams(ifNoneExist)]
  const [system, value] = parameters[0]?.[1].split('|') ?? []
  if (parameters.length !== 1 || parameters[0]?.[0] !== 'identifier' || !system || !value || value.includes('\0')) {
    throw problem(
      'not-supported',
      'condition-not-supported',
      'If-None-Exist is supported as identifier=system|value.',
      { expression: 'If-None-Exist' },
    )
  }
  return { system, value }
}

/** A number claimed for somebody else would lead a crew to the wrong person. */
const requireOwn = ({ resource }: Create, { system, value }: { system: string; value: string }): void => {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] }
  if ([identifier ?? []].flat().some((one) => one.system === system && one.value === value)) return
  throw problem(
    'bad-request',
    'condition-foreign',
    'The identifier of If-None-Exist is not one of the resource. Give the identifier that the resource itself has.',
    { expression: 'If-None-Exist' },
  )
}
