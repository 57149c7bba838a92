import type { RequestContext } from '../../context.ts'
import type { Issue } from '../../fhir/outcome.ts'
import { type FhirResource, type ResourceKey, resourceKey } from '../../fhir/resource.ts'
import { cprStatements, statementIssues, statementTasks } from '../../plan/cpr-statements.ts'
import { isDraft } from '../../plan/marks.ts'
import type { PersonRecord } from '../../plan/person.ts'
import type { WrittenResource } from '../../store/resources/commit.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import { hasScope } from '../permission/permission.ts'
import { committing, recordOf } from '../summaries/derived.ts'
import { nextVersions } from './next-versions.ts'

/** What is needed to tell somebody what a plan says of CPR. */
const SEEN = ['CarePlan', 'Consent'] as const

/**
 * What follows from Flags and Observations that say something of CPR beside the plan in force: what the caller is told, where their scopes let them see
 * the plan, and the Tasks by which the custodian is asked. `parts`: keys of what plans are made of, which their rules are about.
 */
export const statedBeside = (
  cx: RequestContext,
  row: PersonRow | undefined,
  after: PersonRecord,
  {
    changed,
    removed,
    parts,
  }: Readonly<{ changed: readonly FhirResource[]; removed: readonly ResourceKey[]; parts: ReadonlySet<string> }>,
): Readonly<{ issues: readonly Issue[]; asked: readonly WrittenResource[] }> => {
  // What comes with a draft is its author's alone until it is signed, and then the rules are about it.
  const beside = changed.some((resource) => isDraft(resource))
    ? []
    : changed.filter((resource) => !parts.has(resourceKey(resource)))
  const isStated = beside.some((resource) => cprStatements(resource).length > 0)
  const mayHaveAsked = row?.resources.some(({ type }) => type === 'Task') === true
  if (!isStated && !mayHaveAsked) return { issues: [], asked: [] }
  const tasks = statementTasks(after, { changed: beside, removed }, committing(cx, row, recordOf(row))).filter(
    // What the request itself says of such a Task stands.
    (task) => !changed.some((resource) => resourceKey(resource) === resourceKey(task)),
  )
  return {
    issues: SEEN.every((type) => hasScope(cx, type, 'r')) ? statementIssues(after, beside, cx.now) : [],
    asked: nextVersions(cx, row, after.patient.id as string, tasks).map(({ written }) => written),
  }
}
