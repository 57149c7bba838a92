import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'

/** A database of one test file: a clone of the migrated template. */
export type TestDatabase = Readonly<{
  url: string
  /** Runs a statement on a connection of its own, beside the service. */
  query<Row extends pg.QueryResultRow = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>
  /** Another database with what is in this one now. Nothing may be connected to this one. */
  copy(): Promise<TestDatabase>
  /** Takes the database away. Throws where connections to it were left open: the test, or the service, leaks them. */
  drop(): Promise<void>
}>

const askPostgres = async (): Promise<{ adminUrl: string; template: string }> => {
  const address = process.env['KEYPLAN_TEST_POSTGRES']
  if (address === undefined) throw new Error('Run the tests with jest.config.js, whose set-up offers PostgreSQL.')
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`PostgreSQL for the tests did not start: ${await answer.text()}`)
  return (await answer.json()) as { adminUrl: string; template: string }
}

/**
 * What a test writes itself is on the disk when it is written, and all that was committed before (postgres.js): what is not, a `vacuum` does not mark as
 * seen by everybody, and a search over it is planned as if it had to be read.
 */
const ON_DISK = '-c synchronous_commit=on'

const withClient = async <T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url, application_name: 'test', options: ON_DISK })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

const connectionsTo = async (client: pg.Client, name: string): Promise<string[]> => {
  const { rows } = await client.query<{ application: string }>(
    `select coalesce(application_name, '') as application from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
    [name],
  )
  return rows.map(({ application }) => application)
}

/** `insufficient_privilege` and `object_in_use`: what somebody is still leaving, or a worker of PostgreSQL's own is looking at. */
const BUSY: readonly unknown[] = ['42501', '55006']

const onceFree = async (act: () => Promise<unknown>): Promise<void> => {
  for (const deadline = Date.now() + 30_000; ; await wait(100)) {
    try {
      await act()
      return
    } catch (error) {
      if (!BUSY.includes((error as { code?: unknown }).code) || Date.now() > deadline) throw error
    }
  }
}

const drop = (adminUrl: string, name: string): Promise<void> =>
  withClient(adminUrl, async (admin) => {
    // A connection that was closed takes PostgreSQL a moment to forget, and a busy machine longer.
    let left = await connectionsTo(admin, name)
    for (const deadline = Date.now() + 10_000; left.length > 0 && Date.now() < deadline; ) {
      await wait(50)
      left = await connectionsTo(admin, name)
    }
    // Without force PostgreSQL sends its own workers away (autovacuum); with it, it refuses, because they are of another user.
    const force = left.length > 0 ? ' with (force)' : ''
    await onceFree(() => admin.query(`drop database ${pg.escapeIdentifier(name)}${force}`))
    if (left.length > 0)
      throw new Error(`Connections to the database were left open: ${left.join(', ')}. Close what the test opened.`)
  })

/** A new database for a test file, with the newest schema and nothing in it. Drop it in `afterAll`. */
export const database = async (): Promise<TestDatabase> => {
  const { adminUrl, template } = await askPostgres()
  return cloned(adminUrl, template)
}

const cloned = async (adminUrl: string, template: string): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`
  await withClient(adminUrl, (admin) =>
    onceFree(() => admin.query(`create database ${name} template ${pg.escapeIdentifier(template)}`)),
  )
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (text, values = []) => withClient(url.href, async (client) => (await client.query(text, [...values])).rows),
    copy: () => cloned(adminUrl, name),
    drop: () => drop(adminUrl, name),
  }
}
