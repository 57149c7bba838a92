import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Parameters, ParametersParameter } from 'fhir/r4.js'
import { ALARM_LIMITS } from '../../src/sync/alarms.ts'
import { faultProxy } from '../support/faults.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

/** One recipient, of the organisation of the ambulance client; it stands behind a proxy that can be made faulty. */
let recipient: TestService
let proxy: Awaited<ReturnType<typeof faultProxy>>
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
let gp: FhirRequest
let crew: FhirRequest
let integrator: FhirRequest
let patient: string
let plan: string
const margaret = person('margaret')

beforeAll(async () => {
  recipient = await startService()
  proxy = await faultProxy(recipient.baseUrl)
  list = await recipientsFile([
    { id: 'ambulance', address: proxy.base, tokenUrl: `${recipient.baseUrl}/auth/token`, organization: 'ZZ902' },
  ])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  ;[gp, crew, integrator] = (await Promise.all(
    ['gp-practice', 'ambulance', 'integrator'].map((client) => keyplan.fhir(client)),
  )) as [FhirRequest, FhirRequest, FhirRequest]
  patient = await register(gp, margaret)
})

afterAll(async () => {
  await keyplan.stop()
  await proxy.stop()
  await recipient.stop()
  await list.remove()
})

type Parts = ParametersParameter[] | undefined
const part = (parts: Parts, name: string): ParametersParameter | undefined => parts?.find((one) => one.name === name)

const ofPerson = async (): Promise<Parts> => {
  const { body } = await gp<Parameters>('GET', `/Patient/${patient}/$sharing-status`)
  return part(body.parameter, 'recipient')?.part
}

const ofRecipient = (ask: FhirRequest, parameter: ParametersParameter[] = []) =>
  ask<Parameters>('POST', '/Endpoint/ambulance/$sharing-status', { resourceType: 'Parameters', parameter })

/** What is true of the person's state at the recipient comes about in the end. */
const until = async (wanted: (parts: Parts) => boolean): Promise<Parts> => {
  for (const deadline = Date.now() + 45_000; ; await wait(50)) {
    const parts = await ofPerson()
    if (parts !== undefined && wanted(parts)) return parts
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(parts)}`)
  }
}

const isInStep = (parts: Parts): boolean => part(parts, 'inStep')?.valueBoolean === true

const edition = (parts: Parts, name: string) => {
  const found = part(parts, name)?.part
  return found === undefined
    ? undefined
    : [part(found, 'epoch')?.valueUnsignedInt, part(found, 'sequence')?.valueUnsignedInt]
}

type Said = { state?: string; at?: string; patient?: string }

const say = (ask: FhirRequest, [epoch, sequence]: readonly (number | undefined)[], level: string, more: Said = {}) =>
  ask<Parameters>('POST', '/Endpoint/ambulance/$sharing-acknowledgement', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'patient', valueReference: { reference: more.patient ?? `Patient/${patient}` } },
      { name: 'state', valueCode: more.state ?? 'current' },
      { name: 'epoch', valuePositiveInt: epoch },
      { name: 'sequence', valuePositiveInt: sequence },
      { name: 'level', valueCode: level },
      ...(more.at === undefined ? [] : [{ name: 'at', valueInstant: more.at }]),
    ],
  })

const said = ({ body }: { body: Parameters }) => [
  part(body.parameter, 'outcome')?.valueCode,
  part(body.parameter, 'inStep')?.valueBoolean,
]

const change = async (conversation: number, replaces?: string): Promise<void> => {
  plan = `CarePlan/${(await submit(gp, patient, margaret.conversations[conversation], replaces)).id}`
}

describe('who holds the current plan', () => {
  test('of a person: what is wanted, what was received and what is stored are one edition once all is in step', async () => {
    await change(1)
    const parts = await until(isInStep)
    const wanted = edition(parts, 'wanted')
    expect(wanted).toEqual([1, expect.any(Number)])
    expect([edition(parts, 'received'), edition(parts, 'confirmed'), edition(parts, 'shown')]).toEqual([
      wanted,
      wanted,
      undefined,
    ])
    for (const name of ['failingSince', 'lastError', 'parked', 'nextAttempt']) expect(part(parts, name)).toBeUndefined()
  })

  test('of a recipient: in step, and who is not is named with since when and with the last error', async () => {
    const before = (await ofRecipient(crew)).body.parameter
    expect([part(before, 'inStep')?.valueBoolean, part(before, 'outstanding')?.valueUnsignedInt]).toEqual([true, 0])
    expect(part(before, 'delivery')).toBeUndefined()

    proxy.set('500')
    await change(2, plan)
    await until((parts) => part(parts, 'lastError') !== undefined)
    for (const ask of [crew, integrator]) {
      const { status, body } = await ofRecipient(ask)
      expect(status).toBe(200)
      expect(part(body.parameter, 'outstanding')?.valueUnsignedInt).toBe(1)
      const delivery = part(body.parameter, 'delivery')?.part
      expect(part(delivery, 'patient')?.valueReference).toEqual({ reference: `Patient/${patient}` })
      expect(part(delivery, 'lastError')?.valueString).toContain('500')
      for (const name of ['since', 'failingSince']) expect(part(delivery, name)?.valueInstant).toMatch(/^20.*Z$/)
      expect(JSON.stringify(body)).not.toContain('Margaret')
    }
  })

  test('the list names persons: it is not for others, whatever their scopes, and a refusal is audited', async () => {
    const other = await keyplan.fhir('hospital')
    const { status, body } = await ofRecipient(other)
    expect([status, issueKeys(body)]).toEqual([403, ['recipient-of-others']])
    const narrow = await keyplan.fhir('ambulance', 'system/Patient.rs')
    expect((await ofRecipient(narrow)).status).toBe(403)
    expect(issueKeys((await crew('GET', '/Endpoint/nobody/$sharing-status')).body)).toEqual(['recipient-unknown'])
    const denied = await keyplan.database.query(
      `select client from audit_event where interaction = '$sharing-status' and outcome = 'deny' and entities = '{Endpoint/ambulance}'`,
    )
    expect(denied).toEqual([{ client: 'hospital' }, { client: 'ambulance' }].slice(0, denied.length))
    expect(denied.length).toBeGreaterThan(0)
  })

  test('metrics say the same: outstanding, its age, what was stored and what failed', async () => {
    const text = await (await fetch(`${keyplan.baseUrl}/metrics`)).text()
    const figure = (name: string, labels = ''): number | undefined => {
      const line = text.split('\n').find((each) => each.startsWith(`keyplan_${name}${labels} `))
      return line === undefined ? undefined : Number(line.split(' ').at(-1))
    }
    const of = (more: string) => `{recipient="ambulance"${more}}`
    expect(figure('deliveries_known')).toBe(1)
    expect(figure('deliveries_outstanding', of(',kind="all"'))).toBe(1)
    expect(figure('deliveries_outstanding', of(',kind="withdrawal"'))).toBe(0)
    expect(figure('delivery_oldest_seconds', of(',kind="all"'))).toBeGreaterThan(0)
    expect(figure('delivery_oldest_seconds', of(',kind="withdrawal"'))).toBe(0)
    expect(figure('deliveries_parked', of(''))).toBe(0)
    expect(figure('recipient_breaker_open', of(''))).toBeDefined()
    expect(figure('delivery_latency_seconds_count', of(',kind="content"'))).toBeGreaterThan(0)
    expect(figure('delivery_failures_total', of(',kind="failed"'))).toBeGreaterThan(0)
  })
})

describe('what a recipient says by itself', () => {
  test('an edition that was sent and is wanted: "stored" clears it, and saying it again changes nothing', async () => {
    const wanted = edition(await ofPerson(), 'wanted') ?? []
    // Nothing comes through: only what is said here can have cleared it.
    expect(said(await say(crew, wanted, 'stored'))).toEqual(['recorded', true])
    const parts = await ofPerson()
    expect([isInStep(parts), edition(parts, 'confirmed')]).toEqual([true, wanted])
    expect(part(parts, 'lastError')).toBeUndefined()
    expect(said(await say(crew, wanted, 'stored'))).toEqual(['unchanged', true])
  })

  test('"shown" is kept with its time, and an older edition that comes late changes nothing', async () => {
    const wanted = edition(await ofPerson(), 'wanted') as number[]
    const at = new Date(Date.now() - 5_000).toISOString()
    expect(said(await say(crew, wanted, 'shown', { at }))).toEqual(['recorded', true])
    expect(said(await say(crew, wanted, 'shown', { at }))).toEqual(['unchanged', true])
    const older = [1, (wanted[1] as number) - 1]
    for (const level of ['stored', 'shown']) expect(said(await say(crew, older, level))).toEqual(['unchanged', true])
    const shown = part(await ofPerson(), 'shown')?.part
    expect([part(shown, 'sequence')?.valueUnsignedInt, part(shown, 'since')?.valueInstant]).toEqual([wanted[1], at])
  })

  test('an edition that was never sent is refused, and so is the withdrawal of what was never withdrawn', async () => {
    const [epoch = 0, sequence = 0] = (edition(await ofPerson(), 'wanted') ?? []) as number[]
    for (const [edition, more] of [
      [[epoch, sequence + 1], {}],
      [[epoch + 1, 1], {}],
      [[epoch, sequence], { state: 'withdrawn' }],
      [[epoch, sequence], { patient: 'Patient/nobody' }],
    ] as const) {
      const { status, body } = await say(crew, edition, 'stored', more)
      expect([status, issueKeys(body)]).toEqual([409, ['never-sent']])
    }
    expect(isInStep(await ofPerson())).toBe(true)
  })

  test('is believed of nobody but the organisation of the recipient', async () => {
    const wanted = edition(await ofPerson(), 'wanted') ?? []
    for (const ask of [gp, integrator, await keyplan.fhir('ambulance', 'system/Endpoint.r')])
      expect((await say(ask, wanted, 'shown')).status).toBe(403)
  })

  test.each<[string, string, Said]>([
    ['a level that is none', 'read', {}],
    ['a state that is none', 'stored', { state: 'gone' }],
    ['a patient that is none', 'stored', { patient: 'CarePlan/1' }],
    ['a time that is not yet', 'shown', { at: '2999-01-01T00:00:00Z' }],
  ])('%s is refused', async (_name, level, more) => {
    const { status, body } = await say(crew, [1, 1], level, more)
    expect([status, issueKeys(body)]).toEqual([400, ['parameter-malformed']])
  })

  test('every one of these is audited with the person whom it is about', async () => {
    const rows = await keyplan.database.query<{ reason: string; outcome: string }>(
      `select reason, outcome from audit_event where interaction = '$sharing-acknowledgement' and client = 'ambulance' and patient = $1 order by id`,
      [patient],
    )
    expect(rows.filter(({ outcome }) => outcome === 'permit')).toHaveLength(6)
    expect(rows[0]).toEqual({ reason: expect.stringMatching(/^stored current 1\/\d+$/), outcome: 'permit' })
  })
})

describe('a withdrawal', () => {
  test('is counted by itself, with since when, until it is acknowledged', async () => {
    await gp('POST', `/${plan}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'The person has changed their mind.' },
      ],
    })
    const parts = await until((found) => part(part(found, 'wanted')?.part, 'state')?.valueCode === 'withdrawn')
    expect(isInStep(parts)).toBe(false)
    const { body } = await ofRecipient(crew)
    expect(part(body.parameter, 'withdrawals')?.valueUnsignedInt).toBe(1)
    expect(part(part(body.parameter, 'delivery')?.part, 'state')?.valueCode).toBe('withdrawn')
    expect(part(body.parameter, 'oldestWithdrawal')?.valueInstant).toBeDefined()
  })

  test('is the first of the list, which comes page by page', async () => {
    for (const name of ['england', 'child']) {
      const someone = person(name)
      await submit(gp, await register(gp, someone), someone.conversations.at(-1))
    }
    const page = async (more: ParametersParameter[] = []) => {
      const { body } = await ofRecipient(crew, [{ name: 'count', valuePositiveInt: 2 }, ...more])
      const deliveries = (body.parameter ?? []).filter(({ name }) => name === 'delivery').map((one) => one.part)
      return {
        states: deliveries.map((parts) => part(parts, 'state')?.valueCode),
        patients: deliveries.map((parts) => part(parts, 'patient')?.valueReference?.reference),
        next: part(body.parameter, 'next')?.valueString,
      }
    }
    const first = await page()
    expect([first.states, first.patients[0]]).toEqual([['withdrawn', 'current'], `Patient/${patient}`])
    const second = await page([{ name: 'after', valueString: first.next as string }])
    expect([second.states, second.next]).toEqual([['current'], undefined])
    expect(new Set([...first.patients, ...second.patients]).size).toBe(3)
    const { status, body } = await ofRecipient(crew, [{ name: 'after', valueString: 'somewhere' }])
    expect([status, issueKeys(body)]).toEqual([400, ['parameter-malformed']])
  })

  test('of a person who objects to sharing names them to the recipient, which has to give up its copy, and to nobody else', async () => {
    await keyplan.database.query(`update person set sharing = 'withheld' where id = $1`, [patient])
    for (const [ask, named] of [
      [crew, `Patient/${patient}`],
      [integrator, undefined],
    ] as const) {
      const { body } = await ofRecipient(ask)
      const delivery = part(body.parameter, 'delivery')?.part
      expect(part(delivery, 'state')?.valueCode).toBe('withdrawn')
      expect(part(delivery, 'patient')?.valueReference?.reference).toBe(named)
      expect(JSON.stringify(body).includes(patient)).toBe(named !== undefined)
    }
  })

  test('that nobody acknowledges becomes a Task, also of a person who objects: for who registered them, and for nobody else', async () => {
    // Of a recipient that is down there would be one Task for all.
    await keyplan.services.dispatcher.stop()
    await keyplan.database.query('update recipient set open_until = null, failures = 0')
    await keyplan.database.query(`update delivery set wanted_at = now() - interval '1 hour' where patient = $1`, [
      patient,
    ])
    await keyplan.services.records.settleAlarms(
      {
        requestId: crypto.randomUUID(),
        caller: { kind: 'internal', task: 'alarms' },
        purpose: 'administration',
        now: new Date(),
      },
      ALARM_LIMITS,
    )
    const count = async (ask: FhirRequest) => {
      const { body } = await ask<Bundle>('GET', `/Task?patient=${patient}`)
      return (body.entry ?? []).filter(({ search }) => search?.mode === 'match').length
    }
    expect([await count(gp), await count(crew), await count(integrator)]).toEqual([1, 0, 0])
  })
})
