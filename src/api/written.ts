import { type Issue, operationOutcome } from '../fhir/outcome.ts'
import type { Effect } from '../records/types.ts'
import type { Preferences } from './prefer.ts'
import type { ApiResponse } from './route.ts'

const STATUS = { created: 201, updated: 200, unchanged: 200, deleted: 204 } as const

/**
 * The answer to one write (http://hl7.org/fhir/R4/http.html#create, #update, #delete): what was asked for by `Prefer: return`,
 * the resource where nothing was asked. `Location` names the version, also where a conditional create found it.
 */
export const written = (effect: Effect, issues: readonly Issue[], prefer: Preferences): ApiResponse => {
  const says = prefer.return === 'OperationOutcome' ? JSON.stringify(operationOutcome(issues)) : undefined
  // A deletion that says something says it with 200.
  if (effect.outcome === 'nothing') return { status: says === undefined ? 204 : 200, body: says }
  const { outcome, stored } = effect
  const deleted = outcome === 'deleted'
  const body = says ?? (prefer.return === 'minimal' || deleted ? undefined : stored.body)
  return {
    status: deleted && body !== undefined ? 200 : STATUS[outcome],
    body,
    version: stored.version,
    lastUpdated: stored.lastUpdated,
    ...(says === undefined && issues.length > 0 ? { said: JSON.stringify(operationOutcome(issues)) } : {}),
    ...(outcome === 'created' || outcome === 'unchanged'
      ? { location: `${stored.type}/${stored.id}/_history/${stored.version}` }
      : {}),
  }
}
