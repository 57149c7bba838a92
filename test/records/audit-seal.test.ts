import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { loadAuditKey } from '../../src/auth/audit-key.ts'
import { loadSigningKeys } from '../../src/auth/keys.ts'
import { createSeal, type Seal } from '../../src/auth/seal.ts'
import type { SignedCheckpoint } from '../../src/records/audit/checkpoint.ts'
import { sealAudit, signedCheckpoint } from '../../src/records/audit/seal.ts'
import type { AuditReport } from '../../src/records/audit/verification.ts'
import { createRecords } from '../../src/records/records.ts'
import type { AuditEntry } from '../../src/store/audit/audit.ts'
import { Outdated } from '../../src/store/database/errors.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { asService } from '../../src/sync/as-service.ts'
import { database, type TestDatabase } from '../support/database.ts'

/** The seal of the audit log (trust, section 3), on logs that are damaged as the owner of the tables could. */
let folder: string
let seal: Seal
/** Whoever has got hold of a key, but not of ours. */
let strangerSeal: Seal
/** A log of 600 rows in three seals, with a gap in the ids, as it is damaged in copies. Nothing is connected to it. */
let log: TestDatabase
/** The same when it had two of the seals. */
let backup: TestDatabase
let second: SignedCheckpoint
let third: SignedCheckpoint

const entry = (number: number): AuditEntry => ({
  recorded: new Date(),
  requestId: `request ${number}`,
  client: 'gp-practice',
  organization: 'ZZ901',
  role: 'gp-practice',
  purpose: 'care',
  interaction: 'read',
  outcome: 'permit',
  reason: 'none',
  patient: `person-${number % 7}`,
  entities: [`Patient/person-${number % 7}`],
  query: 'name',
})

const append = (store: Store, count: number): Promise<void> =>
  store.audit(Array.from({ length: count }, (_, number) => entry(number)))

const sealNow = async (store: Store, with_: Seal = seal): Promise<SignedCheckpoint> => {
  await sealAudit(store.auditSeal, with_, await store.auditSeal.state())
  const { newest } = await store.auditSeal.state()
  if (newest === undefined) throw new Error('Nothing was sealed.')
  return signedCheckpoint(newest)
}

const withStore = async <Result>(on: TestDatabase, use: (store: Store) => Promise<Result>): Promise<Result> => {
  const store = await openStore(on.url)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-audit-seal-'))
  const keys = await loadSigningKeys({ dataFolder: folder })
  seal = createSeal(async () => keys, await loadAuditKey({ dataFolder: folder }))
  strangerSeal = createSeal(async () => keys, await loadAuditKey({ dataFolder: join(folder, 'stranger') }))
  log = await database()
  backup = await withStore(log, async (store) => {
    await append(store, 300)
    await sealNow(store)
    await log.query(`select nextval('audit_event_id_seq')`)
    await append(store, 200)
    second = await sealNow(store)
  }).then(() => log.copy())
  third = await withStore(log, async (store) => {
    await append(store, 100)
    return sealNow(store)
  })
})

afterAll(async () => {
  await backup.drop()
  await log.drop()
  await rm(folder, { recursive: true, force: true })
})

/** Does something to a copy, with everything that forbids it switched off, and verifies that. */
const verified = async (
  damage: (own: TestDatabase, store: Store) => Promise<unknown>,
  {
    witnessed = [],
    of = log,
    progress = () => {},
  }: { witnessed?: readonly SignedCheckpoint[]; of?: TestDatabase; progress?: (done: number) => void } = {},
): Promise<AuditReport> => {
  const own = await of.copy()
  try {
    for (const table of ['audit_event', 'audit_leaf', 'audit_node', 'audit_seal'])
      await own.query(`alter table ${table} disable trigger user`)
    return await withStore(own, async (store) => {
      await damage(own, store)
      return createRecords(store, seal).auditSeal.verify(asService('test', 'administration'), {
        witnessed,
        progress,
      })
    })
  } finally {
    await own.drop()
  }
}

const nothing = async (): Promise<void> => {}
const found = ({ faults }: AuditReport): string[] => faults.map(({ code, at }) => `${code}: ${at}`)
const codes = ({ faults }: AuditReport): string[] => [...new Set(faults.map(({ code }) => code))].sort()

describe('a log as it was written', () => {
  test('is found good, with every row in it sealed', async () => {
    const progress: number[] = []
    const report = await verified(nothing, {
      witnessed: [second, third],
      progress: (done) => progress.push(done),
    })
    expect(found(report)).toEqual([])
    expect(report).toMatchObject({
      events: 600,
      seals: 3,
      newest: third,
      witnesses: { agree: 2, strange: 0 },
      total: 0,
    })
    expect(progress).toEqual([600])
  })

  test('what was not sealed yet is waited for, and no fault', async () => {
    const report = await verified(async (_, store) => {
      await store.audit([{ ...entry(1), recorded: new Date(Date.now() - 90_000) }])
    })
    expect(found(report)).toEqual([])
    expect(report.lag).toBeGreaterThanOrEqual(90)
    expect((await verified((_, store) => sealNow(store))).lag).toBe(0)
  })

  test('cannot be changed by a statement that nobody prepared', async () => {
    const own = await log.copy()
    try {
      for (const table of ['audit_event', 'audit_leaf', 'audit_node', 'audit_seal'])
        await expect(own.query(`delete from ${table}`)).rejects.toThrow('append only')
    } finally {
      await own.drop()
    }
  })
})

describe('what is found (trust, section 3)', () => {
  test('a changed byte, in whichever column', async () => {
    const columns = await log.query<{ name: string; type: string }>(
      `select column_name as name, data_type as type from information_schema.columns where table_name = 'audit_event' and column_name <> 'id'`,
    )
    expect(columns.length).toBeGreaterThanOrEqual(12)
    const other = ({ name, type }: { name: string; type: string }): string => {
      if (type === 'ARRAY') return `${name} || 'more'::text`
      return type.startsWith('timestamp') ? `${name} + interval '1 microsecond'` : `${name} || ' '`
    }
    const report = await verified(async (own) => {
      for (const [index, column] of columns.entries())
        await own.query(`update audit_event set ${column.name} = ${other(column)} where id = ${101 + index}`)
    })
    expect(found(report)).toEqual(columns.map((_, index) => `changed: event ${101 + index}`))
  })

  test('a deletion', async () => {
    expect(found(await verified((own) => own.query('delete from audit_event where id = 123')))).toEqual([
      'deleted: event 123',
    ])
  })

  test('a reorder: two rows that changed places', async () => {
    const report = await verified((own) =>
      own.query(`with swapped as (select * from audit_event where id in (10, 20))
        update audit_event set request_id = swapped.request_id, recorded = swapped.recorded, patient = swapped.patient, entities = swapped.entities
        from swapped where audit_event.id = 30 - swapped.id and audit_event.id in (10, 20)`),
    )
    expect(found(report)).toEqual(['changed: event 10', 'changed: event 20'])
  })

  test('a reorder of what was sealed', async () => {
    const report = await verified(async (own) => {
      await own.query('update audit_leaf set position = -1 - position where position in (10, 20)')
      await own.query('update audit_leaf set position = 31 + position where position < 0')
    })
    expect(codes(report)).toEqual(['reordered', 'seal-broken'])
  })

  test('an insertion in the past', async () => {
    const report = await verified((own) =>
      own.query(`insert into audit_event overriding system value
        select 301, recorded, request_id, client, organization, role, purpose, interaction, outcome, reason, patient, entities, query
        from audit_event where id = 300`),
    )
    expect(found(report)).toEqual(['inserted: event 301'])
  })

  test('a row that is gone together with what was sealed of it', async () => {
    const report = await verified(async (own) => {
      await own.query('delete from audit_event where id = 123')
      await own.query('delete from audit_leaf where event = 123')
    })
    expect(codes(report)).toEqual(['leaf-missing'])
    const closed = await verified(async (own) => {
      await own.query('delete from audit_event where id = 123')
      await own.query('delete from audit_leaf where event = 123')
      await own.query('update audit_leaf set position = -position where position > 122')
      await own.query('update audit_leaf set position = -position - 1 where position < 0')
    })
    expect(codes(closed)).toEqual(['leaf-missing', 'seal-broken'])
  })

  test('a changed row whose commitment was made to fit', async () => {
    const report = await verified(async (own) => {
      await own.query('delete from audit_event where id = 123')
      await own.query(`update audit_leaf set event = 124, commitment = (select commitment from audit_leaf where event = 124),
        salt = (select salt from audit_leaf where event = 124) where event = 123`)
    })
    expect(codes(report)).toContain('seal-broken')
  })

  test('a seal that is gone, that was changed, or was signed with another key', async () => {
    const gone = await verified((own) => own.query('delete from audit_seal where size = 500'))
    expect(codes(gone)).toEqual(['seal-missing'])
    const newest = await verified((own) => own.query('delete from audit_seal where size = 600'))
    expect(found(newest)).toEqual(['seal-missing: after leaf 499'])
    const all = await verified((own) => own.query('delete from audit_seal'))
    expect(found(all)).toEqual(['seal-missing: after leaf -1'])
    const changed = await verified((own) =>
      own.query(`update audit_seal set sealed_at = sealed_at - interval '1 day' where size = 500`),
    )
    expect(codes(changed)).toEqual(['seal-forged'])
    const forged = await verified(async (own, store) => {
      await own.query('delete from audit_event where id = 550')
      await own.query('delete from audit_leaf where position >= 500')
      await own.query('delete from audit_node where (position + 1) * 256 > 500')
      await own.query('delete from audit_seal where size = 600')
      await sealNow(store, strangerSeal)
    })
    expect(codes(forged)).toEqual(['seal-forged'])
  })

  const cutTail = async (own: TestDatabase): Promise<void> => {
    await own.query('delete from audit_event where id > (select through from audit_seal where size = 500)')
    await own.query('delete from audit_leaf where position >= 500')
    await own.query('delete from audit_node where (position + 1) * 256 > 500')
    await own.query('delete from audit_seal where size > 500')
  }

  test('a cut tail, by a witness alone', async () => {
    expect(found(await verified(cutTail))).toEqual([])
    const report = await verified(cutTail, { witnessed: [second, third] })
    expect(codes(report)).toEqual(['tail-cut'])
    expect(report.witnesses).toEqual({ agree: 1, strange: 0 })
  })

  const rebuild = async (own: TestDatabase, store: Store): Promise<void> => {
    await own.query('delete from audit_event where id = 123')
    await own.query('truncate audit_leaf, audit_node, audit_seal')
    await sealNow(store)
    await append(store, 50)
    await sealNow(store)
  }

  test('a chain that was rebuilt with our own key, by a witness alone', async () => {
    expect(found(await verified(rebuild))).toEqual([])
    expect(codes(await verified(rebuild, { witnessed: [third] }))).toEqual(['rebuilt'])
  })

  test('an old backup that was taken for what it is, by its epoch and a witness', async () => {
    const restored = async (own: TestDatabase, store: Store): Promise<void> => {
      await own.query(`select raise_epoch('test', 0, true)`)
      await append(store, 400)
      await sealNow(store)
    }
    expect(found(await verified(restored, { of: backup }))).toEqual([])
    const report = await verified(restored, { of: backup, witnessed: [second, third] })
    expect(codes(report)).toEqual(['old-backup'])
    expect(report.faults[0]?.at).toContain('here that epoch ends with 500')
    expect(report.witnesses.agree).toBe(1)
  })

  test('an old backup that nobody noticed, by a witness', async () => {
    expect(codes(await verified(nothing, { of: backup, witnessed: [third] }))).toEqual(['tail-cut'])
    const grown = async (_: TestDatabase, store: Store): Promise<void> => {
      await append(store, 400)
      await sealNow(store)
    }
    expect(codes(await verified(grown, { of: backup, witnessed: [third] }))).toEqual(['rebuilt'])
  })

  test('a failover that lost nothing is no fault', async () => {
    const failedOver = async (own: TestDatabase, store: Store): Promise<void> => {
      await own.query(`select raise_epoch('test', 0, true)`)
      await sealNow(store)
    }
    expect(found(await verified(failedOver, { witnessed: [third] }))).toEqual([])
  })

  test('what another service’s key has signed says nothing of this log', async () => {
    const report = await verified(nothing, {
      witnessed: [
        { ...third, signature: second.signature },
        { ...third, key: strangerSeal.audit.publicKey },
      ],
    })
    expect(report).toMatchObject({ witnesses: { agree: 0, strange: 2 }, total: 0 })
  })
})

describe('erasure', () => {
  test('of a row and its salt leaves the proof standing: that row is named, and every seal and witness agrees', async () => {
    const report = await verified(
      async (own) => {
        await own.query('delete from audit_event where id = 123')
        await own.query(`update audit_leaf set salt = '' where event = 123`)
      },
      { witnessed: [second, third] },
    )
    expect(found(report)).toEqual(['deleted: event 123'])
    expect(report.witnesses.agree).toBe(2)
  })

  test('equal rows have different commitments, so that a commitment cannot be looked up', async () => {
    const [row] = await log.query<{ different: number; salts: number }>(
      'select count(distinct commitment) as different, count(distinct salt) as salts from audit_leaf',
    )
    expect(row).toEqual({ different: 600, salts: 600 })
  })
})

describe('what is sealed is settled', () => {
  const connected = async <Result>(own: TestDatabase, use: (client: pg.Client) => Promise<Result>): Promise<Result> => {
    const client = new pg.Client({ connectionString: own.url })
    await client.connect()
    try {
      return await use(client)
    } finally {
      await client.end()
    }
  }

  test('a row that has a lower id and is committed later is waited for', async () => {
    const report = await verified((own, store) =>
      connected(own, async (late) => {
        await late.query('begin')
        await late.query(`insert into audit_event (recorded, request_id, client, organization, role, purpose, interaction, outcome, entities)
          values (now(), 'late', '', '', '', '', '', '', '{}')`)
        await append(store, 1)
        const state = await store.auditSeal.state()
        const ended = await store.auditSeal.writersUnderWay()
        expect(await ended()).toBe(false)
        await late.query('commit')
        expect(await ended()).toBe(true)
        await sealAudit(store.auditSeal, seal, state)
      }),
    )
    expect(found(report)).toEqual([])
    expect(report.events).toBe(602)
  })

  test('readers, and transactions of another database of the cluster, are not waited for', async () => {
    await verified((own, store) =>
      connected(own, (reader) =>
        connected(backup, async (stranger) => {
          await reader.query('begin')
          await reader.query('select count(*) from audit_event')
          await stranger.query('begin')
          await stranger.query(`insert into audit_event (recorded, request_id, client, organization, role, purpose, interaction, outcome, entities)
            values (now(), 'long', '', '', '', '', '', '', '{}')`)
          expect(await (await store.auditSeal.writersUnderWay())()).toBe(true)
          await stranger.query('rollback')
        }),
      ),
    )
  })

  test('of two processes that seal the same rows, one does', async () => {
    const report = await verified(async (_, store) => {
      await append(store, 10)
      const state = await store.auditSeal.state()
      const outcomes = await Promise.allSettled([
        sealAudit(store.auditSeal, seal, state),
        sealAudit(store.auditSeal, seal, state),
      ])
      const refused = outcomes.filter((each) => each.status === 'rejected')
      expect(refused.map(({ reason }) => reason instanceof Outdated)).toEqual([true])
    })
    expect(found(report)).toEqual([])
    expect(report).toMatchObject({ events: 610, seals: 4 })
  })

  test('more rows than are sealed at once follow until none is left', async () => {
    const report = await verified(async (own, store) => {
      await own.query(`insert into audit_event (recorded, request_id, client, organization, role, purpose, interaction, outcome, entities)
        select now(), number, '', '', '', '', '', '', '{}' from generate_series(1, 2500) as number`)
      let rounds = 1
      while (await sealAudit(store.auditSeal, seal, await store.auditSeal.state())) rounds += 1
      expect(rounds).toBe(6)
    })
    expect(found(report)).toEqual([])
    expect(report.events).toBe(3_100)
  })
})
