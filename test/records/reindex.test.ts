import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome, Organization } from 'fhir/r4.js'
import pg from 'pg'
import { searchDefinitions } from '../../src/records/searching/definitions.ts'
import { reindex } from '../../src/records/searching/reindex.ts'
import { NO_VALUES } from '../../src/search/values.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** Search parameters go building, then active; see docs/operations.md. */

const COUNT = 1_200
const idOf = (index: number): string => `org-${String(index).padStart(5, '0')}`
const nameOf = (index: number): string => `Practice ${index}`

let base: TestDatabase

/** Organizations that were stored by a version that knew every search parameter but `Organization?name`, and no service that runs. */
beforeAll(async () => {
  base = await database()
  const service = await startService({ database: base })
  await service.stop()
  await base.query(`insert into resource (type, id, version, last_updated, patient, body)
    select 'Organization', 'org-' || lpad(n::text, 5, '0'), 1, now(), null,
      json_build_object('resourceType', 'Organization', 'id', 'org-' || lpad(n::text, 5, '0'), 'name', 'Practice ' || n)::text
    from generate_series(0, ${COUNT - 1}) as n`)
  await forgetName(base)
})

afterAll(() => base.drop())

/** As if no version had ever known this parameter. */
const forgetName = (of: TestDatabase) =>
  of.query(`
    update installation set search_definitions = null;
    delete from search_definitions;
    delete from search_parameter_state where type = 'Organization' and parameter = 'name';
    delete from search_string where type = 'Organization' and parameter = 'name';
    insert into change (type, id, version, deleted, at) values ('Organization', '${idOf(0)}', 1, false, now())`)

const state = async (of: TestDatabase) => {
  const [row] = await of.query<{ state: string; position: string }>(
    `select state, position from search_parameter_state where type = 'Organization' and parameter = 'name'`,
  )
  return row
}

const names = (of: TestDatabase) =>
  of.query<{ id: string; exact: string }>(
    `select id, exact from search_string where type = 'Organization' and parameter = 'name' order by id, exact`,
  )

const expected = Array.from({ length: COUNT }, (_, index) => ({ id: idOf(index), exact: nameOf(index) }))

/** Holds back whoever comes to this resource, until the answer is called; again does nothing. */
const holding = async (of: TestDatabase, id: string): Promise<() => Promise<void>> => {
  const client = new pg.Client({ connectionString: of.url, application_name: 'holding' })
  await client.connect()
  await client.query('begin')
  await client.query(`select from resource where type = 'Organization' and id = $1 for update`, [id])
  let released: Promise<void> | undefined
  return () => {
    released ??= client.end()
    return released
  }
}

const isHeldBack = async (of: TestDatabase): Promise<boolean> =>
  (
    await of.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%write_search_rows%'`,
    )
  ).length > 0

const run = (of: TestDatabase): RunningCommand => keyplan(['reindex'], { DATABASE_URL: of.url })

const outcomeCode = ({ body }: { body: OperationOutcome }): string | undefined =>
  body.issue?.[0]?.details?.coding?.[0]?.code

const byName = async (
  service: TestService,
  name: string,
): Promise<{ status: number; ids: string[]; code: string | undefined }> => {
  const gp = await service.fhir('gp-practice')
  const answer = await gp<Bundle>('GET', `/Organization?name:exact=${encodeURIComponent(name)}`)
  return {
    status: answer.status,
    ids: (answer.body.entry ?? []).map(({ resource }) => resource?.id ?? ''),
    code: outcomeCode(answer as never),
  }
}

describe('a database in which nothing was stored', () => {
  test('has every search parameter active at once', async () => {
    const service = await startService()
    try {
      expect(await byName(service, nameOf(1))).toMatchObject({ status: 200, ids: [] })
      const [row] = await service.database.query<{ all: number; active: number; behind: number }>(
        `select count(*)::integer as all, count(*) filter (where state = 'active')::integer as active,
          (select count(*)::integer from search_behind) as behind from search_parameter_state`,
      )
      expect(row).toEqual({ all: searchDefinitions().definitions.length, active: row?.all, behind: 0 })
    } finally {
      await service.stop()
    }
  })

  test('has nothing that keyplan reindex must do', async () => {
    const fresh = await database()
    try {
      const command = run(fresh)
      expect([await command.ended, command.stdout()]).toEqual([0, 'Every search parameter is complete.\n'])
    } finally {
      await fresh.drop()
    }
  })
})

describe('a search parameter that the database does not know yet', () => {
  let of: TestDatabase
  beforeAll(async () => {
    of = await base.copy()
  })
  afterAll(() => of.drop())

  test('is refused while it is building, and complete when the service has read everything', async () => {
    const copy = await of.copy()
    const few = 120
    await copy.query(`delete from resource where id >= '${idOf(few)}'`)
    const release = await holding(copy, idOf(3))
    const service = await startService({ database: copy })
    try {
      await until(
        () => isHeldBack(copy),
        (held) => held,
      )
      expect(await byName(service, nameOf(3))).toEqual({ status: 400, ids: [], code: 'search-parameter-building' })
      // What is written meanwhile has its rows at once, and other parameters are not touched.
      const gp = await service.fhir('gp-practice')
      expect((await gp('GET', '/Organization?active=true')).status).toBe(200)
      // Where a scope asks for it, what has no rows yet would be taken for what has no name; of one resource it is told from what it says.
      const nameless = await service.fhir('gp-practice', 'system/Organization.rs?name:missing=true')
      const refused = await nameless<OperationOutcome>('GET', '/Organization?active=true')
      expect([refused.status, outcomeCode(refused)]).toEqual([400, 'search-parameter-building'])
      expect((await nameless('GET', `/Organization/${idOf(3)}`)).status).toBe(403)
      const { body } = await gp<Organization>('POST', '/Organization', {
        resourceType: 'Organization',
        name: 'New here',
      })
      expect(
        await copy.query(`select exact from search_string where id = '${body.id}' and parameter = 'name'`),
      ).toEqual([{ exact: 'New here' }])
      await release()
      await until(
        () => byName(service, nameOf(3)),
        ({ status }) => status === 200,
        60,
      )
      expect(await byName(service, nameOf(few - 1))).toMatchObject({ ids: [idOf(few - 1)] })
      expect(await byName(service, 'New here')).toMatchObject({ ids: [body.id] })
      expect((await names(copy)).filter(({ id }) => id.startsWith('org-'))).toEqual(expected.slice(0, few))
    } finally {
      await release()
      await service.stop()
      await copy.drop()
    }
  }, 180_000)

  test('keyplan reindex goes on where it was killed, and every row stands once', async () => {
    const copy = await of.copy()
    const release = await holding(copy, idOf(700))
    try {
      const first = run(copy)
      // The first batch is done, and the second has come to what is held.
      await until(
        () => isHeldBack(copy),
        (held) => held,
        60,
      )
      const reached = await state(copy)
      expect(reached).toEqual({ state: 'building', position: idOf(499) })
      first.child.kill('SIGKILL')
      expect(await first.ended).toBe('SIGKILL')
      await release()
      await until(
        () =>
          copy.query(
            `select from pg_stat_activity where datname = current_database() and query like '%write_search_rows%' and state = 'active' and pid <> pg_backend_pid()`,
          ),
        (running) => running.length === 0,
      )
      expect((await names(copy)).length).toBeLessThan(COUNT)

      const second = run(copy)
      expect([await second.ended, second.stderr()]).toEqual([0, expect.any(String)])
      expect(second.stdout()).toMatch(/^Read \d[\d,]* resources\. Every search parameter is complete\.\n$/)
      expect(await state(copy)).toEqual({ state: 'active', position: '' })
      expect(await names(copy)).toEqual(expected)
    } finally {
      await release()
      await copy.drop()
    }
  }, 180_000)

  test('what changes, comes to be and goes while keyplan reindex runs is right afterwards', async () => {
    const copy = await of.copy()
    const release = await holding(copy, idOf(700))
    const store = await openStore(copy.url)
    try {
      const command = run(copy)
      await until(
        () => isHeldBack(copy),
        (held) => held,
      )
      const change = (id: string, name: string | undefined): Promise<void> =>
        commit(copy, store, id, name, searchDefinitions().version)
      await change(idOf(1), 'Before')
      await change(idOf(1_100), 'After')
      await change(idOf(1_101), undefined)
      await release()
      expect(await command.ended).toBe(0)
      const rows = new Map((await names(copy)).map(({ id, exact }) => [id, exact]))
      expect(rows.size).toBe(COUNT - 1)
      expect([rows.get(idOf(1)), rows.get(idOf(700)), rows.get(idOf(1_100)), rows.get(idOf(1_101))]).toEqual([
        'Before',
        nameOf(700),
        'After',
        undefined,
      ])
      expect((await names(copy)).length).toBe(COUNT - 1)
    } finally {
      await release()
      await store.close()
      await copy.drop()
    }
  }, 180_000)

  test('one whose definition has changed is built again', async () => {
    const copy = await of.copy()
    const store = await openStore(copy.url)
    try {
      await store.reindex.register(searchDefinitions())
      for await (const _ of reindex(store));
      await copy.query(`
        update installation set search_definitions = null;
        delete from search_definitions;
        update search_parameter_state set definition = 'other' where type = 'Organization' and parameter = 'name';
        update search_string set exact = 'by another definition', value = 'x' where parameter = 'name'`)
      await store.reindex.register(searchDefinitions())
      await store.reindex.look(searchDefinitions().version)
      expect(store.reindex.isBuilding('Organization', 'name')).toBe(true)
      expect(store.reindex.isBuilding('Organization', 'address')).toBe(false)
      for await (const _ of reindex(store, 70));
      await store.reindex.look(searchDefinitions().version)
      expect(store.reindex.isBuilding('Organization', 'name')).toBe(false)
      expect(await names(copy)).toEqual(expected)
    } finally {
      await store.close()
      await copy.drop()
    }
  })
})

describe('beside a process of an older version, which does not know the parameter', () => {
  const older = {
    version: 'older',
    definitions: searchDefinitions().definitions.filter(([type, code]) => type !== 'Organization' || code !== 'name'),
  }
  let of: TestDatabase
  let store: Store
  const { version } = searchDefinitions()
  const isBuilding = async (parameter: string, by = version): Promise<boolean> => {
    await store.reindex.look(by)
    return store.reindex.isBuilding('Organization', parameter)
  }
  const build = async (): Promise<void> => {
    for await (const _ of reindex(store));
  }

  beforeAll(async () => {
    of = await base.copy()
    await of.query(`delete from resource where id > '${idOf(9)}'`)
    store = await openStore(of.url)
    await store.reindex.register(older)
    await build()
  })
  afterAll(async () => {
    await store.close()
    await of.drop()
  })

  test('what the older one writes is read once more, and the parameter is not relied upon until then', async () => {
    await store.reindex.register(searchDefinitions())
    await build()
    expect(await isBuilding('name')).toBe(false)

    await commit(of, store, idOf(2), 'By the older one', older.version)
    await commit(of, store, 'new', 'New by the older one', older.version)
    expect(await isBuilding('name')).toBe(true)
    expect(await isBuilding('address')).toBe(false)
    expect((await names(of)).map(({ id }) => id)).not.toContain('new')

    await commit(of, store, idOf(3), undefined, older.version)
    await build()
    expect(await isBuilding('name')).toBe(false)
    expect(await names(of)).toEqual([
      { id: 'new', exact: 'New by the older one' },
      ...expected
        .slice(0, 10)
        .filter(({ id }) => id !== idOf(3))
        .map((row) => (row.id === idOf(2) ? { ...row, exact: 'By the older one' } : row)),
    ])
    expect(await of.query('select from search_behind')).toEqual([])
  })

  test('the older one keeps to what it knows, and changes nothing when it starts again', async () => {
    await store.reindex.register(older)
    expect(await isBuilding('name')).toBe(false)
    expect(await isBuilding('address', older.version)).toBe(false)
    // It has nothing to build: that is for who knows everything.
    await commit(of, store, idOf(4), 'Behind', older.version)
    expect(await store.reindex.look(older.version)).toBe(false)
    expect(await store.reindex.look(version)).toBe(true)
    await build()
  })

  test('a newer version that was given up counts no more once the older one is told so', async () => {
    await store.reindex.register(older, true)
    expect(await store.reindex.look(older.version)).toBe(false)
    await commit(of, store, idOf(5), 'By the older one', older.version)
    expect(await of.query('select from search_behind')).toEqual([])
    // Should the newer one come back, it begins again.
    await store.reindex.register(searchDefinitions(), true)
    expect(await isBuilding('name')).toBe(true)
    await build()
    expect((await names(of)).find(({ id }) => id === idOf(5))).toEqual({ id: idOf(5), exact: 'By the older one' })
  })
})

/** A change of an Organization (its deletion, without a name) as a process with these definitions stores it: the older one knows no `name`. */
const commit = async (
  of: TestDatabase,
  store: Store,
  id: string,
  name: string | undefined,
  definitions: string,
): Promise<void> => {
  const [current] = await of.query<{ version: number }>(
    `select version from resource where type = 'Organization' and id = $1`,
    [id],
  )
  const body = { resourceType: 'Organization', id, name }
  const knows = definitions === searchDefinitions().version
  const strings = knows && name !== undefined ? [{ parameter: 'name', value: name.toLowerCase(), exact: name }] : []
  const version = current?.version ?? 0
  await store.commit({
    at: new Date(),
    definitions,
    organization: null,
    resources: [
      {
        type: 'Organization',
        id,
        expected: version,
        version: version + 1,
        deleted: name === undefined,
        patient: null,
        body: name === undefined ? '' : JSON.stringify(body),
        values: { ...NO_VALUES, strings },
        identities: [],
      },
    ],
    persons: [],
    mustExist: [],
    audit: {
      requestId: 'test',
      client: 'test',
      role: 'test',
      purpose: 'administration',
      interaction: 'update',
      touched: [{ patient: null, entities: [`Organization/${id}`] }],
    },
  })
}
