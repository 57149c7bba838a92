import type { ConsentProvision, Task } from 'fhir/r4.js'
import type { PersonRecord } from './person.ts'
import { sharingDecisionsInForce } from './sharing.ts'
import { planTask } from './task.ts'

const BREAK_GLASS = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'BTG' } as const

/** Whether a sharing decision in force denies, for itself, that the glass is broken: a nested provision `deny` for the purpose BTG. */
export const forbidsBreakGlass = (person: PersonRecord, now: Date): boolean => {
  const denies = ({ type, purpose = [], provision = [] }: ConsentProvision): boolean =>
    (type === 'deny' &&
      purpose.some(({ system, code }) => system === BREAK_GLASS.system && code === BREAK_GLASS.code)) ||
    provision.some(denies)
  return sharingDecisionsInForce(person, now).some(({ provision }) => provision !== undefined && denies(provision))
}

/** That a person looks at a record which they may not see otherwise. `organization` and `custodian` are ODS codes. */
export type GlassUse = Readonly<{
  id: string
  user: Readonly<{ system: string; value: string }>
  organization: string
  role: string
  /** Id of the Patient. */
  patient: string
  custodian: string
  reason: string
  at: Date
  until: Date
}>

/** Id of the Task by which the organisation that registered the person reviews a use. */
export const reviewTaskId = (use: string): string => `break-glass-${use}`

const isNotice = ({ id = '' }: Task): boolean => id.startsWith('break-glass-notice-')

/** Whether a Task asks for the review of a use. */
export const isReviewOfUse = ({ id = '' }: Pick<Task, 'id'>): boolean => id.startsWith('break-glass-')

/** By whom such a Task may be worked on: the organisation that it asks (ODS code), and where it asks the privacy officer, of its staff that role alone. */
export const reviewers = (task: Task): Readonly<{ organization: string | undefined; officerAlone: boolean }> => ({
  organization: task.owner?.identifier?.value,
  officerAlone: isNotice(task),
})

/**
 * The Tasks by which those who have to know are told that the glass was broken: the organisation that registered the person, by a Task of the person,
 * so that the person sees it as well; and the privacy officer of the organisation that looked, by one that names nobody.
 */
export const glassTasks = (use: GlassUse): readonly [review: Task, notice: Task] => {
  const { id, user, organization, role, patient, custodian, reason, at, until } = use
  const told = { priority: 'urgent', executionPeriod: { start: at.toISOString(), end: until.toISOString() } } as const
  const from = [
    { type: { text: 'organisation' }, valueString: organization },
    { type: { text: 'role' }, valueCode: role },
  ]
  return [
    {
      ...planTask({
        id: reviewTaskId(id),
        code: 'break-glass-review',
        patient: `Patient/${patient}`,
        owner: custodian,
        now: at,
      }),
      ...told,
      requester: { identifier: user },
      input: [...from, { type: { text: 'reason' }, valueString: reason }],
    },
    {
      ...planTask({ id: `break-glass-notice-${id}`, code: 'break-glass-review', owner: organization, now: at }),
      ...told,
      performerType: [{ text: 'Privacy officer' }],
      input: [...from, { type: { text: 'use' }, valueString: id }],
    },
  ]
}
