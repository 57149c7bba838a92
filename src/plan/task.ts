import { createHash } from 'node:crypto'
import type { Reference, Task } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../fhir/identifier.ts'
import { type PlanTaskCode, PROFILE, SYSTEM } from './codes.ts'
import type { PersonRecord } from './person.ts'

/** The display of each task, as its code system has it, and what to do: `Task.description`. */
export const PLAN_TASK: Readonly<Record<PlanTaskCode, Readonly<{ display: string; todo: string }>>> = {
  bereavement: {
    display: 'Bereavement contact',
    todo: 'The person has died. Contact those who were close to them, and tell the services that still expect to visit.',
  },
  'review-due': {
    display: 'Review of the plan',
    todo: 'A review of the plan is due. Review it with the person, then confirm or replace it.',
  },
  'endorsement-due': {
    display: 'Endorsement by the senior responsible clinician',
    todo: 'The plan is in force and was signed by someone else. The senior responsible clinician reads it and endorses it, or has it replaced.',
  },
  'confirm-transcription': {
    display: 'Confirmation of a copy from paper',
    todo: 'The plan was copied from paper. A clinician compares the copy with the paper and confirms it, or has it replaced.',
  },
  'resolve-conflict': {
    display: 'Resolution of a conflict',
    todo: 'Two statements about the care of the person contradict each other. Find out which one holds, and correct the other.',
  },
  'sharing-contradiction': {
    display: 'Contradictory decisions about sharing',
    todo: 'Decisions about sharing that are in force contradict each other, and until that is settled nothing is shared. Ask the person, and make those inactive that do not hold.',
  },
  'restriction-review': {
    display: 'Review of a portal restriction',
    todo: 'The day has come to look again at what the person wanted hidden at portals. Ask them, then make it inactive or give it another day. Until then it goes on.',
  },
  'restriction-ended': {
    display: 'End of a portal restriction',
    todo: 'What the person had hidden at portals is shown there again, and somebody else than you ended that: the person themself, or another organisation. Offer to talk with them about what they can read now.',
  },
  'identity-review': {
    display: 'Review of who the person is',
    todo: 'Another organisation changed what crews know the person by: a number, the name, the date of birth, or whether they have died. Make sure that it is right, or correct it: crews are shown it as it stands.',
  },
  'sharing-withdrawal-unacknowledged': {
    display: 'Withdrawal not acknowledged',
    todo: 'A system that must no longer hold the summary has not confirmed that it removed it. Make sure that nobody acts on its copy.',
  },
  'sharing-out-of-step': {
    display: 'Copy out of date',
    todo: 'A system has not confirmed that it holds the current summary. Make sure that nobody acts on an older copy.',
  },
  'parked-delivery': {
    display: 'Delivery given up',
    todo: 'What a system should hold cannot be delivered to it any more without help. Mend what its last error names, and start the delivery again.',
  },
  'recipient-ahead': {
    display: 'Recipient ahead of this database',
    todo: 'A system holds later editions than this database knows, so something was lost here. Find out what, and do not overwrite what it holds before that.',
  },
  'audit-not-sealed': {
    display: 'Audit log not sealed',
    todo: 'What was done is recorded, but for a minute it has not been sealed: until it is, a change to it could go unseen. Find out why.',
  },
  'audit-contradicted': {
    display: 'Audit log of a sender contradicts itself',
    todo: 'A system that sends summaries here has shown an audit log that is not the one which it showed before: it was cut off, or written anew. Keep the evidence, and tell whoever runs it.',
  },
  'break-glass-review': {
    display: 'Review of break-glass access',
    todo: 'Somebody looked, in an emergency, at a record that they may not see otherwise, and gave a reason. Find out whether that was right, and tell the person.',
  },
}

/** The id of the one Task of a kind about this, for good: whoever writes it writes the same one. */
export const planTaskId = (code: PlanTaskCode, about: string): string =>
  `plan-task-${createHash('sha256').update(`${code}\n${about}`).digest('hex').slice(0, 40)}`

const OVER: readonly Task['status'][] = ['rejected', 'cancelled', 'completed', 'failed', 'entered-in-error']

/** Whether nobody is to do anything about it any more. */
export const isOver = ({ status }: Task): boolean => OVER.includes(status)

/** Whether an id is one of those under which KeyPlan itself asks for something (`plan-tasks.ts`, `person-tasks.ts`, `alarm.ts`, `broken-glass.ts`): whoever knows the plan can tell them beforehand. */
export const isOwnTaskId = (id: string): boolean => /^(?:plan-task|alarm|break-glass)-/.test(id)

export type PlanTask = Readonly<{
  id: string
  code: PlanTaskCode
  /** Literal reference to the person; left out of a task about a system, whose Endpoint is then its focus. */
  patient?: string | undefined
  /** Literal reference to what the task is about: the plan, wherever the task is about its content. */
  focus?: string | undefined
  /** ODS code of the organisation that must see to it, or a reference to it. */
  owner: string | Reference
  now: Date
}>

/**
 * A commit to a person's record, from which what is to be asked of the custodian follows. `before` is the record before it, `by` the ODS code of who
 * makes it, empty for a person who acts for no organisation; both undefined where nobody changes anything.
 */
export type Committing = Readonly<{
  owner: string
  now: Date
  before?: PersonRecord | undefined
  by?: string | undefined
}>

export const byOdsCode = (value: string): Reference => ({
  type: 'Organization',
  identifier: { system: IDENTIFIER_SYSTEM.odsCode, value },
})

/** A Task (profile plan-task) that was just asked for: what must be done, for whom, by which organisation. */
export const planTask = ({ id, code, patient, focus, owner, now }: PlanTask): Task => ({
  resourceType: 'Task',
  id,
  meta: { profile: [PROFILE.task] },
  status: 'requested',
  intent: 'order',
  code: { coding: [{ system: SYSTEM.planTask, code, display: PLAN_TASK[code].display }] },
  description: PLAN_TASK[code].todo,
  ...(focus === undefined ? {} : { focus: { reference: focus } }),
  ...(patient === undefined ? {} : { for: { reference: patient } }),
  authoredOn: now.toISOString(),
  owner: typeof owner === 'string' ? byOdsCode(owner) : owner,
})
