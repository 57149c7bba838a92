import pg from 'pg'
import { isError } from '../../src/fhir/outcome.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { searchDefinitions } from '../../src/records/searching/definitions.ts'
import { resourceIssues, stamp, written } from '../../src/records/writing/write.ts'
import { instants, texts } from '../../src/store/database/arrays.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { WrittenResource } from '../../src/store/resources/commit.ts'
import { SEARCH_TYPES, searchArrays } from '../../src/store/resources/search-rows.ts'
import { openStore } from '../../src/store/store.ts'
import { vacuum } from '../stage.ts'
import { type Person, personOf, practices } from './person.ts'

const STEP = 200
/** So many persons are looked at as KeyPlan looks at what it is sent; all are made in the same way. */
const CHECKED = 50

/** The tables of search values, with their columns in the order of `searchArrays`. */
const SEARCH_TABLES: readonly (readonly [table: string, ...columns: string[]])[] = [
  ['search_token', 'system', 'code'],
  ['search_reference', 'target_type', 'target_id'],
  ['search_string', 'value', 'exact'],
  ['search_date', 'low', 'high'],
  ['search_number', 'low', 'high'],
  ['search_quantity', 'system', 'code', 'low', 'high'],
  ['search_uri', 'value'],
  ['search_composite', 'system', 'code', 'value_system', 'value_code', 'value_text', 'low', 'high', 'since', 'until'],
]

type Row = WrittenResource & Readonly<{ at: Date }>

/**
 * Fills an empty database with so many synthetic persons: the rows of `resource`, of the search values, of `person` and of their identifiers that
 * KeyPlan itself would write, then their indexes. What was derived from them (summaries, deliveries, the change log) is not there.
 */
export const fill = async (
  url: string,
  { persons, seed }: Readonly<{ persons: number; seed: number }>,
  progress: (text: string, part: number) => void,
): Promise<void> => {
  await migrate(url)
  const store = await openStore(url)
  // While nothing is stored, so that nothing has to be built.
  await store.reindex.register(searchDefinitions()).finally(() => store.close())
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`set synchronous_commit = off; set maintenance_work_mem = '512MB'`)
    const indexes = await dropIndexes(client)
    await insertRows(
      client,
      practices(seed, persons).map((practice) => row(practice as Resource, new Date(0), null)),
    )
    let inserting = Promise.resolve()
    for (let from = 0; from < persons; from += STEP) {
      const step = Array.from({ length: Math.min(STEP, persons - from) }, (_, index) => personOf(seed, from + index))
      if (from < CHECKED) checkValid(step.slice(0, CHECKED - from))
      const rows = step.flatMap(({ known, resources }) =>
        resources.map(({ resource, at }) => row(resource as Resource, at, known.patientId)),
      )
      // While these are made, the database stores those before.
      await inserting
      inserting = insertPersons(client, step).then(() => insertRows(client, rows))
      // It is waited for above; until then its failure is not unhandled.
      inserting.catch(() => {})
      progress(`storing persons: ${from + step.length} of ${persons}`, ((from + step.length) / persons) * 0.7)
    }
    await inserting
    for (const [index, definition] of indexes.entries()) {
      progress(`making index ${index + 1} of ${indexes.length}`, 0.7 + (0.25 * index) / indexes.length)
      await client.query(definition)
    }
  } finally {
    await client.end()
  }
  progress('taking statistics', 0.95)
  await vacuum(url)
}

const row = (resource: Resource, at: Date, patient: string | null): Row => ({
  ...written(stamp(resource, resource.id as string, 1, at), { expected: -1, version: 1, patient, organization: '' }),
  at,
})

/** Throws where KeyPlan would refuse what was made. */
const checkValid = (persons: readonly Person[]): void => {
  for (const { resource } of persons.flatMap(({ resources }) => resources)) {
    const broken = resourceIssues(resource as Resource).find(isError)
    if (broken !== undefined) throw new Error(`A synthetic ${resource.resourceType} is not valid: ${broken.text}`)
  }
}

/** Takes away the indexes that need not be there while rows come; answers the statements that make them again. */
const dropIndexes = async (client: pg.Client): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
     where (tablename like 'search\\_%' or tablename = 'resource') and tablename = any ($1)
       and indexname not in (select conname from pg_constraint)`,
    [['resource', ...SEARCH_TABLES.map(([table]) => table)]],
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows.map(({ definition }) => definition)
}

const insertPersons = async (client: pg.Client, persons: readonly Person[]): Promise<void> => {
  await client.query({
    name: 'fill-person',
    text: `insert into person (id, sequence, custodian, jurisdiction, sharing)
      select unnest($1::text[]), 1, unnest($2::text[]), 'GB-SCT', unnest($3::text[])`,
    values: [
      texts(persons.map(({ known }) => known.patientId)),
      texts(persons.map(({ custodian }) => custodian)),
      texts(persons.map(({ sharing }) => sharing)),
    ],
  })
}

const insertRows = async (client: pg.Client, rows: readonly Row[]): Promise<void> => {
  await client.query({
    name: 'fill-resource',
    text: `insert into resource (type, id, version, last_updated, patient, body)
      select unnest($1::text[]), unnest($2::text[]), 1, unnest($3::timestamptz[]), unnest($4::text[]), unnest($5::text[])`,
    values: [
      texts(rows.map(({ type }) => type)),
      texts(rows.map(({ id }) => id)),
      instants(rows.map(({ at }) => at)),
      texts(rows.map(({ patient }) => patient)),
      texts(rows.map(({ body }) => body)),
    ],
  })
  const identities = rows.flatMap(({ type, id, identities }) => identities.map((one) => ({ type, id, ...one })))
  await client.query({
    name: 'fill-identity',
    text: `insert into identity (type, id, system, value) select unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[])`,
    values: (['type', 'id', 'system', 'value'] as const).map((name) => texts(identities.map((one) => one[name]))),
  })
  const values = searchArrays(rows)
  let at = 0
  for (const [table, ...columns] of SEARCH_TABLES) {
    const all = ['type', 'id', 'parameter', ...columns]
    const arrays = all.map((_, index) => `unnest($${index + 1}::${SEARCH_TYPES[at + index]})`)
    await client.query({
      name: `fill-${table}`,
      text: `insert into ${table} (${all.join(', ')}) select ${arrays.join(', ')}`,
      values: values.slice(at, at + all.length),
    })
    at += all.length
  }
}
