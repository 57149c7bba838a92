import type { Consent, Task } from 'fhir/r4.js'
import { resourceKey } from '../fhir/resource.ts'
import { SYSTEM } from './codes.ts'
import { isAfter } from './dates.ts'
import { jurisdictionOf } from './jurisdiction.ts'
import { codeIn, ofType, type PersonRecord } from './person.ts'
import { contradictorySharing } from './sharing.ts'
import { isOver, planTask, planTaskId } from './task.ts'

const CODE = 'sharing-contradiction'

/** Over, and nothing was decided about sharing since: whoever ended it knew what there is. */
const isAnswered = (task: Task, decisions: readonly Consent[]): boolean => {
  const ended = task.meta?.lastUpdated
  return (
    ended !== undefined &&
    isOver(task) &&
    decisions.every(({ meta }) => meta?.lastUpdated !== undefined && !isAfter(meta.lastUpdated, ended))
  )
}

/**
 * What is to be written so that sharing decisions in force that contradict each other, some permitting and some not, are asked about by a Task of
 * the custodian: one for the same decisions, over when they agree, and asked again where one of them was changed and they still do not (trust,
 * section 2). `person` is the record after the change, with the Tasks about its sharing decisions that there are. Throws as `jurisdictionOf` does.
 */
export const sharingTasks = (person: PersonRecord, { owner, now }: Readonly<{ owner: string; now: Date }>): Task[] => {
  const decisions = contradictorySharing(person, jurisdictionOf(person.patient), now)
  const keys = decisions.map(resourceKey).sort()
  const id = keys.length === 0 ? undefined : planTaskId(CODE, keys.join('\n'))
  const held = ofType(person, 'Task').filter(({ code }) => codeIn(code, SYSTEM.planTask) === CODE)
  const over = held
    .filter((task) => task.id !== id && !isOver(task))
    .map((task): Task => ({ ...task, status: 'completed', lastModified: now.toISOString() }))
  const standing = held.find((task) => task.id === id)
  const isAsked = standing !== undefined && (!isOver(standing) || isAnswered(standing, decisions))
  if (id === undefined || isAsked) return over
  const task = planTask({ id, code: CODE, patient: resourceKey(person.patient), focus: keys[0], owner, now })
  const input = keys.map((reference) => ({ type: { text: 'decision' }, valueReference: { reference } }))
  return [...over, { ...task, input }]
}
