import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createLog } from '../../src/log.ts'
import { createSealer } from '../../src/sync/sealer.ts'
import { person, register } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { startService, type TestService } from '../support/service.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { until } from '../support/until.ts'

/** The seal of one service's audit log, and what another that it sends to keeps of it (docs/decisions/0013-audit-seal.md). */
let hospital: TestService
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
const numbers = createNumbers()
const margaret = person('margaret')

beforeAll(async () => {
  hospital = await startService()
  list = await recipientsFile([{ id: 'hospital', address: `${hospital.baseUrl}/fhir`, role: 'hospital' }])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  await until(
    async () => (await keyplan.services.records.verification.read()).recipients[0]?.heartbeatAcknowledgedAt,
    (at) => at != null,
  )
  // From here on heartbeats are sent by the tests, and by nobody else.
  await keyplan.database.query(`create function later() returns trigger language plpgsql as $$ begin
      new.heartbeat_due := now() + interval '1 hour';
      return new;
    end $$;
    create trigger later before update on verification for each row execute function later();
    update verification set heartbeat_due = now()`)
})

afterAll(async () => {
  await keyplan.stop()
  await hospital.stop()
  await list.remove()
})

/** Something that is audited. */
const act = async (): Promise<void> => {
  await register(await keyplan.fhir('gp-practice'), {
    ...margaret,
    patient: { ...margaret.patient, identifier: numbers(margaret.patient) ?? [] },
  })
}

const newest = async (): Promise<number> => (await keyplan.services.records.auditSeal.state()).newest?.size ?? 0

/** Acts, until the service itself has sealed all of it; answers the size of the seal. */
const sealedAnew = async (): Promise<number> => {
  const before = await newest()
  await act()
  await until(
    async () => (await keyplan.services.records.auditSeal.standing()).lag,
    (lag) => lag === 0,
  )
  return until(newest, (size) => size > before)
}

const beat = () => keyplan.services.verification.beat({ all: true })

type Kept = Readonly<{ epoch: number; size: number; unproven: number; contradicted: boolean }>
const kept = () =>
  hospital.database.query<Kept>(
    `select epoch, size::integer, unproven, contradicted_at is not null as contradicted from received_checkpoint order by epoch`,
  )

describe('a service', () => {
  test('seals what it does by itself, and says how far it is', async () => {
    await sealedAnew()
    const figures = await (await fetch(`${keyplan.baseUrl}/metrics`)).text()
    expect(figures).toMatch(/^keyplan_audit_seal_lag_seconds \d/m)
    const { auditSeal } = keyplan.services.records
    await until(
      async () => auditSeal.isDue(await auditSeal.state()),
      (isDue) => !isDue,
    )
  })

  test('shares the work with others: they leave it to the one that has the lease, and take it over', async () => {
    const { records } = keyplan.services
    const others = [1, 2, 3].map(() => createSealer({ records, log: createLog('silent') }))
    for (const other of others) await other.start()
    try {
      for (let times = 0; times < 3; times += 1) await sealedAnew()
      // Whoever had it is gone.
      await keyplan.database.query(
        `update audit_sealer set holder = 'nobody', lease_until = now() + interval '1 second'`,
      )
      await sealedAnew()
      const report = await records.auditSeal.verify(
        { requestId: 'test', caller: { kind: 'internal', task: 'test' }, purpose: 'administration', now: new Date() },
        { witnessed: [], progress: () => {} },
      )
      expect(report.faults).toEqual([])
    } finally {
      for (const other of others) await other.stop()
    }
  })
})

describe('its recipient', () => {
  test('keeps the newest seal that a heartbeat brings, and is proven each time that it continues the last', async () => {
    const first = await sealedAnew()
    await beat()
    const [one] = await kept()
    expect(one).toMatchObject({ epoch: 1, unproven: 0, contradicted: false })
    expect(one?.size).toBeGreaterThanOrEqual(first)
    const [noted] = await keyplan.database.query(
      'select witnessed_epoch as epoch, witnessed_size::integer as size from verification',
    )
    expect(noted).toEqual({ epoch: 1, size: one?.size })
    const second = await sealedAnew()
    await beat()
    const [two] = await kept()
    expect(two).toMatchObject({ epoch: 1, unproven: 0, contradicted: false })
    expect(two?.size).toBeGreaterThanOrEqual(second)
  })

  test('keeps what it has where the sender does not know what that is, and is proven the next time', async () => {
    const [before] = await kept()
    await keyplan.database.query('update verification set witnessed_epoch = null, witnessed_size = null')
    await sealedAnew()
    await beat()
    expect(await kept()).toEqual([{ ...before, unproven: 1 }])
    await beat()
    const [proven] = await kept()
    expect(proven).toMatchObject({ unproven: 0, contradicted: false })
    expect(proven?.size).toBeGreaterThan(before?.size ?? 0)
  })

  test('keeps no seal that is not signed by the key that it names, and hears the heartbeat all the same', async () => {
    await keyplan.database.query('alter table audit_seal disable trigger user')
    await sealedAnew()
    await beat()
    const [before] = await kept()
    const seals = 'audit_seal set signature = $1 where size = (select max(size) from audit_seal) returning signature'
    await keyplan.database.query(`update ${seals}`, ['A'.repeat(86)])
    await beat()
    expect(await kept()).toEqual([{ ...before, unproven: 1 }])
    const { recipients } = await keyplan.services.records.verification.read()
    expect(recipients[0]).toMatchObject({ heartbeatError: null })
    await sealedAnew()
    await beat()
    const [proven] = await kept()
    expect(proven).toMatchObject({ unproven: 0, contradicted: false })
    expect(proven?.size).toBeGreaterThan(before?.size ?? 0)
  })

  test('keeps the seals of each epoch: after a restore, those of the life before it are still known', async () => {
    const [before] = await kept()
    await keyplan.database.query(`select raise_epoch('test', 0, true)`)
    await until(
      async () => (await keyplan.services.records.auditSeal.state()).newest?.epoch,
      (epoch) => epoch === 2,
    )
    await beat()
    const both = await kept()
    expect(both).toEqual([before, { epoch: 2, size: expect.any(Number), unproven: 0, contradicted: false }])
  })

  test('notices a sender that stops proving it: the third in a row', async () => {
    await beat()
    for (let times = 1; times <= 3; times += 1) {
      await sealedAnew()
      await keyplan.database.query('update verification set witnessed_epoch = null, witnessed_size = null')
      await beat()
      expect((await kept())[1]).toMatchObject({ unproven: times, contradicted: times === 3 })
    }
  })
})
