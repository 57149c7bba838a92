import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { keyplan } from '../support/command.ts'
import { edition } from '../support/editions.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let recipient: TestService
let list: Awaited<ReturnType<typeof recipientsFile>>
let service: TestService
let patient: string

beforeAll(async () => {
  recipient = await startService()
  list = await recipientsFile([{ id: 'ambulance', address: `${recipient.baseUrl}/fhir` }])
  service = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  const gp = await service.fhir('gp-practice')
  const margaret = person('margaret')
  patient = await register(gp, margaret)
  await submit(gp, patient, margaret.conversations[1])
  await until(
    () => service.database.query('select from delivery where outstanding'),
    (rows) => rows.length === 0,
  )
})

afterAll(async () => {
  await service.stop()
  await recipient.stop()
  await list.remove()
})

/** `keyplan sharing …` as a process of its own, on the database of this service. */
const run = async (of: TestService, ...args: string[]) => {
  const command = keyplan(['sharing', ...args], { DATABASE_URL: of.database.url })
  return { code: await command.ended, stdout: command.stdout(), stderr: command.stderr() }
}

const held = async (): Promise<Bundle<FhirResource>> =>
  (await (await recipient.fhir('integrator'))<Bundle<FhirResource>>('GET', `/Bundle/${patient}`)).body

describe('what an operator does after a restore', () => {
  test('restored raises the epoch; the running service asks, and brings recipients in step', async () => {
    const { code, stdout } = await run(service, 'restored')
    expect([code, stdout]).toEqual([0, expect.stringContaining('The epoch is 2.')])
    await until(held, ({ identifier }) => identifier?.value?.startsWith(`${patient}/2/`) === true)
    const again = await run(service, 'restored', '--release', 'ambulance')
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('no recipient "ambulance" waits')])
  })

  test('ahead lists what a recipient knows more, and settles it where it is told to', async () => {
    expect((await run(service, 'ahead')).stdout).toBe('No recipient knows more than this database.\n')
    const stranger = await recipient.fhir('integrator')
    expect((await stranger('PUT', `/Bundle/${patient}`, edition(await held(), patient, 7, 1))).status).toBe(200)
    await service.services.verification.compare({ all: true })
    expect((await run(service, 'ahead')).stdout).toMatch(new RegExp(`^ambulance +${patient} +current +7/1 +\\d+ `, 'm'))
    const refused = await run(service, 'ahead', '--recipient', 'ambulance')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('go with --settle')])
    const settled = await run(service, 'ahead', '--settle', '--recipient', 'ambulance', '--person', patient)
    expect([settled.code, settled.stdout]).toEqual([0, expect.stringContaining('Settled')])
    await until(held, ({ identifier }) => identifier?.value?.startsWith(`${patient}/8/`) === true)
    const again = await run(service, 'ahead', '--settle', '--recipient', 'ambulance', '--person', patient)
    expect(again.code).toBe(1)
  })

  test('forget makes a recipient take the next heartbeat of a sender that lost its keys', async () => {
    await service.services.verification.beat({ all: true })
    await recipient.database.query(`update received_heartbeat set keys = '{}'`)
    await service.services.verification.beat({ all: true })
    const error = async () => (await service.services.records.verification.read()).recipients[0]?.heartbeatError
    expect(await error()).toBe('HTTP 403.')
    expect((await run(recipient, 'forget', '--sender', 'nobody')).code).toBe(1)
    expect((await run(recipient, 'forget', '--sender', 'keyplan')).code).toBe(0)
    await service.services.verification.beat({ all: true })
    expect(await error()).toBeNull()
  })
})
