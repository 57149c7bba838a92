import { batch } from './batch.ts'
import type { Database } from './database.ts'

/** A current version with the facts that the access decision needs. */
export type ResourceRow = Readonly<{
  type: string
  id: string
  version: number
  lastUpdated: string
  deleted: boolean
  patient: string | null
  body: string
  sharing: 'permitted' | 'withheld' | null
  custodian: string | null
}>

const COLUMNS = `r.type, r.id, r.version, r.last_updated as "lastUpdated", r.patient, r.body, p.sharing, p.custodian`

type Key = Readonly<{ type: string; id: string }>

/** The current version of one resource, or its deletion, or undefined. Concurrent reads share one round trip. */
export const readCurrent = (database: Database): ((key: Key) => Promise<ResourceRow | undefined>) =>
  batch<Key, ResourceRow | undefined>(async (keys) => {
    const rows = await database.run<ResourceRow & { position: number }>({
      name: 'read-current',
      text: `select asked.position::integer, ${COLUMNS}, false as deleted
        from unnest($1::text[], $2::text[]) with ordinality as asked (type, id, position)
        join resource r on r.type = asked.type and r.id = asked.id
        left join person p on p.id = r.patient`,
      values: [keys.map(({ type }) => type), keys.map(({ id }) => id)],
    })
    const found = new Array<ResourceRow | undefined>(keys.length).fill(undefined)
    for (const { position, ...row } of rows) found[position - 1] = row
    return found
  })

/** All versions, newest first, the current one among them; empty where there never was such a resource. */
export const readHistory = async (
  database: Database,
  { type, id }: Key,
  version?: number,
): Promise<readonly ResourceRow[]> =>
  database.run<ResourceRow>({
    name: 'read-history',
    text: `select * from (
        select ${COLUMNS}, false as deleted from resource r left join person p on p.id = r.patient where r.type = $1 and r.id = $2
        union all
        select ${COLUMNS}, r.deleted from resource_history r left join person p on p.id = r.patient where r.type = $1 and r.id = $2
      ) versions where $3::integer is null or version = $3 order by version desc`,
    values: [type, id, version ?? null],
  })
