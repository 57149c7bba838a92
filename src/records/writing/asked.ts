import type { Task } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import { isReviewOfUse, reviewers } from '../../plan/broken-glass.ts'
import { asksAboutOthers } from '../../plan/person-tasks.ts'
import { isOwnTaskId } from '../../plan/task.ts'
import type { Before } from '../../store/resources/persons.ts'
import type { Refused } from '../permission/permission.ts'

/**
 * The answer where a change is of a Task that asks somebody else whether what was done is right; undefined where it is not. Whether a use of the
 * glass was right is not for who used it to say, nor for their organisation where the person is another's; and so with what others changed.
 */
export const notAsked = (
  { caller }: RequestContext,
  { type, id, patient, deleted, body }: Before['targets'][number],
): Problem | undefined => {
  if (type !== 'Task' || deleted || !isOwnTaskId(id) || caller.kind === 'internal') return undefined
  const task = parseFhirJson(body) as Task
  if (!isReviewOfUse(task) && !asksAboutOthers(task)) return undefined
  const { organization, officerAlone } = reviewers(task)
  const isInRole = caller.kind === 'system' || !officerAlone || caller.role === 'privacy-officer'
  if (caller.organization !== '' && caller.organization === organization && isInRole) return undefined
  const cause: Refused = { patient: patient ?? undefined, entities: [`Task/${id}`] }
  return problem(
    'forbidden',
    'review-not-yours',
    `This review is done by the organisation that the Task asks (Task.owner)${officerAlone ? ', by its privacy officer' : ''}.`,
    { expression: 'Task.owner', cause },
  )
}
