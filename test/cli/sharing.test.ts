import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { keyplan } from '../support/command.ts'
import { faultProxy } from '../support/faults.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let recipient: TestService
let proxy: Awaited<ReturnType<typeof faultProxy>>
let list: Awaited<ReturnType<typeof recipientsFile>>
let service: TestService
let gp: FhirRequest
let patient: string
const margaret = person('margaret')

beforeAll(async () => {
  recipient = await startService()
  proxy = await faultProxy(recipient.baseUrl)
  list = await recipientsFile([
    { id: 'ambulance', address: proxy.base, tokenUrl: `${recipient.baseUrl}/auth/token`, organization: 'ZZ902' },
  ])
  service = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  gp = await service.fhir('gp-practice')
  patient = await register(gp, margaret)
  proxy.set('500')
  await submit(gp, patient, margaret.conversations[1])
})

afterAll(async () => {
  await service.stop()
  await proxy.stop()
  await recipient.stop()
  await list.remove()
})

/** `keyplan sharing …` as a process of its own, beside the service. */
const run = async (...args: string[]) => {
  const command = keyplan(['sharing', ...args], { DATABASE_URL: service.database.url })
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
}

const until = async <Value>(read: () => Promise<Value>, wanted: (value: Value) => boolean): Promise<Value> => {
  for (const deadline = Date.now() + 45_000; ; await wait(50)) {
    const value = await read()
    if (wanted(value)) return value
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(value)}`)
  }
}

type Row = { outstanding: boolean; attempts: number; parked: boolean; error: string | null }
const delivery = async (): Promise<Row> => {
  const [row] = await service.database.query<Row>(
    'select outstanding, attempts, parked_at is not null as parked, last_error as error from delivery where patient = $1',
    [patient],
  )
  return row as Row
}

describe('keyplan sharing status', () => {
  test('shows every recipient in a table, and names no person', async () => {
    await until(delivery, ({ error }) => error !== null)
    const { code, stdout, stderr } = await run('status')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^recipient +state +outstanding/)
    expect(stdout).toMatch(/^ambulance +(behind|unreachable) +1 +0 +0 .*HTTP 500/m)
    expect(stdout).toContain('0 of 1 in step.')
    expect(stdout).not.toContain(patient)
  })

  test('--recipient lists persons by id; --person shows each recipient; both as JSON too', async () => {
    const ofRecipient = await run('status', '--recipient', 'ambulance')
    expect(ofRecipient.stdout).toMatch(new RegExp(`^${patient} +current +1/\\d+ `, 'm'))
    const ofPerson = await run('status', '--person', patient)
    expect(ofPerson.stdout).toMatch(/^ambulance +behind +current +1\/\d+ /m)
    for (const args of [[], ['--recipient', 'ambulance'], ['--person', patient]]) {
      const { code, stdout } = await run('status', ...args, '--json')
      expect(code).toBe(0)
      expect(() => JSON.parse(stdout)).not.toThrow()
    }
  })

  test('what is shown of a person is audited under the name of the command', async () => {
    const rows = await service.database.query(
      `select distinct client from audit_event where patient = $1 and interaction = '$sharing-status'`,
      [patient],
    )
    expect(rows).toEqual([{ client: 'keyplan:keyplan sharing status' }])
  })
})

describe('keyplan sharing park and replay', () => {
  test('what is parked is not tried any more, and says why', async () => {
    expect(await run('park', '--recipient', 'ambulance', '--person', patient, '--reason', 'Supplier told')).toEqual({
      code: 0,
      stdout: 'Parked. keyplan sharing replay starts it again.\n',
      stderr: '',
    })
    expect(await delivery()).toMatchObject({ outstanding: true, parked: true })
    expect((await run('status', '--person', patient)).stdout).toMatch(/^ambulance +parked .*Supplier told/m)
  })

  test('replay makes it due at once, and it arrives', async () => {
    proxy.set('none')
    const { code, stdout } = await run('replay', '--recipient', 'ambulance')
    expect([code, stdout]).toEqual([0, '1 delivery is due now.\n'])
    expect(await until(delivery, ({ outstanding }) => !outstanding)).toMatchObject({ parked: false, error: null })
    expect((await run('replay', '--all')).stdout).toBe('0 deliveries are due now.\n')
  })

  test('what is in step, or a withdrawal, cannot be parked', async () => {
    const { code, stderr } = await run('park', '--recipient', 'ambulance', '--person', patient, '--reason', 'No')
    expect(code).toBe(1)
    expect(stderr).toContain('no summary of this person is outstanding')
  })
})

test('keyplan sharing sweep makes the comparison due, with which is said', async () => {
  expect(await run('sweep')).toEqual({ code: 0, stdout: 'To be compared now: ambulance.\n', stderr: '' })
  expect((await run('sweep', '--recipient', 'ambulance')).code).toBe(0)
})

describe('what is not understood is refused', () => {
  test.each<[string[], number, string]>([
    [[], 2, 'keyplan sharing SUBCOMMAND --help'],
    [['fix'], 2, 'there is no subcommand "fix". There are status, replay, park, sweep'],
    [['status', '--all'], 2, "Unknown option '--all'. keyplan sharing status --help lists the options."],
    [['status', '--recipient', 'a', '--person', 'b'], 2, 'do not go together'],
    [['replay'], 2, 'say which'],
    [['replay', '--all', '--person', 'b'], 2, 'say which'],
    [['park', '--recipient', 'ambulance', '--person', 'b'], 2, '--reason is missing'],
    [['status', '--recipient', 'nobody'], 1, 'Endpoint/nobody is not a recipient'],
    [['status', '--person', 'nobody'], 1, 'no Patient/nobody'],
    [['sweep', '--recipient', 'nobody'], 1, 'Endpoint/nobody is not a recipient'],
  ])('%j', async (args, exit, reason) => {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout]).toEqual([exit, ''])
    expect(stderr).toContain(reason)
  })

  test.each(['status', 'replay', 'park', 'sweep'])('%s --help says what it does and exits 0', async (name) => {
    const { code, stdout, stderr } = await run(name, '--help')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^keyplan sharing ${name} `))
  })
})

test('a database that cannot be reached is named by its setting, without its password', async () => {
  const command = keyplan(['sharing', 'status'], { DATABASE_URL: 'postgres://me:secret-word@127.0.0.1:1/plans' })
  expect(await command.ended).toBe(1)
  expect(command.stderr()).toContain('DATABASE_URL')
  expect(command.stderr()).not.toContain('secret-word')
})

describe('beside a KeyPlan with the embedded PostgreSQL', () => {
  test('its database is found by the data folder while it runs, and said not to run otherwise', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyplan-test-sharing-'))
    const status = async () => {
      const command = keyplan(['sharing', 'status'], { KEYPLAN_DATA: folder })
      return { code: await command.ended, said: command.stdout() + command.stderr() }
    }
    try {
      expect(await status()).toMatchObject({ code: 1, said: expect.stringContaining('no KeyPlan runs on') })
      const serve = keyplan(['serve'], { PORT: '0', KEYPLAN_DATA: folder })
      await serve.until('KeyPlan is ready')
      expect(await status()).toEqual({ code: 0, said: 'There are no recipients. KEYPLAN_RECIPIENTS names them.\n' })
      serve.child.kill('SIGTERM')
      await serve.ended
      expect((await status()).code).toBe(1)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
