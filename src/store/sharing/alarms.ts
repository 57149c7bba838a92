import { NEWEST_SEAL } from '../audit/seal.ts'
import type { Database } from '../database/database.ts'

/** The codes of Tasks that are made of alarms. */
const CODES = [
  'sharing-withdrawal-unacknowledged',
  'sharing-out-of-step',
  'parked-delivery',
  'recipient-ahead',
  'audit-not-sealed',
  'audit-contradicted',
] as const

/** What is wrong with sharing now, of one person at one recipient. */
export type AlarmRow = Readonly<{
  code: (typeof CODES)[number]
  /** Null for what is about an audit log. */
  recipient: string | null
  /** Null for what is about the recipient as a whole. */
  patient: string | null
  /** ODS code. */
  custodian: string | null
  since: string
  isLong: boolean
  /** Persons of whom the same is so at this recipient. */
  total: number
  /** True where the breaker of the recipient is open. */
  isDown: boolean
}>

/** For how long something must have been so; `most` persons of one kind and recipient are named. */
export type AlarmLimits = Readonly<{
  withdrawalSeconds: number
  outOfStepSeconds: number
  longSeconds: number
  unsealedSeconds: number
  most: number
}>

/** A pair of recipient and person that is looked at whether or not it is among the first. */
export type Pair = Readonly<{ recipient: string; patient: string }>

/** What is wrong now: of each kind and recipient the longest, and whatever of `pairs` is among it. */
export const readAlarms = (database: Database, limits: AlarmLimits, pairs: readonly Pair[]): Promise<AlarmRow[]> =>
  database.run<AlarmRow>({
    name: 'read-alarms',
    text: `with due as (
        select d.recipient, patient, failing_since, 'sharing-withdrawal-unacknowledged' as code, wanted_at as since
          from recipient r join delivery d on d.recipient = r.id
          where outstanding and wanted_state = 'withdrawn' and wanted_at < now() - make_interval(secs => $1)
        union all
        select d.recipient, patient, failing_since, case when parked_at is null then 'sharing-out-of-step' else 'parked-delivery' end,
            coalesce(parked_at, wanted_at)
          from recipient r join delivery d on d.recipient = r.id
          where outstanding and wanted_state = 'current' and (parked_at is not null or wanted_at < now() - make_interval(secs => $2))
      ), numbered as (
        select *, count(*) over same as total, row_number() over (partition by recipient, code order by since, patient) as place
        from due window same as (partition by recipient, code)
      )
      select code, numbered.recipient, patient, custodian, since, coalesce(failing_since < now() - make_interval(secs => $3), false) as "isLong",
        total::integer, open_until is not null as "isDown"
      from numbered join recipient r on r.id = numbered.recipient join person on person.id = patient
      where place <= $4 or (numbered.recipient, patient) in (select * from unnest($5::text[], $6::text[]))
      union all
      select 'recipient-ahead', recipient, null, null, min(found_at), false, count(*)::integer, false from ahead where settled_at is null group by recipient
      union all
      (select 'audit-not-sealed', null, null, null, recorded, false, 1, false from audit_event
        where id > coalesce((select through from (${NEWEST_SEAL}) as newest), 0) and recorded < now() - make_interval(secs => $7) order by id limit 1)
      union all
      select 'audit-contradicted', null, null, null, min(contradicted_at), false, count(*)::integer, false from received_checkpoint
        where contradicted_at is not null having count(*) > 0
      order by 1, 2, 5`,
    values: [
      limits.withdrawalSeconds,
      limits.outOfStepSeconds,
      limits.longSeconds,
      limits.most,
      pairs.map(({ recipient }) => recipient),
      pairs.map(({ patient }) => patient),
      limits.unsealedSeconds,
    ],
  })

/** A Task that was made of an alarm. */
export type AlarmTaskRow = Readonly<{ id: string; version: number; lastUpdated: string; body: string }>

/** Every open Task that was made of an alarm. */
export const readOpenAlarmTasks = (database: Database): Promise<AlarmTaskRow[]> =>
  database.run<AlarmTaskRow>({
    name: 'read-open-alarm-tasks',
    text: `select resource.id, version, last_updated as "lastUpdated", body
      from search_token coded join search_token standing on standing.type = 'Task' and standing.id = coded.id and standing.parameter = 'status'
        join resource on resource.type = 'Task' and resource.id = coded.id
      where coded.type = 'Task' and coded.parameter = 'code' and coded.code = any ($1) and coded.id like 'alarm-%'
        and standing.code in ('draft', 'requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold')`,
    values: [CODES],
  })

/** The Tasks of these ids, open or closed. */
export const readAlarmTasks = (database: Database, ids: readonly string[]): Promise<AlarmTaskRow[]> =>
  database.run<AlarmTaskRow>({
    name: 'read-alarm-tasks',
    text: `select id, version, last_updated as "lastUpdated", body from resource where type = 'Task' and id = any ($1)`,
    values: [ids],
  })
