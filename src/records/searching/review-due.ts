import type { CarePlan } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { problem } from '../../fhir/outcome.ts'
import { planType } from '../../plan/person.ts'
import { reviewOf } from '../../plan/review.ts'
import { REVIEW_DATE, reviewDueSql } from '../../search/review-due.ts'
import type { FoundRow } from '../../store/resources/searches.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { permitOf, requireScope } from '../permission/permission.ts'
import type { ReviewPage, ReviewQuestion } from '../types.ts'

/** Active plans whose review is due by a day, soonest first: one statement over an index, whatever is stored besides. */
export const reviewDue = async (store: Store, cx: RequestContext, asked: ReviewQuestion): Promise<ReviewPage> => {
  requireScope(cx, 'CarePlan', 's')
  if (store.reindex.isBuilding('CarePlan', REVIEW_DATE)) throw stillBuilding()
  const rows = await store.search(reviewDueSql(permitOf(cx, 's'), asked))
  const page = rows.slice(0, asked.count)
  await auditPage(store, cx, page)
  const reviews = page.map(({ id, patient, body }) => {
    const plan = parseFhirJson(body) as CarePlan
    const { date = '', overdue = false } = reviewOf(plan, cx.now) ?? {}
    return { plan: `CarePlan/${id}`, person: `Patient/${patient}`, type: planType(plan) ?? '', date, overdue }
  })
  const last = page.at(-1)
  const date = reviews.at(-1)?.date
  return {
    reviews,
    next: rows.length > page.length && last !== undefined && date !== undefined ? { date, id: last.id } : undefined,
  }
}

const stillBuilding = () =>
  problem(
    'unavailable',
    'search-parameter-building',
    'KeyPlan cannot tell now which reviews are due: it is still reading the plans for their review dates. Try again.',
    { headers: { 'Retry-After': '30' } },
  )

/** One entry for each person of whom something was shown; one for a page that shows nobody. */
const auditPage = async (store: Store, cx: RequestContext, page: readonly FoundRow[]): Promise<void> => {
  const byPerson = new Map<string | null, string[]>()
  for (const { patient, type, id } of page) byPerson.set(patient, [...(byPerson.get(patient) ?? []), `${type}/${id}`])
  const entries = [...byPerson].map(([patient, seen]) => auditEntry(cx, '$review-due', 'permit', seen, { patient }))
  await store.audit(entries.length > 0 ? entries : [auditEntry(cx, '$review-due', 'permit', [])])
}
