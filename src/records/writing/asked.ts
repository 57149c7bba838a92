import type { Task } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { problem } from '../../fhir/outcome.ts'
import { isOwnersToAnswer } from '../../plan/person-tasks.ts'
import { isOwnTaskId } from '../../plan/task.ts'
import type { Before } from '../../store/resources/persons.ts'

type Target = Before['targets'][number]

/**
 * Throws `forbidden` where a change is of a Task by which its owner is asked about what others did, and somebody else than its owner and the
 * custodian makes it: who did it would answer for them, and nobody would look.
 */
export const requireAsked = (
  { caller }: RequestContext,
  { type, id, patient, body }: Target,
  custodian: string | undefined,
): void => {
  if (type !== 'Task' || caller.kind === 'internal' || caller.organization === custodian || !isOwnTaskId(id)) return
  const task = parseFhirJson(body) as Task
  if (!isOwnersToAnswer(task) || (caller.organization !== '' && task.owner?.identifier?.value === caller.organization))
    return
  throw problem(
    'forbidden',
    'task-not-yours',
    'This Task asks the organisation that registered the person whether what others did is right. It alone, or whom it hands the Task to, changes it. Ask it.',
    { expression: 'Task', cause: { patient: patient ?? undefined, entities: [`${type}/${id}`] } },
  )
}
