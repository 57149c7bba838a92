import type { Task } from 'fhir/r4.js'
import { type PlanTaskCode, SYSTEM } from './codes.ts'
import { identityTasks } from './identity-tasks.ts'
import { codeIn, type PersonRecord } from './person.ts'
import { endedRestrictionTasks, restrictionTasks } from './restriction-tasks.ts'
import { sharingTasks } from './sharing-tasks.ts'
import type { Committing } from './task.ts'

/**
 * What is to be written so that the custodian is asked about what a person's own decisions on who sees what ask for, and about what others changed of
 * who the person is. `person` is the record after the commit.
 */
export const personTasks = (person: PersonRecord, commit: Committing): Task[] => [
  ...sharingTasks(person, commit),
  ...restrictionTasks(person, commit),
  ...endedRestrictionTasks(person, commit),
  ...identityTasks(person, commit),
]

const ABOUT_OTHERS: readonly (string | undefined)[] = ['identity-review', 'restriction-ended'] satisfies PlanTaskCode[]

/** Whether a Task asks its owner about what others did, so that none of these is to end it. */
export const asksAboutOthers = ({ code }: Task): boolean => ABOUT_OTHERS.includes(codeIn(code, SYSTEM.planTask))
