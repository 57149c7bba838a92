import type { Task } from 'fhir/r4.js'
import { identityTasks } from './identity-tasks.ts'
import type { PersonRecord } from './person.ts'
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
