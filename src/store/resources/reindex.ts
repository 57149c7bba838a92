import { plain, texts } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'
import { writersUnderWay } from '../database/writers.ts'
import { SEARCH_TYPES, type SearchRowsOf, searchArrays } from './search-rows.ts'

/** The search parameters of a process: [type, parameter, digest of its definition], and a digest of them all. */
export type Definitions = Readonly<{
  version: string
  definitions: readonly (readonly [type: string, parameter: string, digest: string])[]
}>

/** Parameters of a type that have come equally far: all resources up to the id `position` have rows. */
export type Building = Readonly<{ type: string; position: string; parameters: readonly string[] }>

/** Resources to be read once more. */
export type ReindexBatch = Readonly<{
  /** Undefined where the resources are behind instead: last written by a process that did not know all parameters. */
  building: Building | undefined
  /** In the order of their ids. Fewer than were asked for where these are the last. */
  resources: readonly ReindexedResource[]
}>

export type ReindexedResource = Readonly<{
  type: string
  id: string
  /** Null for a resource that is behind and was deleted since. */
  version: number | null
  body: string | null
  /** Of one that is behind: the definitions that it was written by. */
  behind: string | null
}>

/** Rows to be written anew: those of these resources under these parameters. `next`: how far it has come then; null for the end. */
export type ReindexedBatch = ReindexBatch &
  Readonly<{
    next: string | null
    replaced: readonly Readonly<{ type: string; parameter: string }>[]
    rows: readonly SearchRowsOf[]
  }>

export type Reindex = ReturnType<typeof reindexStore>

/**
 * How far the rows of each search parameter go, and what brings them further. What is asked each second has a connection that nothing else
 * keeps waiting (`clock`).
 */
export const reindexStore = (database: Database, clock: Database) => {
  /** As `Type parameter`; undefined until it was looked. */
  let unreliable: ReadonlySet<string> | undefined

  return {
    /**
     * Makes these the definitions by which rows are written here, where this database has not had them before, or if `insists`: after a newer
     * version was given up. What is stored already is built from then on.
     */
    register: async ({ version, definitions }: Definitions, insists = false): Promise<void> => {
      await database.run({
        text: 'select register_search_definitions($1, $2, $3)',
        values: [version, JSON.stringify(definitions), insists],
      })
    },

    /** Looks which parameters of this version are not to be searched by now; answers whether this process has anything to build. */
    look: async (version: string): Promise<boolean> => {
      const [row] = await clock.run<{ work: boolean; unreliable: readonly string[] }>({
        name: 'look-at-search-parameters',
        text: `select search_definitions = $1 and (
          exists (select from search_parameter_state where state = 'building') or exists (select from search_behind)
        ) as work, array (select type || ' ' || parameter from unreliable_parameters($1)) as unreliable
        from installation`,
        values: [version],
      })
      unreliable = new Set(row?.unreliable)
      return row?.work === true
    },

    /**
     * True where a search by this parameter would miss something: its rows are being built, follow another definition, or something was written
     * by a process that does not know it. As it was last looked: what is not known yet is not relied upon.
     */
    isBuilding: (type: string, parameter: string): boolean =>
      unreliable === undefined || (unreliable.size > 0 && unreliable.has(`${type} ${parameter}`)),

    /** True where this process may do it: one of those that hold a connection at a time. For economy only; two of them do no harm. */
    claim: async (): Promise<boolean> => {
      const [row] = await database.run<{ claimed: boolean }>({
        text: `select pg_try_advisory_lock(hashtext('keyplan reindex')) as claimed`,
        values: [],
      })
      return row?.claimed === true
    },

    /** Resolves to a question: have the commits ended that are under way now? They may not have seen what was registered before. */
    commitsUnderWay: () => writersUnderWay(database, 'resource'),

    /** What is to be read next, at most so many; undefined where nothing is. */
    next: async (most: number): Promise<ReindexBatch | undefined> => {
      const [row] = await database.run<ReindexBatch & { building: Building | null }>({
        // What is behind goes first: until it is done, parameters that were complete cannot be relied upon.
        text: `with behind as (
          select behind.type, behind.id, resource.version, body, behind.version as behind
            from search_behind as behind left join resource on resource.type = behind.type and resource.id = behind.id
            order by behind.type, behind.id limit $1
        ), building as (
          select type, position, array_agg(parameter) as parameters from search_parameter_state
          where state = 'building' and not exists (select from behind) group by type, position order by type, position limit 1
        ), found as (
          select * from behind
          union all
          select resource.type, resource.id, version, body, null from building, lateral (
            select * from resource where resource.type = building.type and resource.id > building.position order by id limit $1
          ) as resource
        )
        select (select to_json(building) from building) as building,
          (select coalesce(json_agg(found order by type, id), '[]') from found) as resources`,
        values: [most],
      })
      if (row === undefined || (row.building === null && row.resources.length === 0)) return undefined
      return { building: row.building ?? undefined, resources: row.resources }
    },

    /** Writes what has not changed since it was read. False where somebody else has come further, and nothing was written. */
    write: async ({ building, resources, next, replaced, rows }: ReindexedBatch): Promise<boolean> => {
      const behind = building === undefined ? resources : []
      const present = resources.filter(({ version }) => version !== null)
      const [row] = await database.run<{ written: boolean }>({
        text: WRITE,
        values: [
          building?.type ?? null,
          texts(building?.parameters ?? []),
          building?.position ?? null,
          next,
          texts(behind.map(({ type }) => type)),
          texts(behind.map(({ id }) => id)),
          texts(behind.map(({ behind }) => behind)),
          texts(present.map(({ type }) => type)),
          texts(present.map(({ id }) => id)),
          plain(present.map(({ version }) => version)),
          texts(replaced.map(({ type }) => type)),
          texts(replaced.map(({ parameter }) => parameter)),
          ...searchArrays(rows),
        ],
      })
      return row?.written === true
    },

    /** How many resources are still to be read; one that is read for several parameters at different times counts each time. */
    left: async (): Promise<number> => {
      const [row] = await database.run<{ left: number }>({
        text: `select (select count(*) from search_behind) + coalesce((
          select sum((select count(*) from resource where resource.type = due.type and resource.id > due.position))
          from (select distinct type, position from search_parameter_state where state = 'building') as due
        ), 0)::bigint as left`,
        values: [],
      })
      return row?.left ?? 0
    },
  }
}

const TYPES = [
  'text',
  'text[]',
  'text',
  'text',
  ...['text[]', 'text[]', 'text[]'],
  ...['text[]', 'text[]', 'integer[]'],
  ...['text[]', 'text[]'],
  ...SEARCH_TYPES,
]

const WRITE = `select write_search_rows(${TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')}) as written`
