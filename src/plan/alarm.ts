import { createHash } from 'node:crypto'
import type { Task } from 'fhir/r4.js'
import type { PlanTaskCode } from './codes.ts'
import { planTask } from './task.ts'

export type AlarmCode = Extract<
  PlanTaskCode,
  | 'sharing-withdrawal-unacknowledged'
  | 'sharing-out-of-step'
  | 'parked-delivery'
  | 'recipient-ahead'
  | 'audit-not-sealed'
  | 'audit-contradicted'
>

/** The Organization that acts on what is wrong with a connection, and not with one person's record. */
export const OPERATOR = 'Organization/keyplan-operator'

/** Something about sharing, or the audit log, that somebody has to see to. */
export type Alarm = Readonly<{
  code: AlarmCode
  /** Id of the recipient, which is also that of its Endpoint; undefined where it is about an audit log. */
  recipient: string | undefined
  /** Id of the person; undefined where it is about the recipient as a whole. */
  patient: string | undefined
  /** ODS code of the organisation that registered the person. */
  custodian: string | undefined
  /** Instant since when it is so. */
  since: string
  /** True where it has been so for so long that somebody should be called. */
  isLong: boolean
}>

/** A Task that was made of an alarm, as it is stored. */
export type AlarmTask = Readonly<{ task: Task; version: number; lastUpdated: string }>

/**
 * One Task for each thing, for good: what comes again opens the same Task again, so that nothing is asked for twice, whichever process sees it
 * first.
 */
export const alarmId = ({ code, recipient, patient }: Pick<Alarm, 'code' | 'recipient' | 'patient'>): string =>
  `alarm-${createHash('sha256')
    .update([code, recipient ?? '', patient ?? ''].join('\n'))
    .digest('hex')
    .slice(0, 40)}`

const OPEN: readonly string[] = ['draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold']
export const isOpen = ({ status }: Task): boolean => OPEN.includes(status)

/** What an alarm that ended by itself says; a Task that somebody closed says something else, or nothing. */
const OVER = 'Over by itself'

/** The Task of an alarm: for the person's own organisation where it is about one person, as it can ring up; else for the operator. */
const taskOf = (alarm: Alarm, now: Date): Task => {
  const { code, recipient, patient, custodian } = alarm
  const endpoint = recipient === undefined ? undefined : `Endpoint/${recipient}`
  const isForCustodian = patient !== undefined && custodian !== undefined && code !== 'parked-delivery'
  return {
    ...planTask({
      id: alarmId(alarm),
      code,
      patient: patient === undefined ? undefined : `Patient/${patient}`,
      focus: patient === undefined ? endpoint : undefined,
      owner: isForCustodian ? custodian : { reference: OPERATOR },
      now,
    }),
    priority: priorityOf(alarm),
    executionPeriod: { start: alarm.since },
    ...(endpoint === undefined
      ? {}
      : { input: [{ type: { text: 'recipient' }, valueReference: { reference: endpoint } }] }),
  }
}

/** Something was lost or hidden, here or at a sender. */
const SERIOUS: ReadonlySet<AlarmCode> = new Set(['recipient-ahead', 'audit-contradicted'])

/** A withdrawal that is not acknowledged can kill now; what is long behind needs somebody who calls. */
const priorityOf = ({ code, isLong }: Alarm): NonNullable<Task['priority']> =>
  code === 'sharing-withdrawal-unacknowledged' ? 'stat' : isLong || SERIOUS.has(code) ? 'asap' : 'urgent'

/** A Task to be written, against the version that was read; undefined for one that must not be there yet. */
export type AlarmChange = Readonly<{ task: Task; version: number | undefined }>

/**
 * What has to be written so that there is one open Task for each alarm, and none for what is over. A Task that somebody closed is left alone
 * until the thing comes again.
 */
export const alarmChanges = (
  alarms: readonly Alarm[],
  stored: readonly AlarmTask[],
  now: Date,
): readonly AlarmChange[] => {
  const known = new Map(stored.map((each) => [each.task.id, each]))
  const due = new Map(alarms.map((alarm) => [alarmId(alarm), alarm]))
  return [
    ...[...due].flatMap(([id, alarm]) => raised(alarm, known.get(id), now)),
    ...stored.flatMap(({ task, version }) =>
      isOpen(task) && !due.has(task.id ?? '') ? [{ task: ended(task, now), version }] : [],
    ),
  ]
}

const raised = (alarm: Alarm, known: AlarmTask | undefined, now: Date): AlarmChange[] => {
  const task = taskOf(alarm, now)
  if (known === undefined) return [{ task, version: undefined }]
  if (isOpen(known.task)) {
    return known.task.priority === task.priority
      ? []
      : [{ task: { ...known.task, priority: priorityOf(alarm) }, version: known.version }]
  }
  const endedByItself = known.task.businessStatus?.text === OVER
  return endedByItself || alarm.since > known.lastUpdated ? [{ task, version: known.version }] : []
}

const ended = (task: Task, now: Date): Task => ({
  ...task,
  status: 'completed',
  businessStatus: { text: OVER },
  executionPeriod: { ...task.executionPeriod, end: now.toISOString() },
})
