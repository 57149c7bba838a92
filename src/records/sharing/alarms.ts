import type { Organization, Task } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { Problem } from '../../fhir/outcome.ts'
import { parseReference, type Resource } from '../../fhir/resource.ts'
import {
  type Alarm,
  type AlarmChange,
  type AlarmTask,
  alarmChanges,
  alarmId,
  isOpen,
  OPERATOR,
} from '../../plan/alarm.ts'
import type { AlarmLimits, AlarmRow, AlarmTaskRow, Pair } from '../../store/sharing/alarms.ts'
import type { Store } from '../../store/store.ts'
import { transact } from '../writing/transact.ts'

/**
 * Opens a Task for each thing about sharing that somebody has to see to, and ends those that are over. Answers how many were written. Any number
 * of processes may do this at once: a Task has an id of its own for good, and is written against the version that was read.
 */
export const settleAlarms = async (store: Store, cx: RequestContext, limits: AlarmLimits): Promise<number> => {
  const open = (await store.status.openAlarmTasks()).map(taskOf)
  const rows = await store.status.alarms(limits, open.flatMap(pairOf))
  const alarms = alarmsOf(rows, open, limits.most)
  const known = new Set(open.map(({ task }) => task.id))
  const unknown = alarms.map(alarmId).filter((id) => !known.has(id))
  const closed = unknown.length === 0 ? [] : (await store.status.alarmTasks(unknown)).map(taskOf)
  const changes = alarmChanges(alarms, [...open, ...closed], cx.now)
  if (changes.some(({ task }) => task.owner?.reference === OPERATOR)) await registerOperator(store, cx)
  let written = 0
  const failures: unknown[] = []
  for (const change of changes) {
    // One that cannot be written keeps none of the others from being.
    const isWritten = await write(store, cx, change).catch((error: unknown) => {
      failures.push(error)
      return false
    })
    if (isWritten) written += 1
  }
  if (failures.length > 0) throw failures[0]
  return written
}

const taskOf = ({ body, version, lastUpdated }: AlarmTaskRow): AlarmTask => ({
  task: parseFhirJson(body) as Task,
  version,
  lastUpdated,
})

const pairOf = ({ task }: AlarmTask): Pair[] => {
  const patient = parseReference(task.for?.reference)
  const endpoint = parseReference(task.input?.[0]?.valueReference?.reference)
  return patient === undefined || endpoint === undefined ? [] : [{ recipient: endpoint.id, patient: patient.id }]
}

/**
 * One alarm for each person; where a recipient is down, or so many persons are concerned that nobody could go through them, one for the recipient
 * instead. What is open already, of a person or a recipient, stays until it is over: a recipient that comes and goes opens it once.
 */
export const alarmsOf = (rows: readonly AlarmRow[], open: readonly AlarmTask[], most: number): readonly Alarm[] => {
  const opened = new Set(open.filter(({ task }) => isOpen(task)).map(({ task }) => task.id))
  const alarms = new Map<string, Alarm>()
  for (const { patient, custodian, isDown, total, ...each } of rows) {
    const row = { ...each, recipient: each.recipient ?? undefined }
    const isOfMany = patient === null || isDown || total > most
    const ofPerson: Alarm = { ...row, patient: patient ?? undefined, custodian: custodian ?? undefined }
    const ofRecipient: Alarm = { ...row, patient: undefined, custodian: undefined }
    if (!isOfMany || opened.has(alarmId(ofPerson))) alarms.set(alarmId(ofPerson), ofPerson)
    // Rows come with the longest first: that one says since when.
    const id = alarmId(ofRecipient)
    const earlier = alarms.get(id)
    if (isOfMany || opened.has(id))
      alarms.set(id, { ...(earlier ?? ofRecipient), isLong: row.isLong || earlier?.isLong === true })
  }
  return [...alarms.values()]
}

const write = (store: Store, cx: RequestContext, { task, version }: AlarmChange): Promise<boolean> =>
  unlessOvertaken(
    transact(
      store,
      cx,
      [
        {
          do: 'update',
          id: task.id as string,
          resource: task as unknown as Resource,
          ...(version === undefined ? { onlyCreate: true } : { ifMatch: version }),
        },
      ],
      'alarm',
    ),
  )

/** The Organization that Tasks about connections are for, there once the first is. */
const registerOperator = (store: Store, cx: RequestContext): Promise<boolean> => {
  const id = parseReference(OPERATOR)?.id as string
  const resource: Organization = { resourceType: 'Organization', id, active: true, name: 'Operator of this KeyPlan' }
  return unlessOvertaken(
    transact(store, cx, [{ do: 'update', id, resource: resource as unknown as Resource, onlyCreate: true }], 'alarm'),
  )
}

/** False where another process, or somebody who works on the Task, was quicker: the next round sees what they wrote. */
const unlessOvertaken = (writing: Promise<unknown>): Promise<boolean> =>
  writing.then(
    () => true,
    (error: unknown) => {
      if (error instanceof Problem && (error.kind === 'version-mismatch' || error.kind === 'conflict')) return false
      throw error
    },
  )
