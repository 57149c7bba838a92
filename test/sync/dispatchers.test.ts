import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadAuditKey } from '../../src/auth/audit-key.ts'
import { loadSigningKeys } from '../../src/auth/keys.ts'
import { createSeal } from '../../src/auth/seal.ts'
import { createLog } from '../../src/log.ts'
import { createRecords } from '../../src/records/records.ts'
import { openStore } from '../../src/store/store.ts'
import { asService } from '../../src/sync/as-service.ts'
import { createDispatcher } from '../../src/sync/dispatcher.ts'
import { keyplan, type RunningCommand } from '../support/command.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type Act, type Asked, type ScriptedRecipient, scriptedRecipient } from '../support/scripted-recipient.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { until } from '../support/until.ts'

/** Dispatchers are processes beside the service that takes changes; each signs in at the recipient by a name of its own. */
let recipient: ScriptedRecipient
let service: TestService
let gp: FhirRequest
let folder: string
const lists: Awaited<ReturnType<typeof recipientsFile>>[] = []
const running = new Map<string, RunningCommand>()
const numbers = createNumbers()
const margaret = person('margaret')

const startDispatcher = async (name: string): Promise<void> => {
  const list = await recipientsFile([{ id: 'recipient', address: recipient.address, clientId: name }])
  lists.push(list)
  const command = keyplan(['serve'], {
    PORT: '0',
    DATABASE_URL: service.database.url,
    KEYPLAN_DATA: join(folder, name),
    KEYPLAN_RECIPIENTS: list.file,
  })
  await command.until('KeyPlan is ready')
  running.set(name, command)
}

const kill = async (name: string): Promise<void> => {
  const command = running.get(name)
  command?.child.kill('SIGKILL')
  await command?.ended
  running.delete(name)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-dispatchers-'))
  ;[recipient, service] = await Promise.all([scriptedRecipient(), startService()])
  gp = await service.fhir('gp-practice')
  await startDispatcher('one')
  await startDispatcher('two')
})

afterAll(async () => {
  for (const { child } of running.values()) child.kill('SIGTERM')
  await Promise.all([...running.values()].map(({ ended }) => ended))
  await service.stop()
  await recipient.stop()
  await Promise.all(lists.map((list) => list.remove()))
  await rm(folder, { recursive: true, force: true })
})

const somebody = (): Promise<string> =>
  register(gp, { patient: { ...margaret.patient, identifier: numbers(margaret.patient) ?? [] } })

const plan = async (patient: string, replaces?: string): Promise<string> =>
  `CarePlan/${(await submit(gp, patient, margaret.conversations[0], replaces)).id}`

const revoke = (planOf: string) =>
  gp('POST', `/${planOf}/$revoke`, {
    resourceType: 'Parameters',
    parameter: [
      { name: 'reason', valueCode: 'withdrawn' },
      { name: 'text', valueString: 'The person changed their mind.' },
    ],
  })

const outstanding = async (): Promise<number> =>
  (await service.database.query<{ count: number }>('select count(*)::integer from delivery where outstanding'))[0]
    ?.count ?? 0

const senderOf = ({ headers }: Asked): string => headers.authorization?.replace('Bearer ', '') ?? ''

describe('several dispatchers', () => {
  test('share the work: each delivery is sent once, by one of them', async () => {
    recipient.script(async (): Promise<Act> => {
      await wait(20)
      return 'serve'
    })
    const people: string[] = []
    for (let count = 0; count < 40; count += 1) people.push(await somebody())
    await Promise.all(people.map((patient) => plan(patient)))
    await until(outstanding, (count) => count === 0)
    for (const patient of people) expect(recipient.applied.filter(({ id }) => id === patient)).toHaveLength(1)
    expect(new Set(recipient.asked.map(senderOf))).toEqual(new Set(['one', 'two']))
  })

  test.each(['a summary', 'a withdrawal'])(
    'one that is killed while it sends %s is followed by the other within 15 s',
    async (what) => {
      const patient = await somebody()
      const first = await plan(patient)
      await until(outstanding, (count) => count === 0)
      const before = recipient.asked.length
      recipient.script(() => (recipient.asked.length === before + 1 ? 'hang' : 'serve'))
      if (what === 'a summary') await plan(patient, first)
      else await revoke(first)
      const [caught] = await until(
        () => recipient.asked.slice(before),
        (asked) => asked.length > 0,
      )
      const sender = senderOf(caught as Asked)
      const killedAt = performance.now()
      await kill(sender)
      const applied = await until(
        () => recipient.applied.filter(({ id }) => id === patient),
        (all) => all.length === 2,
        20,
      )
      expect((applied[1]?.at ?? 0) - killedAt).toBeLessThan(15_000)
      expect(applied[1]).toMatchObject({ state: what === 'a summary' ? 'current' : 'withdrawn' })
      expect(senderOf(recipient.asked.at(-1) as Asked)).not.toBe(sender)
      await until(outstanding, (count) => count === 0)
      await startDispatcher(sender)
    },
    60_000,
  )

  test('one that was thought dead and is late changes nothing: its report is void', async () => {
    const { records, store } = service.services
    recipient.script(() => ({ status: 503 }))
    const patient = await somebody()
    await plan(patient)
    // Here this test is a dispatcher. The others are held off by the breaker.
    await until(
      async () =>
        (await service.database.query<{ open: boolean }>('select open_until is not null as open from recipient'))[0]
          ?.open,
      (open) => open === true,
    )
    const lease = async (seconds: number) => {
      const asked = { recipient: 'recipient', lane: 'current', most: 1, seconds, probe: true } as const
      return (await records.deliveries.lease(asService('test', 'sharing'), asked))[0]
    }
    const late = await until(
      () => lease(0),
      (one) => one !== undefined,
    )
    const next = await until(
      () => lease(60),
      (one) => one !== undefined,
    )
    if (late === undefined || next === undefined) throw new Error('Nothing was leased.')
    expect(await store.deliveries.keep([late, next], 60)).toEqual([false, true])
    expect(await store.deliveries.confirm({ ...late, version: '7' })).toBe('void')
    expect(await store.deliveries.postpone({ ...late, error: '', delayMs: 0, received: false, refused: false })).toBe(
      false,
    )
    const both = await Promise.all([
      store.deliveries.confirm({ ...late, version: '7' }),
      store.deliveries.confirm({ ...next, version: '8' }),
    ])
    expect(both).toEqual(['void', 'in-step'])
    expect(
      await service.database.query('select confirmed_version, outstanding from delivery where patient = $1', [patient]),
    ).toEqual([{ confirmed_version: '8', outstanding: false }])
    recipient.script(() => 'serve')
  })
})

describe('a dispatcher that has nothing to do', () => {
  test('asks the database a few times a minute, and hears of a change at once', async () => {
    for (const name of running.keys()) await kill(name)
    const silent = createLog('silent')
    const store = await openStore(service.database.url)
    const keys = await loadSigningKeys({ dataFolder: folder })
    const seal = createSeal(async () => keys, await loadAuditKey({ dataFolder: folder }))
    const dispatcher = createDispatcher({ records: createRecords(store, seal), log: silent })
    try {
      recipient.script(() => 'serve')
      const [registered] = await store.recipients.all()
      await store.recipients.answered('recipient')
      dispatcher.serve(registered as NonNullable<typeof registered>, { token: async () => 'test', forget: () => {} })
      dispatcher.start()
      const patient = await somebody()
      await plan(patient)
      await until(outstanding, (count) => count === 0)
      await wait(1_000)
      const before = store.statements()
      await wait(11_000)
      expect(store.statements() - before).toBeLessThanOrEqual(4)

      // Far less than the time between two looks.
      const times: number[] = []
      let latest: string | undefined
      const other = await somebody()
      for (let count = 0; count < 7; count += 1) {
        const seen = recipient.asked.length
        latest = await plan(other, latest)
        const committed = performance.now()
        await until(
          () => recipient.asked.length,
          (asked) => asked > seen,
        )
        times.push((recipient.asked[seen]?.at ?? 0) - committed)
        await until(outstanding, (count) => count === 0)
      }
      const median = times.toSorted((one, other) => one - other)[3] as number
      expect(median).toBeLessThan(1_000)
    } finally {
      await dispatcher.stop()
      await store.close()
    }
  }, 60_000)
})
