import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Composition, FhirResource, Parameters } from 'fhir/r4.js'
import { EXTENSION } from '../../src/plan/codes.ts'
import { type Fault, faultProxy } from '../support/faults.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

/** Two recipients that are real FHIR servers; one stands behind a proxy that can be made faulty. */
let steady: TestService
let flaky: TestService
let proxy: Awaited<ReturnType<typeof faultProxy>>
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
let gp: FhirRequest
let patient: string
const margaret = person('margaret')

beforeAll(async () => {
  ;[steady, flaky] = await Promise.all([startService(), startService()])
  proxy = await faultProxy(flaky.baseUrl)
  list = await recipientsFile([
    { id: 'flaky', address: proxy.base, tokenUrl: `${flaky.baseUrl}/auth/token` },
    { id: 'steady', address: `${steady.baseUrl}/fhir` },
  ])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  gp = await keyplan.fhir('gp-practice')
  patient = await register(gp, margaret)
})

afterEach(() => proxy.set('none'))

afterAll(async () => {
  await keyplan.stop()
  await proxy.stop()
  await Promise.all([steady.stop(), flaky.stop()])
  await list.remove()
})

type Status = {
  id: string
  inStep: boolean
  wanted: number
  confirmed: number | undefined
  lastError: string | undefined
}

const statuses = async (): Promise<Status[]> => {
  const { body } = await gp<Parameters>('GET', `/Patient/${patient}/$sharing-status`)
  return (body.parameter ?? [])
    .filter(({ name }) => name === 'recipient')
    .map(({ part = [] }) => {
      const named = (name: string) => part.find((one) => one.name === name)
      const sequence = (name: string) => named(name)?.part?.find((one) => one.name === 'sequence')?.valueUnsignedInt
      return {
        id: named('id')?.valueString ?? '',
        inStep: named('inStep')?.valueBoolean ?? false,
        wanted: sequence('wanted') ?? 0,
        confirmed: sequence('confirmed'),
        lastError: named('lastError')?.valueString,
      }
    })
}

const inStep = (all: Status[]): boolean => all.length === 2 && all.every((status) => status.inStep)

const held = async (recipient: TestService): Promise<Bundle<FhirResource>> => {
  const ask = await recipient.fhir('integrator')
  return (await ask<Bundle<FhirResource>>('GET', `/Bundle/${patient}`)).body
}

const sequenceOf = (bundle: Bundle): number => Number(bundle.identifier?.value?.split('/').at(-1))

/** The same summary as another edition. */
const edition = (bundle: Bundle<FhirResource>, epoch: number, sequence: number): Bundle<FhirResource> => {
  const other = structuredClone(bundle)
  const composition = other.entry?.[0]?.resource as Composition
  const order = composition.extension?.find(({ url }) => url === EXTENSION.summaryOrder)
  for (const part of order?.extension ?? []) part.valueUnsignedInt = part.url === 'epoch' ? epoch : sequence
  return { ...other, identifier: { ...other.identifier, value: `${patient}/${epoch}/${sequence}` } }
}

/** Submits the next conversation in place of the active plan of its kind; the fault acts while it is shared. */
const change = async (conversation: number, replaces: string | undefined): Promise<string> =>
  `CarePlan/${(await submit(gp, patient, margaret.conversations[conversation], replaces)).id}`

describe('the dispatcher', () => {
  let plan: string

  test('delivers a first summary to every recipient, and only what the recipient names is confirmed', async () => {
    plan = await change(1, undefined)
    const [flakyStatus] = await until(statuses, inStep)
    for (const recipient of [steady, flaky]) {
      const bundle = await held(recipient)
      expect(bundle.type).toBe('document')
      expect(sequenceOf(bundle)).toBe(flakyStatus?.wanted)
      expect(bundle.entry?.[0]?.resource?.resourceType).toBe('Composition')
    }
  })

  test.each<[Fault, RegExp]>([
    ['500', /HTTP 500/],
    ['garbage', /not JSON/],
    ['other-json', /does not name/],
    ['lose-answer', /connection failed/],
    ['endless', /too long/],
  ])(
    'a recipient that answers %s is tried again, is named as behind meanwhile, and does not hold up the others',
    async (fault, reason) => {
      proxy.set(fault)
      plan = await change(2, plan)
      const behind = await until(
        statuses,
        (all) =>
          all.some(({ id, lastError }) => id === 'flaky' && lastError !== undefined) &&
          all.some(({ id, inStep }) => id === 'steady' && inStep),
      )
      expect(behind.find(({ id }) => id === 'flaky')).toMatchObject({
        inStep: false,
        lastError: expect.stringMatching(reason),
      })
      proxy.set('none')
      const [after] = await until(statuses, inStep)
      expect(sequenceOf(await held(flaky))).toBe(after?.wanted)
    },
  )

  test('a version that FHIR does not know is taken for none, and nothing of it is kept or sent back', async () => {
    proxy.set('long-version')
    plan = await change(1, plan)
    await until(statuses, inStep)
    proxy.set('none')
    plan = await change(2, plan)
    const [after] = await until(statuses, inStep)
    expect(sequenceOf(await held(flaky))).toBe(after?.wanted)
  })

  test('a recipient that hangs is given up after its time and caught up later, with the newest state alone', async () => {
    proxy.set('hang')
    plan = await change(1, plan)
    plan = await change(2, plan)
    await until(statuses, (all) => all.some(({ id, lastError }) => id === 'flaky' && /No answer/.test(lastError ?? '')))
    const before = sequenceOf(await held(flaky))
    proxy.set('none')
    const [after] = await until(statuses, inStep)
    expect(sequenceOf(await held(flaky))).toBe(after?.wanted)
    expect(after?.wanted).toBe(before + 2)
    const versions = await (await flaky.fhir('integrator'))<Bundle<Bundle>>('GET', `/Bundle/${patient}/_history`)
    const sequences = (versions.body.entry ?? []).map(({ resource }) => sequenceOf(resource as Bundle))
    expect(sequences).toEqual(sequences.toSorted((a, b) => b - a))
    expect(sequences).not.toContain(before + 1)
  })

  test('a recipient that holds another version than we thought is asked, and brought to the newest state', async () => {
    const stranger = await flaky.fhir('integrator')
    const bundle = await held(flaky)
    await stranger('PUT', `/Bundle/${patient}`, edition(bundle, 1, 1))
    plan = await change(1, plan)
    const [after] = await until(statuses, inStep)
    expect(sequenceOf(await held(flaky))).toBe(after?.wanted)
  })

  test('a recipient that holds a newer summary than we know is never overwritten', async () => {
    const stranger = await flaky.fhir('integrator')
    const bundle = await held(flaky)
    await stranger('PUT', `/Bundle/${patient}`, edition(bundle, 2, 1))
    plan = await change(2, plan)
    await until(statuses, (all) => all.some(({ id, lastError }) => id === 'flaky' && /newer/.test(lastError ?? '')))
    expect((await held(flaky)).identifier?.value).toBe(`${patient}/2/1`)
    // Put right by hand, as an operator would, it comes into step.
    await stranger('PUT', `/Bundle/${patient}`, bundle)
    await until(statuses, inStep)
  })

  test('a revoked plan leaves a tombstone without clinical content at every recipient', async () => {
    const { status } = await gp('POST', `/${plan}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'The person changed their mind.' },
      ],
    })
    expect(status).toBe(200)
    await until(statuses, inStep)
    for (const recipient of [steady, flaky]) {
      const bundle = await held(recipient)
      expect(bundle.meta?.tag?.map(({ code }) => code)).toContain('withdrawn')
      expect(bundle.entry?.map(({ resource }) => resource?.resourceType)).toEqual(['Composition'])
      expect(JSON.stringify(bundle)).not.toMatch(/resuscitation|ventilation|heart failure/i)
    }
  })
})
