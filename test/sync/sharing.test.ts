import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type Act, type Asked, type ScriptedRecipient, scriptedRecipient } from '../support/scripted-recipient.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { until } from '../support/until.ts'

/** What sharing promises (docs/decisions/0009-sharing.md), point by point, at recipients that do what they like. */
let steady: ScriptedRecipient
let moody: ScriptedRecipient
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
let gp: FhirRequest
const numbers = createNumbers()
const margaret = person('margaret')

beforeAll(async () => {
  ;[steady, moody] = await Promise.all([scriptedRecipient(), scriptedRecipient()])
  list = await recipientsFile([
    { id: 'moody', address: moody.address },
    { id: 'steady', address: steady.address },
  ])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  gp = await keyplan.fhir('gp-practice')
})

afterEach(async () => {
  moody.script(() => 'serve')
  await until(outstanding, (rows) => rows === 0, 60)
})

afterAll(async () => {
  await keyplan.stop()
  await Promise.all([steady.stop(), moody.stop()])
  await list.remove()
})

const outstanding = async (): Promise<number> => {
  const [row] = await keyplan.database.query<{ count: number }>(
    'select count(*)::integer from delivery where outstanding and parked_at is null',
  )
  return row?.count ?? 0
}

type Row = Record<string, unknown> & {
  wanted_state: string
  wanted_sequence: number
  confirmed_sequence: number | null
  confirmed_state: string | null
  received_sequence: number | null
  attempts: number
  refusals: number
  outstanding: boolean
  parked_at: Date | null
  parked_reason: string | null
  last_error: string | null
}

const delivery = async (patient: string, recipient = 'moody'): Promise<Row> => {
  const [row] = await keyplan.database.query<Row>(
    `select *, wanted_sequence::integer, confirmed_sequence::integer, received_sequence::integer from delivery
      where recipient = $1 and patient = $2`,
    [recipient, patient],
  )
  return row as Row
}

/** Somebody like Margaret, registered. */
const somebody = (): Promise<string> =>
  register(gp, { patient: { ...margaret.patient, identifier: numbers(margaret.patient) ?? [] } })

/** A plan of what matters, in place of the one before; it is shared. */
const plan = async (patient: string, replaces?: string): Promise<string> =>
  `CarePlan/${(await submit(gp, patient, margaret.conversations[0], replaces)).id}`

const revoke = async (planOf: string): Promise<void> => {
  const { status, text } = await gp('POST', `/${planOf}/$revoke`, {
    resourceType: 'Parameters',
    parameter: [
      { name: 'reason', valueCode: 'withdrawn' },
      { name: 'text', valueString: 'The person changed their mind.' },
    ],
  })
  if (status !== 200) throw new Error(text)
}

const inStep = (patient: string, recipient = 'moody', seconds = 30): Promise<Row> =>
  until(
    () => delivery(patient, recipient),
    (row) => !row.outstanding,
    seconds,
  )

const appliedOf = (recipient: ScriptedRecipient, patient: string) =>
  recipient.applied.filter(({ id }) => id === patient)
const askedOf = (recipient: ScriptedRecipient, patient: string) => recipient.asked.filter(({ id }) => id === patient)
const isTombstone = ({ body }: Asked): boolean => body.includes('"code":"withdrawn"')

describe('point 1: what is wanted is written in the commit', () => {
  test('when a change is answered, each recipient is to hold its sequence, and each change counts one person on', async () => {
    moody.script(() => 'hang')
    const patient = await somebody()
    const first = await plan(patient)
    const before = await delivery(patient)
    const steadyBefore = await delivery(patient, 'steady')
    expect(before).toMatchObject({ wanted_state: 'current', outstanding: true })
    expect(steadyBefore.wanted_sequence).toBe(before.wanted_sequence)
    // Who was sent nothing yet would be told nothing.
    await until(
      () => keyplan.database.query(`select from delivery where patient = $1 and lease = 0`, [patient]),
      (untouched) => untouched.length === 0,
    )
    await revoke(first)
    expect(await delivery(patient)).toMatchObject({
      wanted_state: 'withdrawn',
      wanted_sequence: before.wanted_sequence + 1,
      outstanding: true,
    })
  })
})

describe('point 2: what is sent is the state at sending time', () => {
  test('ten changes while a recipient was away are one message, seconds after it is back', async () => {
    const patient = await somebody()
    let latest = await plan(patient)
    await inStep(patient)
    const before = appliedOf(moody, patient).length
    await moody.goAway()
    for (let change = 0; change < 10; change += 1) latest = await plan(patient, latest)
    const wanted = (await inStep(patient, 'steady')).wanted_sequence
    await until(
      () => delivery(patient),
      ({ attempts }) => attempts > 0,
    )
    await moody.comeBack()
    const row = await inStep(patient, 'moody', 20)
    expect(row).toMatchObject({ wanted_sequence: wanted, confirmed_sequence: wanted })
    expect(appliedOf(moody, patient).slice(before)).toMatchObject([{ state: 'current', sequence: wanted }])
  })

  test('what was committed while an earlier state was on its way follows at once, and never the other way round', async () => {
    const patient = await somebody()
    const first = await plan(patient)
    await inStep(patient)
    let release = (): void => {}
    const released = new Promise<void>((settle) => {
      release = settle
    })
    moody.script(async (): Promise<Act> => {
      await released
      return 'serve'
    })
    const second = await plan(patient, first)
    await until(
      () => moody.asked.at(-1)?.id,
      (id) => id === patient,
    )
    await revoke(second)
    release()
    // Sooner than anything is looked up without a reason.
    await inStep(patient, 'moody', 4)
    const states = appliedOf(moody, patient).map(({ state, sequence }) => ({ state, sequence }))
    expect(states.map(({ sequence }) => sequence)).toEqual(
      states.map(({ sequence }) => sequence).toSorted((one, other) => one - other),
    )
    expect(states.at(-1)?.state).toBe('withdrawn')
    expect(appliedOf(moody, patient)).toHaveLength(3)
  })

  test('a summary that is revoked while signing in takes its time does not leave any more', async () => {
    const patient = await somebody()
    // Whoever is refused signs in anew.
    moody.script(({ id }) => (id === patient && askedOf(moody, patient).length === 1 ? { status: 401 } : 'serve'))
    let signingIn = false
    let admit = (): void => {}
    const admitted = new Promise<void>((settle) => {
      admit = settle
    })
    moody.admission(() => {
      signingIn = true
      return admitted
    })
    const first = await plan(patient)
    await until(
      () => signingIn,
      (signing) => signing,
    )
    await revoke(first)
    // Longer than anything that was loaded may wait.
    await wait(500)
    admit()
    await inStep(patient)
    const [refused, ...others] = askedOf(moody, patient).filter(({ method }) => method === 'PUT')
    expect(isTombstone(refused as Asked)).toBe(false)
    expect(others.map(isTombstone)).toEqual([true])
  })
})

describe('point 3: withdrawals first', () => {
  test('a withdrawal waits for no content, has connections of its own, and holds nothing clinical', async () => {
    const patient = await somebody()
    const revoked = await plan(patient)
    const others = await Promise.all(Array.from({ length: 12 }, somebody))
    await inStep(patient)
    // Content is taken in slowly: twelve, eight at a time, of which none ends before the withdrawal has come.
    let withdrawn = (): void => {}
    const afterwards = new Promise<void>((settle) => {
      withdrawn = settle
    })
    moody.script(async (asked): Promise<Act> => {
      if (!isTombstone(asked)) await afterwards
      return 'serve'
    })
    for (const other of others) await plan(other)
    await until(
      () => moody.asked.at(-1)?.underWay ?? 0,
      (underWay) => underWay === 8,
    )
    await revoke(revoked)
    await inStep(patient)
    withdrawn()
    const tombstone = askedOf(moody, patient).find(isTombstone) as Asked
    const contents = moody.asked.filter((asked) => asked.method === 'PUT' && !isTombstone(asked))
    expect(contents.map(({ connection }) => connection)).not.toContain(tombstone.connection)
    const { entry } = JSON.parse(tombstone.body) as Bundle
    expect(entry?.map(({ resource }) => resource?.resourceType)).toEqual(['Composition'])
  })
})

describe('point 4: a message can come twice, or late', () => {
  test('an answer that is lost leads to the same message again, which changes nothing and is confirmed', async () => {
    const patient = await somebody()
    let cuts = 0
    moody.script(({ id, method }) => (id === patient && method === 'PUT' && ++cuts === 1 ? 'serve-and-cut' : 'serve'))
    await plan(patient)
    await inStep(patient)
    expect(appliedOf(moody, patient)).toHaveLength(1)
    const puts = askedOf(moody, patient).filter(({ method }) => method === 'PUT')
    expect(puts.length).toBeGreaterThan(1)
    expect(new Set(puts.map(({ body }) => body)).size).toBe(1)
  })

  test('the first message may replace nothing, a later one only what was held', async () => {
    const patient = await somebody()
    const first = await plan(patient)
    await inStep(patient)
    await plan(patient, first)
    await inStep(patient)
    const [one, other] = askedOf(moody, patient)
    expect(one?.headers).toMatchObject({ 'if-none-match': '*' })
    expect(other?.headers).toMatchObject({ 'if-match': 'W/"1"' })
  })
})

describe('point 5: what counts as acknowledged', () => {
  test.each([
    ['says nothing', ''],
    ['names another edition', '{"resourceType":"Bundle","id":"x"}'],
  ])('a 200 that %s is received and not stored, and a withdrawal stays outstanding', async (_what, body) => {
    const patient = await somebody()
    const first = await plan(patient)
    await inStep(patient)
    moody.script(() => ({ status: 200, body }))
    await revoke(first)
    const row = await until(
      () => delivery(patient),
      ({ attempts, last_error }) => attempts > 1 && last_error !== null,
    )
    expect(row).toMatchObject({
      outstanding: true,
      confirmed_state: 'current',
      received_sequence: row.wanted_sequence,
      last_error: expect.stringMatching(/does not name/),
    })
  })

  test('a success without content is followed by a read, and what that names is confirmed', async () => {
    const patient = await somebody()
    moody.script(({ method }) => (method === 'PUT' ? { status: 204, serve: true } : 'serve'))
    await plan(patient)
    const row = await inStep(patient)
    expect(row.confirmed_sequence).toBe(row.wanted_sequence)
    expect(askedOf(moody, patient).map(({ method }) => method)).toEqual(['PUT', 'GET'])
  })
})

describe('point 6: trying again', () => {
  test('a recipient that asks for time (429, Retry-After) gets it', async () => {
    const patient = await somebody()
    moody.script(({ id }) =>
      id === patient && askedOf(moody, patient).length === 1
        ? { status: 429, headers: { 'Retry-After': '3' } }
        : 'serve',
    )
    await plan(patient)
    await inStep(patient)
    const [refused, served] = askedOf(moody, patient)
    expect((served?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(2_900)
  })

  test('a withdrawal of what had failed for more than a week is tried again soon, not hourly', async () => {
    const patient = await somebody()
    const first = await plan(patient)
    await inStep(patient)
    moody.script(({ id }) => (id === patient ? { status: 503 } : 'serve'))
    await keyplan.database.query(
      `update delivery set failing_since = now() - interval '8 days' where recipient = 'moody' and patient = $1`,
      [patient],
    )
    await revoke(first)
    const [row] = await until(
      () =>
        keyplan.database.query<{ seconds: number }>(
          `select extract(epoch from next_attempt_at - now())::float8 as seconds from delivery
            where recipient = 'moody' and patient = $1 and last_error is not null`,
          [patient],
        ),
      ({ length }) => length > 0,
    )
    await keyplan.database.query(`update delivery set next_attempt_at = now() where patient = $1`, [patient])
    expect(row?.seconds).toBeLessThanOrEqual(60)
  })

  test('what an operator replays is heard of by the lanes of both states', async () => {
    const hints: string[] = []
    const unlisten = keyplan.services.records.onDeliveriesDue((hint) => void hints.push(hint))
    const heard = (hint: string) =>
      until(
        () => hints,
        (all) => all.includes(hint),
      )
    try {
      moody.script(() => ({ status: 422 }))
      for (const patient of await Promise.all([somebody(), somebody()])) await plan(patient)
      await heard('current moody,steady')
      hints.length = 0
      expect(await keyplan.services.store.status.replay({ recipient: 'moody' })).toBe(2)
      await heard('current moody')
      await heard('withdrawn moody')
    } finally {
      await unlisten()
    }
  })
})

describe('point 7: breaker and bulkhead', () => {
  const breaker = async (): Promise<{ failures: number; open: boolean }> => {
    const [row] = await keyplan.database.query<{ failures: number; open: boolean }>(
      `select failures, open_until is not null as open from recipient where id = 'moody'`,
    )
    return row as { failures: number; open: boolean }
  }

  test('after five failures only probes go out, a withdrawal first; the first answer brings everything', async () => {
    const [revokedOne, ...others] = await Promise.all(Array.from({ length: 12 }, somebody))
    const patient = revokedOne as string
    const revoked = await plan(patient)
    await inStep(patient)
    moody.script(() => ({ status: 503 }))
    for (const other of others) await plan(other)
    await until(breaker, ({ open }) => open)
    await revoke(revoked)
    const before = moody.asked.length
    const probed = await until(
      () => moody.asked.slice(before).filter(isTombstone),
      (found) => found.length > 0,
    )
    // What was under way when the breaker opened may still come; from then on there is nothing but the probe.
    expect(moody.asked.length - before).toBeLessThanOrEqual(8)
    expect(probed[0]?.id).toBe(patient)
    moody.script(() => 'serve')
    await inStep(patient, 'moody', 20)
    for (const other of others) await inStep(other, 'moody', 5)
    expect(await breaker()).toEqual({ failures: 0, open: false })
  })

  test('one withdrawal at which a recipient fails keeps no summary of anybody else from it', async () => {
    const [one, other] = (await Promise.all([somebody(), somebody()])) as [string, string]
    const first = await plan(one)
    await inStep(one)
    moody.script(({ id }) => (id === one ? { status: 500 } : 'serve'))
    await keyplan.database.query(`update recipient set failures = 4 where id = 'moody'`)
    await revoke(first)
    await until(breaker, ({ open }) => open)
    await plan(other)
    await inStep(other, 'moody', 60)
    expect(await delivery(one)).toMatchObject({ wanted_state: 'withdrawn', outstanding: true })
  }, 90_000)

  test('a recipient that hangs gets so many requests at a time, and takes nobody else’s place', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, somebody))
    moody.script(() => 'hang')
    for (const patient of people) await plan(patient)
    for (const patient of people) await inStep(patient, 'steady', 5)
    expect(Math.max(...moody.asked.map(({ underWay }) => underWay))).toBeLessThanOrEqual(16)
  })
})

describe('point 8: poison', () => {
  test('a document that is refused five times is parked with the reason, others go on, and the next state is tried', async () => {
    const [poisoned, other] = (await Promise.all([somebody(), somebody()])) as [string, string]
    moody.script(({ id }) => (id === poisoned ? { status: 422 } : 'serve'))
    const first = await plan(poisoned)
    await plan(other)
    await inStep(other)
    const parked = await until(
      () => delivery(poisoned),
      ({ parked_at }) => parked_at !== null,
      60,
    )
    expect(parked).toMatchObject({ refusals: 5, parked_reason: 'HTTP 422.', outstanding: true })
    const attempts = askedOf(moody, poisoned).length
    await wait(1_500)
    expect(askedOf(moody, poisoned)).toHaveLength(attempts)
    await plan(poisoned, first)
    await until(
      () => askedOf(moody, poisoned).length,
      (count) => count > attempts,
    )
    moody.script(() => 'serve')
    await inStep(poisoned)
  })

  test('what an operator parks while it is on its way is not parked once it has arrived', async () => {
    const patient = await somebody()
    let release = (): void => {}
    const released = new Promise<void>((settle) => {
      release = settle
    })
    moody.script(async (): Promise<Act> => {
      await released
      return 'serve'
    })
    await plan(patient)
    await until(
      () => moody.asked.at(-1)?.id,
      (id) => id === patient,
    )
    expect(await keyplan.services.store.status.park({ recipient: 'moody', patient }, 'Supplier told')).toBe(true)
    release()
    expect(await inStep(patient)).toMatchObject({ parked_at: null, parked_reason: null, parked_sequence: null })
  })

  test('what an operator parks while it is on its way stays parked where it fails', async () => {
    const patient = await somebody()
    let release = (): void => {}
    const released = new Promise<void>((settle) => {
      release = settle
    })
    moody.script(async (): Promise<Act> => {
      await released
      return { status: 422 }
    })
    await plan(patient)
    await until(
      () => moody.asked.at(-1)?.id,
      (id) => id === patient,
    )
    await keyplan.services.store.status.park({ recipient: 'moody', patient }, 'Supplier told')
    release()
    const row = await until(
      () => delivery(patient),
      ({ last_error }) => last_error !== null,
    )
    expect(row).toMatchObject({ parked_reason: 'Supplier told', outstanding: true })
  })

  test('a withdrawal that is refused is never parked', async () => {
    const patient = await somebody()
    const first = await plan(patient)
    await inStep(patient)
    moody.script(({ id }) => (id === patient ? { status: 422 } : 'serve'))
    await revoke(first)
    const row = await until(
      () => delivery(patient),
      ({ refusals }) => refusals > 5,
      120,
    )
    expect(row).toMatchObject({ wanted_state: 'withdrawn', parked_at: null, outstanding: true })
  }, 150_000)

  test('content that three processes in a row left without a word is parked; a withdrawal is given out again and again', async () => {
    const { store, records } = keyplan.services
    const cx = {
      requestId: crypto.randomUUID(),
      caller: { kind: 'internal', task: 'test' },
      purpose: 'administration',
      now: new Date(),
    } as const
    const patient = await somebody()
    const first = await plan(patient)
    // Nobody serves it: what is leased here is leased by nobody else.
    const [like] = await store.recipients.all()
    await records.recipients.register(cx, { ...(like as NonNullable<typeof like>), id: 'unserved' })
    while ((await records.recipients.settle(cx, 'unserved')) !== undefined);
    const lease = async (lane: 'current' | 'withdrawn') => {
      const leased = await records.deliveries.lease(cx, { recipient: 'unserved', lane, most: 500, seconds: 0 })
      await wait(5)
      return leased.find((one) => one.patient === patient)
    }
    const seen: (number | undefined)[] = []
    await until(
      async () => {
        seen.push((await lease('current'))?.unfinished)
        return delivery(patient, 'unserved')
      },
      ({ parked_at }) => parked_at !== null,
    )
    expect(seen.filter((unfinished) => unfinished !== undefined)).toEqual([0, 1, 2])
    await revoke(first)
    for (let times = 0; times < 5; times += 1) expect(await lease('withdrawn')).toMatchObject({ unfinished: times })
    await keyplan.database.query(`delete from delivery where recipient = 'unserved'`)
  })
})
