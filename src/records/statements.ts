import type { RequestContext } from '../context.ts'
import { parseFhirJson } from '../fhir/json.ts'
import type { Resource } from '../fhir/resource.ts'
import { CPR_SAYINGS, cprStatements } from '../plan/cpr-statements.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit/audit.ts'
import { hasScope } from './permission/permission.ts'
import { findMatches } from './searching/matches.ts'

const CODES = CPR_SAYINGS.map(({ system, code }) => `${system}|${code}`).join(',')

/** By what each type says something of CPR. */
const SAID_BY = [
  // R4 has no parameter for what a Flag says.
  ['Flag', ''],
  ['Observation', `&code=${CODES}`],
  ['Observation', `&value-concept=${CODES}`],
] as const

/** Of a kind; more are not looked into. */
const MOST = 500

/**
 * The Flags and Observations of a person, as far as the caller may see and search them, that say whether CPR is recommended: what other systems stored
 * beside the plan. `interaction` is the name in the audit of what they are read for.
 */
export const statements = async (
  store: Store,
  cx: RequestContext,
  patient: string,
  interaction: string,
): Promise<readonly Resource[]> => {
  const found = await Promise.all(
    SAID_BY.filter(([type]) => hasScope(cx, type, 'r') && hasScope(cx, type, 's')).map(([type, criteria]) =>
      findMatches(store, cx, type, `patient=Patient/${patient}${criteria}`, MOST),
    ),
  )
  const rows = new Map(found.flat().map((row) => [`${row.type}/${row.id}`, parseFhirJson(row.body)]))
  const stated = [...rows].filter(([, resource]) => cprStatements(resource).length > 0)
  if (stated.length > 0)
    await store.audit([
      auditEntry(
        cx,
        interaction,
        'permit',
        stated.map(([key]) => key),
        { patient },
      ),
    ])
  return stated.map(([, resource]) => resource)
}
