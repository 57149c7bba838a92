import { type Bind, markColumns, visible } from '../../search/sql.ts'
import type { Database } from '../database/database.ts'
import type { Marks, ResourceRow } from './resources.ts'

/** Which versions, and how many of them. Instants are ISO 8601. */
export type VersionsWanted = Readonly<{
  /** Only versions that came to be then or later. */
  since: string | undefined
  /** Only versions that were current at some moment from `low` up to, not including, `high`. */
  at: Readonly<{ low: string; high: string }> | undefined
  count: number
  /** At most so many bytes of bodies, but one version at least. */
  bytes: number
  /** `place` of the last version of the page before. */
  after: string | undefined
}>

export type VersionRow = ResourceRow &
  Readonly<{
    /** True where there was no version before, or only a deleted one. */
    first: boolean
    /** Where it stands in this history; the next page begins after it. */
    place: string
    /** True where an older one follows. */
    followed: boolean
  }>

/** Versions `r` that were current in a stretch of time; of deletions, those that fell into it. `low` and `high` are parameters. */
const wasCurrent = (low: string, high: string): string => {
  const replaced = (table: string): string =>
    `select from ${table} n where n.type = r.type and n.id = r.id and n.version = r.version + 1 and n.last_updated <= ${low}::timestamptz`
  return `(r.at < ${high}::timestamptz and case when r.deleted then r.at >= ${low}::timestamptz
    else not exists (${replaced('resource')} union all ${replaced('resource_history')}) end)`
}

/** The columns of a VersionRow, of a row `page`. */
const COLUMNS = `type, id, version, at as "lastUpdated", deleted, patient, sharing, custodian, place, body, followed,
  version = 1 or exists (
    select from resource_history b where b.type = page.type and b.id = page.id and b.version = page.version - 1 and b.deleted
  ) as first`

/** A page of the versions of one resource, newest first, with how many there are of those that are wanted. */
export const readVersions = (
  database: Database,
  { type, id }: Readonly<{ type: string; id: string }>,
  { since, at, count, bytes, after }: VersionsWanted,
): Promise<readonly (VersionRow & Marks & Readonly<{ total: number }>)[]> =>
  database.run({
    name: 'read-versions',
    // A version can be dated before the one that it replaces, where its request was longer on its way: `since` counts from the first that is not.
    text: `with r as (
        select type, id, version, last_updated as at, false as deleted, patient, body from resource where type = $1 and id = $2
        union all
        select type, id, version, last_updated, deleted, patient, body from resource_history where type = $1 and id = $2
      ), wanted as (
        select r.*, count(*) over () as total from r
        where ($3::timestamptz is null or r.version >= (select min(version) from r where at >= $3))
          and ($4::timestamptz is null or ${wasCurrent('$4', '$5')})
      ), page as (
        select wanted.*, p.sharing, p.custodian, version::text as place, row_number() over newest as number,
          sum(octet_length(body)) over newest as size, lead(version) over newest is not null as followed
        from wanted left join person p on p.id = wanted.patient
        where $6::integer is null or version < $6 window newest as (order by version desc)
      )
      select ${COLUMNS}, ${markColumns('page')}, total::integer from page where number <= $7 and (number = 1 or size <= $8) order by number`,
    values: [type, id, since ?? null, at?.low ?? null, at?.high ?? null, after ?? null, count, bytes],
  })

/** No statement runs for as long as this, so that of two rows of the log the one with the higher transaction was not logged so much earlier. */
const LONGEST = `interval '1 minute'`

/**
 * The first transaction that may still log something: the oldest under way when this statement began, those of other databases of the cluster left
 * out, which write nothing here. One that nobody is known to run any more (it has ended since, or is prepared) counts. The look at who runs what comes
 * after the snapshot, so that it can only find fewer of those that the snapshot has.
 */
const OPEN = `coalesce((select min(open) from pg_snapshot_xip(pg_current_snapshot()) as open where not exists (
    select from pg_stat_activity where backend_xid = open::xid and datname <> current_database()
  )), pg_snapshot_xmax(pg_current_snapshot()))`

/** Rows of `change` that every earlier transaction has settled. One of a transaction that is yet to come was copied here from another cluster. */
const SETTLED = `not (transaction >= ${OPEN} and transaction < pg_snapshot_xmax(pg_current_snapshot()))`

/**
 * A page of the log: versions of one type, or of several, newest first, of those that the permit lets the caller see. Only what every earlier
 * transaction has settled is handed out: nothing comes to stand among it any more, so that whoever follows the pages skips and repeats nothing.
 * `since` never leaves out what was committed after an answer that held something of that time, however long it had been on its way.
 */
export const readLog = (
  database: Database,
  permit: Parameters<typeof visible>[0],
  types: readonly string[],
  { since, at, count, bytes, after }: VersionsWanted,
): Promise<readonly VersionRow[]> => {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const where = [
    types.length === 1 ? `r.type = ${bind(types[0])}` : `r.type = any (${bind(types)}::text[])`,
    SETTLED,
    visible(permit, bind),
  ]
  if (since !== undefined) {
    const instant = `${bind(since)}::timestamptz`
    const logged = `greatest(at, logged)`
    where.push(
      `greatest(r.at, r.logged) >= ${instant} - ${LONGEST}`,
      // `offset 0`: the minute is read by its index; the planner would look for the least transaction from the beginning of the log.
      `r.transaction >= (select min(transaction) from (select transaction from change where ${logged} >= ${instant} and ${logged} <
        (select ${logged} from change where ${logged} >= ${instant} order by ${logged} limit 1) + ${LONGEST} offset 0) as first)`,
    )
  }
  if (at !== undefined) where.push(wasCurrent(bind(at.low), bind(at.high)))
  if (after !== undefined) {
    const [transaction, position] = after.split('-')
    where.push(`(r.transaction, r.position) < (${bind(transaction)}::xid8, ${bind(position)}::bigint)`)
  }
  return database.run({
    text: `with log as materialized (
        select r.*, p.sharing, p.custodian from change r left join person p on p.id = r.patient
        where ${where.join(' and ')} order by r.transaction desc, r.position desc limit ${bind(count + 1)}
      ), page as (
        select log.*, v.body, transaction || '-' || position as place, row_number() over newest as number,
          sum(octet_length(v.body)) over newest as size, lead(position) over newest is not null as followed
        from log join lateral (
          select body from resource c where c.type = log.type and c.id = log.id and c.version = log.version
          union all
          select body from resource_history h
            where h.type = log.type and h.id = log.id and h.version = log.version and h.last_updated = log.at
        ) v on true
        window newest as (order by transaction desc, position desc)
      )
      select ${COLUMNS} from page where number <= ${bind(count)} and (number = 1 or size <= ${bind(bytes)}) order by number`,
    values,
  })
}

/**
 * The latest instant at which something was logged that is handed out and that the permit lets the caller see: who asks for what is new `since` then
 * misses nothing that was not handed out before. Undefined where there is nothing.
 */
export const readLogged = async (
  database: Database,
  permit: Parameters<typeof visible>[0],
): Promise<string | undefined> => {
  const values: unknown[] = []
  const mayBeSeen = visible(permit, (value) => `$${values.push(value)}`)
  const [row] = await database.run<{ logged: string }>({
    text: `select greatest(r.at, r.logged) as logged from change r left join person p on p.id = r.patient
      where ${SETTLED} and ${mayBeSeen} order by greatest(r.at, r.logged) desc limit 1`,
    values,
  })
  return row?.logged
}
