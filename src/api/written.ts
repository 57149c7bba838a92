import { type Issue, operationOutcome } from '../fhir/outcome.ts'
import type { Changed } from '../records/types.ts'
import type { Preferences } from './prefer.ts'
import type { ApiResponse } from './route.ts'

const STATUS = { created: 201, updated: 200, unchanged: 200, deleted: 204 } as const

/**
 * The answer to one write (http://hl7.org/fhir/R4/http.html#create, #update, #delete): what was asked for by `Prefer: return`,
 * the resource where nothing was asked. `Location` names the version, also where a conditional create found it.
 */
export const written = ({ outcome, stored }: Changed, issues: readonly Issue[], prefer: Preferences): ApiResponse => {
  const deleted = outcome === 'deleted'
  const body =
    prefer.return === 'OperationOutcome'
      ? JSON.stringify(operationOutcome(issues))
      : prefer.return === 'minimal' || deleted
        ? undefined
        : stored.body
  return {
    // A deletion that says something says it with 200.
    status: deleted && body !== undefined ? 200 : STATUS[outcome],
    body,
    version: stored.version,
    lastUpdated: stored.lastUpdated,
    ...(outcome === 'created' || outcome === 'unchanged'
      ? { location: `${stored.type}/${stored.id}/_history/${stored.version}` }
      : {}),
  }
}
