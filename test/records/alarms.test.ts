import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Parameters, Task } from 'fhir/r4.js'
import type { RequestContext } from '../../src/context.ts'
import { type AlarmCode, alarmId } from '../../src/plan/alarm.ts'
import { alarmsOf } from '../../src/records/sharing/alarms.ts'
import { ALARM_LIMITS } from '../../src/sync/alarms.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** Two recipients that nobody answers for. */
let list: Awaited<ReturnType<typeof recipientsFile>>
let service: TestService
let gp: FhirRequest
const patients: string[] = []
const plans: string[] = []

beforeAll(async () => {
  list = await recipientsFile([
    { id: 'gp', role: 'gp-practice', organization: 'ZZ901', address: 'http://127.0.0.1:1/fhir' },
    { id: 'crews', address: 'http://127.0.0.1:1/fhir' },
  ])
  service = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  gp = await service.fhir('gp-practice')
  for (const name of ['margaret', 'england']) {
    const someone = person(name)
    const patient = await register(gp, someone)
    patients.push(patient)
    const respect = someone.conversations.find(({ questionnaire }) => questionnaire?.includes('respect'))
    plans.push(`CarePlan/${(await submit(gp, patient, respect)).id}`)
  }
  // Who was sent nothing would be told nothing of a withdrawal.
  await until(
    () => service.database.query('select from delivery where lease = 0'),
    (untouched) => untouched.length === 0,
  )
})

afterAll(async () => {
  await service.stop()
  await list.remove()
})

const cx = (): RequestContext => ({
  requestId: crypto.randomUUID(),
  caller: { kind: 'internal', task: 'alarms' },
  purpose: 'administration',
  now: new Date(),
})

/** Of these resources the Tasks about sharing. */
const alarmsIn = ({ entry = [] }: Bundle<Task>): Task[] =>
  entry.flatMap(({ resource }) => (resource?.id?.startsWith('alarm-') ? [resource] : []))

/** The open ones, as their owners find them: code, person or system, and by whom. */
const listed = async (): Promise<string[]> => {
  const { body } = await gp<Bundle<Task>>('GET', '/Task?status=requested')
  return alarmsIn(body)
    .map((task) =>
      [
        task.code?.coding?.[0]?.code,
        task.input?.[0]?.valueReference?.reference,
        task.for === undefined ? 'all' : patients.indexOf(task.for.reference?.split('/')[1] ?? ''),
        task.owner?.reference ?? task.owner?.identifier?.value,
      ].join(' '),
    )
    .sort()
}

/** The same, after a look at what is wrong now. */
const openTasks = async (): Promise<string[]> => {
  await service.services.records.settleAlarms(cx(), ALARM_LIMITS)
  return listed()
}

/** Makes what is so at a recipient have been so for so many minutes, its breaker closed. */
const since = (recipient: string, minutes: number) =>
  service.database.query(
    `with closed as (update recipient set open_until = null, failures = -1000000)
     update delivery set wanted_at = now() - make_interval(mins => $2) where recipient = $1`,
    [recipient, minutes],
  )

describe('what somebody has to see to becomes a Task', () => {
  test('nothing yet: what is young mends by itself', async () => {
    expect(await openTasks()).toEqual([])
  })

  test('a copy that is out of date for an hour: one for each person, for who registered them', async () => {
    await since('gp', 61)
    const expected = ['sharing-out-of-step Endpoint/gp 0 ZZ901', 'sharing-out-of-step Endpoint/gp 1 ZZ901']
    expect(await openTasks()).toEqual(expected)
    // Not twice, whoever looks again.
    expect((await Promise.all([openTasks(), openTasks()])).flat()).toEqual([...expected, ...expected])
  })

  test('a withdrawal after five minutes, which is more urgent than anything; the Task of what it replaces is over', async () => {
    await gp<Parameters>('POST', `/${plans[0]}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'The person has changed their mind.' },
      ],
    })
    // The recipients never had the summary: what they are told to give up they may have got all the same.
    await service.database.query(
      `update delivery set wanted_at = now() - interval '6 minutes' where wanted_state = 'withdrawn'`,
    )
    expect(await openTasks()).toEqual([
      'sharing-out-of-step Endpoint/gp 1 ZZ901',
      'sharing-withdrawal-unacknowledged Endpoint/crews 0 ZZ901',
      'sharing-withdrawal-unacknowledged Endpoint/gp 0 ZZ901',
    ])
  })

  test('of a recipient that is down: one for the recipient, beside what is open already', async () => {
    await since('crews', 61)
    await service.database.query(`update recipient set open_until = now() + interval '1 hour' where id = 'crews'`)
    expect(await openTasks()).toEqual([
      'sharing-out-of-step Endpoint/crews all Organization/keyplan-operator',
      'sharing-out-of-step Endpoint/gp 1 ZZ901',
      'sharing-withdrawal-unacknowledged Endpoint/crews 0 ZZ901',
      'sharing-withdrawal-unacknowledged Endpoint/crews all Organization/keyplan-operator',
      'sharing-withdrawal-unacknowledged Endpoint/gp 0 ZZ901',
    ])
  })

  test('of a recipient that comes and goes: the same Task, which is neither ended nor opened again meanwhile', async () => {
    const versions = () =>
      service.database.query(`select id, version from resource where type = 'Task' and id = any ($1) order by id`, [
        ['sharing-out-of-step', 'sharing-withdrawal-unacknowledged'].map((code) =>
          alarmId({ code: code as AlarmCode, recipient: 'crews', patient: undefined }),
        ),
      ])
    const open = 'sharing-out-of-step Endpoint/crews all Organization/keyplan-operator'
    const before = await versions()
    expect(before).toHaveLength(2)
    for (const until of [null, '1 hour', null, '1 hour']) {
      await service.database.query(`update recipient set open_until = now() + $1::interval where id = 'crews'`, [until])
      expect(await openTasks()).toContain(open)
    }
    expect(await versions()).toEqual(before)
  })

  test('what was parked, and a recipient that is ahead, for the operator', async () => {
    await since('crews', 0)
    await service.database.query(
      `update delivery set parked_at = now(), parked_reason = 'HTTP 422.' where recipient = 'gp' and wanted_state = 'current'`,
    )
    await service.database.query(
      `insert into ahead (recipient, patient, epoch, sequence, state, known_sequence) values ('gp', $1, 9, 9, 'current', 1), ('gp', $2, 9, 9, 'current', 1)`,
      patients,
    )
    expect(await openTasks()).toEqual([
      'parked-delivery Endpoint/gp 1 Organization/keyplan-operator',
      'recipient-ahead Endpoint/gp all Organization/keyplan-operator',
      'sharing-withdrawal-unacknowledged Endpoint/gp 0 ZZ901',
    ])
  })

  test('and a Task that cannot be written keeps no other from being', async () => {
    const id = alarmId({ code: 'sharing-out-of-step', recipient: 'gp', patient: patients[0] })
    // Somebody stored another person's Task under the id of this one.
    await service.database.query(`update resource set patient = $2 where type = 'Task' and id = $1`, [id, patients[1]])
    await service.database.query(
      `update delivery set wanted_state = 'current', parked_at = null, wanted_at = now() - interval '2 hours' where recipient = 'gp'`,
    )
    await expect(openTasks()).rejects.toMatchObject({ issues: [{ key: 'person-changed' }] })
    expect(await listed()).toContain('sharing-out-of-step Endpoint/gp 1 ZZ901')
    await service.database.query(`update resource set patient = $2 where type = 'Task' and id = $1`, [id, patients[0]])
    expect(await openTasks()).toEqual([
      'recipient-ahead Endpoint/gp all Organization/keyplan-operator',
      'sharing-out-of-step Endpoint/gp 0 ZZ901',
      'sharing-out-of-step Endpoint/gp 1 ZZ901',
    ])
  })

  test('and is completed by itself when it is over', async () => {
    await service.database.query('delete from ahead')
    await service.database.query(
      'update delivery set confirmed_state = wanted_state, confirmed_epoch = wanted_epoch, confirmed_sequence = wanted_sequence, parked_at = null',
    )
    expect(await openTasks()).toEqual([])
    const { body } = await gp<Bundle<Task>>('GET', '/Task?status=completed')
    const tasks = alarmsIn(body)
    expect(tasks.map(({ businessStatus }) => businessStatus?.text)).toEqual(tasks.map(() => 'Over by itself'))
    expect(tasks).toHaveLength(9)
  })

  test('a Task about a recipient is worked on by whoever looks after it, and no client makes one that is of nobody', async () => {
    const { body } = await gp<Bundle<Task>>('GET', '/Task?owner=Organization/keyplan-operator&status=completed')
    const task = alarmsIn(body).find((one) => one.for === undefined)
    const integrator = await service.fhir('integrator')
    expect(
      (await integrator('PUT', `/Task/${task?.id}`, { ...task, status: 'rejected', statusReason: { text: 'Known' } }))
        .status,
    ).toBe(200)
    const { id: _id, ...another } = task as Task
    const { status, body: refusal } = await integrator('POST', '/Task', another)
    expect([status, issueKeys(refusal)]).toEqual([422, ['person-required']])
  })
})

test('of more persons than anybody goes through there is one Task for the recipient, since the longest of them', () => {
  const row = (patient: string, since: string) => ({
    code: 'sharing-out-of-step' as const,
    recipient: 'gp',
    patient,
    custodian: 'ZZ901',
    since,
    isLong: patient === 'b',
    total: 3,
    isDown: false,
  })
  const rows = [row('a', '2026-01-01T00:00:00.000Z'), row('b', '2026-01-02T00:00:00.000Z')]
  expect(alarmsOf(rows, [], 3).map(({ patient }) => patient)).toEqual(['a', 'b'])
  expect(alarmsOf(rows, [], 2)).toEqual([
    {
      code: 'sharing-out-of-step',
      recipient: 'gp',
      patient: undefined,
      custodian: undefined,
      since: '2026-01-01T00:00:00.000Z',
      isLong: true,
    },
  ])
})

describe('what is wrong with an audit log', () => {
  test('a row that has not been sealed for a minute is a Task, until it is sealed', async () => {
    // Another process has the lease and does nothing.
    await service.database.query(`update audit_sealer set holder = 'another', lease_until = now() + interval '1 hour'`)
    await service.database.query(
      `insert into audit_event (recorded, request_id, client, organization, role, purpose, interaction, outcome, entities)
        values (now() - interval '61 seconds', 'old', '', '', '', '', '', '', '{}')`,
    )
    const ours = async (): Promise<string[]> => (await openTasks()).filter((task) => task.startsWith('audit-'))
    expect(await ours()).toEqual(['audit-not-sealed  all Organization/keyplan-operator'])
    await service.database.query(`update audit_sealer set lease_until = now()`)
    expect(await until(ours, (tasks) => tasks.length === 0)).toEqual([])
  })

  test('a sender’s log that contradicts itself is a Task, until it is forgotten', async () => {
    await service.database.query(
      `insert into received_checkpoint (sender, recipient, epoch, size, checkpoint, contradiction, contradicted_at)
        values ('keyplan', 'hospital', 1, 1, '{}', '{}', now())`,
    )
    const ours = async (): Promise<string[]> => (await openTasks()).filter((task) => task.startsWith('audit-'))
    expect(await ours()).toEqual(['audit-contradicted  all Organization/keyplan-operator'])
    await service.services.store.received.forget('keyplan')
    expect(await ours()).toEqual([])
  })
})
