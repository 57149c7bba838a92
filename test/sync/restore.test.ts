import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { loadSigningKeys } from '../../src/auth/keys.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { edition as anotherEdition } from '../support/editions.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type RecordingProxy, recordingProxy } from '../support/recording-proxy.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/**
 * A backup is made; then one plan is withdrawn and another replaced, and both recipients hold that; then the backup is what there is. It is a copy by
 * `create database … template`: another database in the same cluster, as after pg_restore.
 */
let hospital: TestService
let ambulance: TestService
/** Before each of them, so that it is seen what is asked when. */
let toHospital: RecordingProxy
let toAmbulance: RecordingProxy
let list: Awaited<ReturnType<typeof recipientsFile>>
let folder: string
let original: TestDatabase
let backup: TestDatabase
let keyplan: TestService
let gp: FhirRequest
const [margaret, england, child] = ['margaret', 'england', 'child'].map(person) as [Person, Person, Person]
type Person = ReturnType<typeof person>
const ids = { withdrawn: '', replaced: '', untouched: '' }
let replacedPlan: string

const start = async (own: TestDatabase): Promise<void> => {
  keyplan = await startService({
    environment: { KEYPLAN_RECIPIENTS: list.file, KEYPLAN_SIGNING_KEYS: join(folder, 'signing-keys.json') },
    database: own,
  })
  gp = await keyplan.fhir('gp-practice')
}

const outstanding = async (): Promise<number> =>
  (await keyplan.database.query('select from delivery where outstanding')).length
const untilInStep = () => until(outstanding, (count) => count === 0)

const heldAt = async (recipient: TestService, patient: string): Promise<Bundle<FhirResource>> =>
  (await (await recipient.fhir('integrator'))<Bundle<FhirResource>>('GET', `/Bundle/${patient}`)).body

const edition = async (recipient: TestService, patient: string): Promise<{ epoch: number; state: string }> => {
  const bundle = await heldAt(recipient, patient)
  return {
    epoch: Number(bundle.identifier?.value?.split('/')[1]),
    state: bundle.meta?.tag?.map(({ code }) => code).find((code) => code === 'withdrawn') ?? 'current',
  }
}

const revoke = async (plan: string): Promise<void> => {
  const { status } = await gp('POST', `/CarePlan/${plan}/$revoke`, {
    resourceType: 'Parameters',
    parameter: [
      { name: 'reason', valueCode: 'withdrawn' },
      { name: 'text', valueString: 'The person changed their mind.' },
    ],
  })
  expect(status).toBe(200)
}

const standing = async (recipient: string) => {
  const { recipients } = await keyplan.services.records.verification.read()
  return recipients.find((each) => each.recipient === recipient)
}

const operator = {
  requestId: crypto.randomUUID(),
  caller: { kind: 'internal', task: 'operator' },
  purpose: 'administration',
  now: new Date(),
} as const

/** What was put at a recipient since, and what came before the first of it. */
const since = ({ asked }: RecordingProxy, from: number) => {
  const lines = asked.slice(from).filter((line) => line.includes('/fhir/Bundle'))
  return { lines, puts: lines.filter((line) => line.startsWith('PUT')) }
}

let before: { hospital: number; ambulance: number }

beforeAll(async () => {
  ;[hospital, ambulance] = await Promise.all([startService(), startService()])
  toHospital = await recordingProxy(hospital.baseUrl)
  toAmbulance = await recordingProxy(ambulance.baseUrl)
  list = await recipientsFile([
    { id: 'hospital', address: toHospital.base, tokenUrl: `${hospital.baseUrl}/auth/token`, role: 'hospital' },
    { id: 'ambulance', address: toAmbulance.base, tokenUrl: `${ambulance.baseUrl}/auth/token` },
  ])
  // One service, whichever database it runs on: recipients know it by its keys.
  folder = await mkdtemp(join(tmpdir(), 'keyplan-keys-'))
  await loadSigningKeys({ dataFolder: folder })
  original = await database()
  await start(original)
  const plans: Record<string, string> = {}
  for (const [name, each] of [
    ['withdrawn', margaret],
    ['replaced', england],
    ['untouched', child],
  ] as const) {
    ids[name] = await register(gp, each)
    plans[name] = (await submit(gp, ids[name], each.conversations[1])).id as string
  }
  await untilInStep()
  await keyplan.stop()
  backup = await original.copy()

  await start(original)
  await revoke(plans['withdrawn'] as string)
  replacedPlan = plans['replaced'] as string
  await submit(gp, ids.replaced, england.conversations[1], `CarePlan/${replacedPlan}`)
  await untilInStep()
  await keyplan.stop()

  toAmbulance.refuse(/Bundle/)
  before = { hospital: toHospital.asked.length, ambulance: toAmbulance.asked.length }
  await start(backup)
})

afterAll(async () => {
  await keyplan.stop()
  await Promise.all([toHospital.stop(), toAmbulance.stop()])
  await Promise.all([hospital.stop(), ambulance.stop()])
  await Promise.all([original.drop(), backup.drop()])
  await list.remove()
  await rm(folder, { recursive: true })
})

describe('after a restore (trust, section 4, point 11)', () => {
  test('a recipient is asked before anything is sent to it, and is then brought in step at the next epoch', async () => {
    await until(
      () => edition(hospital, ids.untouched),
      ({ epoch }) => epoch === 2,
    )
    const { lines, puts } = since(toHospital, before.hospital)
    expect(lines.indexOf('POST /fhir/Bundle/$held-summaries')).toBeGreaterThanOrEqual(0)
    expect(lines.indexOf('POST /fhir/Bundle/$held-summaries')).toBeLessThan(lines.indexOf(puts[0] as string))
    expect(await standing('hospital')).toMatchObject({ held: false, unverifiedSince: null })
    expect((await keyplan.services.records.verification.read()).epoch).toBe(2)
  })

  test('what a recipient knows and this database does not is left as it is, and named', async () => {
    expect(await edition(hospital, ids.withdrawn)).toEqual({ epoch: 1, state: 'withdrawn' })
    expect(await edition(hospital, ids.replaced)).toEqual({ epoch: 1, state: 'current' })
    expect(await standing('hospital')).toMatchObject({ ahead: 2, aheadWithdrawn: 1 })
    const status = JSON.stringify((await gp('GET', `/Patient/${ids.replaced}/$sharing-status`)).body)
    expect(status).toContain('It holds a later edition than this database knows, which is not overwritten')
    const puts = since(toHospital, before.hospital).puts
    expect(new Set(puts)).toEqual(new Set([`PUT /fhir/Bundle/${ids.untouched}`]))
  })

  test('a recipient that cannot be asked is sent nothing, and the others do not wait for it', async () => {
    await keyplan.services.verification.compare({ all: true })
    expect(await standing('ambulance')).toMatchObject({ held: true, unverifiedSince: expect.any(String) })
    expect(since(toAmbulance, before.ambulance).puts).toEqual([])
    expect(await edition(ambulance, ids.untouched)).toEqual({ epoch: 1, state: 'current' })
    toAmbulance.refuse()
    await keyplan.services.verification.compare({ all: true })
    await until(
      () => edition(ambulance, ids.untouched),
      ({ epoch }) => epoch === 2,
    )
    expect(await standing('ambulance')).toMatchObject({ held: false, ahead: 2, aheadWithdrawn: 1 })
    expect(new Set(since(toAmbulance, before.ambulance).puts)).toEqual(new Set([`PUT /fhir/Bundle/${ids.untouched}`]))
  })

  test('a withdrawal that is decided afterwards goes out all the same', async () => {
    await revoke(replacedPlan)
    for (const recipient of [hospital, ambulance])
      await until(
        () => edition(recipient, ids.replaced),
        ({ epoch, state }) => epoch === 2 && state === 'withdrawn',
      )
    await keyplan.services.verification.compare({ all: true })
    expect(await standing('hospital')).toMatchObject({ ahead: 1, aheadWithdrawn: 1 })
  })

  test('a withdrawal that was forgotten here is undone only by an operator who says so, for each recipient', async () => {
    const { verification } = keyplan.services.records
    expect(await verification.settle(operator, 'hospital', 'nobody')).toBe('not-ahead')
    // It cannot be sent to just now; what was decided still holds when it is compared before it is sent to.
    toHospital.refuse(/PUT/)
    expect(await verification.settle(operator, 'hospital', ids.withdrawn)).toBe('settled')
    expect(await verification.settle(operator, 'ambulance', ids.withdrawn)).toBe('settled')
    await keyplan.services.verification.compare({ all: true })
    expect(await standing('hospital')).toMatchObject({ ahead: 0 })
    expect(await edition(hospital, ids.withdrawn)).toEqual({ epoch: 1, state: 'withdrawn' })
    toHospital.refuse()
    for (const recipient of [hospital, ambulance])
      await until(
        () => edition(recipient, ids.withdrawn),
        ({ epoch, state }) => epoch === 2 && state === 'current',
      )
    await keyplan.services.verification.compare({ all: true })
    expect(await standing('hospital')).toMatchObject({ ahead: 0, bucketsDiffering: 0 })
  })

  test('a recipient that has heard a later heartbeat than is remembered proves that the database went back, once an hour', async () => {
    const { verification, records } = keyplan.services
    const forget = () =>
      keyplan.database.query(`update verification set heartbeat_number = 0 where recipient = 'hospital'`)
    await verification.beat({ all: true })
    await forget()
    await verification.beat({ all: true })
    expect(await records.verification.read()).toMatchObject({ epoch: 2 })
    expect(keyplan.logged.map(({ msg }) => msg)).toContainEqual(
      expect.stringContaining('Two copies of it may be running'),
    )

    await keyplan.database.query(`update installation set raised_at = now() - interval '2 hours'`)
    await forget()
    await verification.beat({ all: true })
    expect(await records.verification.read()).toMatchObject({
      epoch: 3,
      raised: { because: expect.stringContaining('recipient hospital has heard heartbeat') },
    })
    await until(
      () => edition(hospital, ids.untouched),
      ({ epoch }) => epoch === 3,
    )
    await until(
      async () => (await standing('hospital'))?.held,
      (held) => held === false,
    )
  })

  test('an operator may say that the database was restored', async () => {
    const epoch = await keyplan.services.records.verification.declareRestored(operator)
    expect(epoch).toBe(4)
    for (const recipient of [hospital, ambulance])
      await until(
        () => edition(recipient, ids.untouched),
        (held) => held.epoch === 4,
      )
  })

  test('one recipient that says "withdrawn, later" holds nothing back from the others, unless it is asked after a restore', async () => {
    const { records, verification } = keyplan.services
    const writeAnew = () => records.rederive(operator, [ids.untouched], { force: true })
    const identifierAt = async (recipient: TestService) =>
      (await heldAt(recipient, ids.untouched)).identifier?.value as string
    const status = async () => JSON.stringify((await gp('GET', `/Patient/${ids.untouched}/$sharing-status`)).body)
    const tombstone = await heldAt(hospital, ids.replaced)
    const { epoch } = await edition(hospital, ids.untouched)
    const stranger = await hospital.fhir('integrator')
    await stranger('PUT', `/Bundle/${ids.untouched}`, anotherEdition(tombstone, ids.untouched, epoch, 90))
    await verification.compare({ all: true })
    await until(
      () => standing('hospital'),
      (row) => row?.aheadWithdrawn === 1,
    )
    const stored = await identifierAt(ambulance)
    await writeAnew()
    await until(
      () => identifierAt(ambulance),
      (value) => value !== stored,
    )
    expect(await edition(hospital, ids.untouched)).toMatchObject({ state: 'withdrawn' })
    expect(await status()).toContain('It holds a later edition than this database knows')
    expect(await status()).not.toContain('sent to nobody')

    await records.verification.declareRestored(operator)
    await until(status, (text) => text.includes('hospital holds a withdrawal that this database does not know'))
    await until(
      async () => (await standing('ambulance'))?.held,
      (held) => held === false,
    )
    expect(await records.verification.settle(operator, 'hospital', ids.untouched)).toBe('settled')
    for (const recipient of [hospital, ambulance])
      await until(
        () => edition(recipient, ids.untouched),
        ({ epoch, state }) => epoch === 5 && state === 'current',
      )
  })
})
