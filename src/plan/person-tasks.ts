import type { Task } from 'fhir/r4.js'
import type { PersonRecord } from './person.ts'
import { restrictionTasks } from './restriction-tasks.ts'
import { sharingTasks } from './sharing-tasks.ts'

/** What is to be written so that the custodian is asked about all that a person's own decisions on who sees what ask for. */
export const personTasks = (person: PersonRecord, at: Readonly<{ owner: string; now: Date }>): Task[] => [
  ...sharingTasks(person, at),
  ...restrictionTasks(person, at),
]
