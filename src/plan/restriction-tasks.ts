import type { Consent, Task } from 'fhir/r4.js'
import { resourceKey } from '../fhir/resource.ts'
import { EXTENSION, SYSTEM } from './codes.ts'
import { comesAt } from './dates.ts'
import { codeIn, extension, ofType, type PersonRecord } from './person.ts'
import { activeRestrictions, hiddenBy } from './portal-restriction.ts'
import { type Committing, isOver, planTask, planTaskId } from './task.ts'

const CODE = 'restriction-review'

const lookAgainOn = (restriction: Consent): string | undefined =>
  extension(restriction, EXTENSION.reviewDate)?.valueDate

/** The next instant at which it is time to look again at one of the person's restrictions; undefined where none is to come. */
export const nextLookAgain = (person: PersonRecord, now: Date): Date | undefined => {
  const instants = activeRestrictions(person)
    .map((restriction) => comesAt(lookAgainOn(restriction) ?? ''))
    .filter((instant) => instant !== undefined && instant > now.getTime())
  return instants.length === 0 ? undefined : new Date(Math.min(...(instants as number[])))
}

/**
 * What is to be written so that each restriction whose day to look again has come has a Task of the custodian about that day, which is over once the
 * restriction has ended or has another day. One that somebody ended is not opened again: the restriction goes on. `person` is the record after the
 * change, with the Tasks about its restrictions that there are.
 */
export const restrictionTasks = (
  person: PersonRecord,
  { owner, now }: Readonly<{ owner: string; now: Date }>,
): Task[] => {
  const due = activeRestrictions(person).flatMap((restriction) => {
    const day = lookAgainOn(restriction)
    const instant = comesAt(day ?? '')
    const focus = resourceKey(restriction)
    return instant !== undefined && instant <= now.getTime()
      ? [{ focus, id: planTaskId(CODE, `${focus}\n${day}`) }]
      : []
  })
  const held = ofType(person, 'Task').filter(({ code }) => codeIn(code, SYSTEM.planTask) === CODE)
  return [
    ...held
      .filter((task) => !isOver(task) && !due.some(({ id }) => id === task.id))
      .map((task): Task => ({ ...task, status: 'completed', lastModified: now.toISOString() })),
    ...due
      .filter(({ id }) => !held.some((task) => task.id === id))
      .map(({ focus, id }) => planTask({ id, code: CODE, patient: resourceKey(person.patient), focus, owner, now })),
  ]
}

const ENDED = 'restriction-ended'

/**
 * What is to be written so that the custodian, who is to look again at restrictions, is told of each that somebody else ended, or ended for somebody:
 * a Task of its own for each restriction, which is asked again where it was over.
 */
export const endedRestrictionTasks = (person: PersonRecord, { owner, now, before, by }: Committing): Task[] => {
  if (before === undefined || by === undefined || by === owner) return []
  const active = activeRestrictions(person)
  return activeRestrictions(before).flatMap((restriction) => {
    const focus = resourceKey(restriction)
    const still = active.find((one) => resourceKey(one) === focus)
    const hidden = still === undefined ? [] : hiddenBy(still, person)
    const id = planTaskId(ENDED, focus)
    const held = person.resources.get(`Task/${id}`) as Task | undefined
    const isShownAgain = hiddenBy(restriction, before).some((reader) => !hidden.includes(reader))
    return isShownAgain && (held === undefined || isOver(held))
      ? [planTask({ id, code: ENDED, patient: resourceKey(person.patient), focus, owner, now })]
      : []
  })
}
