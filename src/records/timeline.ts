import type { CarePlan, Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { IDENTIFIER_SYSTEM } from '../fhir/identifier.ts'
import { parseFhirJson } from '../fhir/json.ts'
import { parseReference } from '../fhir/resource.ts'
import { planIdOf } from '../plan/rules/plan-identity.ts'
import { type TimelineEvent, timelineOf } from '../plan/timeline.ts'
import { type Condition, MOST_COUNT } from '../search/query/query.ts'
import { searchSql } from '../search/sql/statement.ts'
import type { FoundRow } from '../store/resources/searches.ts'
import type { Store } from '../store/store.ts'
import { requireNothingHidden } from './permission/hidden.ts'
import { permitOf, requireScope } from './permission/permission.ts'
import { read } from './read.ts'

/** Who decided what when, over the plan and the lineage that it belongs to. Reading the plan decides and audits; the rest is the same person's. */
export const timeline = async (store: Store, cx: RequestContext, id: string): Promise<readonly TimelineEvent[]> => {
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Provenance', 'r')
  const { body } = await read(store, cx, 'CarePlan', id)
  const plan = parseFhirJson(body) as CarePlan
  await requireNothingHidden(store, cx, parseReference(plan.subject.reference)?.id ?? '')
  const planId = planIdOf(plan)
  const plans =
    planId === undefined
      ? [plan]
      : (
          await find(store, cx, 'CarePlan', {
            on: 'token',
            parameter: 'identifier',
            alternatives: [{ system: IDENTIFIER_SYSTEM.planId, code: planId }],
          })
        )
          .map((row) => parseFhirJson(row.body) as CarePlan)
          .filter(({ subject }) => subject.reference === plan.subject.reference)
  const provenances = await find(store, cx, 'Provenance', {
    on: 'reference',
    parameters: ['target'],
    alternatives: plans.map((one) => ({ type: 'CarePlan', id: one.id as string })),
  })
  return timelineOf(
    plans,
    provenances.map((row) => parseFhirJson(row.body) as Provenance),
  )
}

/** Every row that matches, page by page. */
const find = async (store: Store, cx: RequestContext, type: string, condition: Condition): Promise<FoundRow[]> => {
  const found: FoundRow[] = []
  for (let after: FoundRow | undefined; ; after = found.at(-1)) {
    const branches = [{ type, conditions: [condition] }]
    const rows = await store.search(searchSql({ branches, count: MOST_COUNT }, permitOf(cx, 'r'), { after }))
    found.push(...rows.slice(0, MOST_COUNT))
    if (rows.length <= MOST_COUNT) return found
  }
}
