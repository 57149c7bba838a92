import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { edition } from '../support/editions.ts'
import { person, register, submit } from '../support/people.ts'
import { recipientsFile } from '../support/recipients.ts'
import { type RecordingProxy, recordingProxy } from '../support/recording-proxy.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { until } from '../support/until.ts'

/** A sender and a recipient, both real; the recipient's store is changed behind the sender's back. */
let hospital: TestService
let proxy: RecordingProxy
let list: Awaited<ReturnType<typeof recipientsFile>>
let keyplan: TestService
let gp: FhirRequest
let stranger: FhirRequest
const patients: string[] = []
const numbers = createNumbers()
const people = ['margaret', 'england', 'child', 'wales'].map(person)

beforeAll(async () => {
  hospital = await startService()
  proxy = await recordingProxy(hospital.baseUrl)
  const tokenUrl = `${hospital.baseUrl}/auth/token`
  list = await recipientsFile([{ id: 'hospital', address: proxy.base, tokenUrl, role: 'hospital' }])
  keyplan = await startService({ environment: { KEYPLAN_RECIPIENTS: list.file } })
  gp = await keyplan.fhir('gp-practice')
  stranger = await hospital.fhir('integrator')
  for (const each of people.slice(0, 3)) {
    const patient = await register(gp, each)
    await submit(gp, patient, each.conversations[1])
    patients.push(patient)
  }
  await untilInStep()
})

afterAll(async () => {
  await keyplan.stop()
  await proxy.stop()
  await hospital.stop()
  await list.remove()
})

const outstanding = async (): Promise<number> => {
  const [row] = await keyplan.database.query<{ count: number }>(
    'select count(*)::integer as count from delivery where outstanding',
  )
  return row?.count ?? 0
}
const untilInStep = () => until(outstanding, (count) => count === 0)

const held = async (patient: string): Promise<Bundle<FhirResource> | undefined> => {
  const { status, body } = await stranger<Bundle<FhirResource>>('GET', `/Bundle/${patient}`)
  return status === 200 ? body : undefined
}

const editionOf = (bundle: Bundle | undefined): string | undefined => bundle?.identifier?.value
const stateOf = (bundle: Bundle | undefined): string | undefined =>
  bundle?.meta?.tag?.find(({ code }) => code === 'current' || code === 'withdrawn')?.code

const compare = async () => {
  await keyplan.services.verification.compare({ all: true })
  const { recipients } = await keyplan.services.records.verification.read()
  expect(recipients[0]?.comparisonError).toBeNull()
  return recipients[0]
}

const operator = {
  requestId: crypto.randomUUID(),
  caller: { kind: 'internal', task: 'operator' },
  purpose: 'administration',
  now: new Date(),
} as const

/** How often the recipient was asked what it holds in certain buckets. */
const bucketFetches = async (): Promise<number> => {
  const [row] = await hospital.database.query<{ count: number }>(
    `select count(*)::integer as count from audit_event where interaction = '$held-summaries'`,
  )
  return row?.count ?? 0
}

describe('comparing what a recipient holds with what it has confirmed (trust, section 4, point 10)', () => {
  test('where they agree nothing is fetched, and everything is verified', async () => {
    const before = await bucketFetches()
    expect(await compare()).toMatchObject({
      comparedBy: 'digest',
      bucketsDiffering: 0,
      missing: 0,
      older: 0,
      unexpected: 0,
      unverifiedSince: null,
      held: false,
      ahead: 0,
    })
    expect(await bucketFetches()).toBe(before)
  })

  test('a summary that was deleted there is put back, and only its bucket is fetched', async () => {
    const [patient = ''] = patients
    const before = editionOf(await held(patient))
    await stranger('DELETE', `/Bundle/${patient}`)
    const fetches = await bucketFetches()
    expect(await compare()).toMatchObject({ bucketsDiffering: 1, missing: 1, older: 0, unexpected: 0 })
    expect(await bucketFetches()).toBe(fetches + 1)
    await untilInStep()
    expect(editionOf(await held(patient))).toBe(before)
    expect(await compare()).toMatchObject({ bucketsDiffering: 0, missing: 0 })
  })

  test('an older summary that was put back there is replaced by the newest', async () => {
    const [, patient = ''] = patients
    const bundle = (await held(patient)) as Bundle<FhirResource>
    await stranger('PUT', `/Bundle/${patient}`, edition(bundle, patient, 1, 1))
    expect(editionOf(await held(patient))).toBe(`${patient}/1/1`)
    expect(await compare()).toMatchObject({ bucketsDiffering: 1, missing: 0, older: 1, unexpected: 0 })
    await untilInStep()
    expect(editionOf(await held(patient))).toBe(editionOf(bundle))
  })

  test('a summary that should not be there is withdrawn', async () => {
    const fourth = await register(gp, people[3] as (typeof people)[number])
    const bundle = (await held(patients[0] as string)) as Bundle<FhirResource>
    expect((await stranger('PUT', `/Bundle/${fourth}`, edition(bundle, fourth, 1, 1))).status).toBe(201)
    expect(await compare()).toMatchObject({ bucketsDiffering: 1, unexpected: 1, ahead: 0 })
    await untilInStep()
    expect(stateOf(await held(fourth))).toBe('withdrawn')
    expect(await compare()).toMatchObject({ bucketsDiffering: 0, unexpected: 0 })
  })

  test('a later summary than this database knows is left as it is, and noted until it is put right', async () => {
    const [patient = ''] = patients
    const bundle = (await held(patient)) as Bundle<FhirResource>
    await stranger('PUT', `/Bundle/${patient}`, edition(bundle, patient, 1, 90))
    expect(await compare()).toMatchObject({ missing: 0, older: 0, unexpected: 0, ahead: 1 })
    const [found] = await keyplan.services.records.verification.ahead(operator, 10)
    expect(found).toMatchObject({ recipient: 'hospital', patient, epoch: 1, sequence: 90, state: 'current' })
    expect(editionOf(await held(patient))).toBe(`${patient}/1/90`)
    await stranger('PUT', `/Bundle/${patient}`, bundle)
    expect(await compare()).toMatchObject({ ahead: 0 })
  })

  test('a summary of somebody who is not known here is left as it is, and noted', async () => {
    const bundle = (await held(patients[0] as string)) as Bundle<FhirResource>
    await stranger('PUT', '/Bundle/unknown', edition(bundle, 'unknown', 1, 1))
    expect(await compare()).toMatchObject({ unexpected: 0, ahead: 1 })
    await stranger('DELETE', '/Bundle/unknown')
    expect(await compare()).toMatchObject({ ahead: 0 })
  })
})

describe('a recipient that offers no digests', () => {
  afterEach(() => proxy.refuse())

  test('is read back by plain FHIR search, and repaired', async () => {
    const [first = '', second = ''] = patients
    proxy.refuse(/\$/, 404)
    expect(await compare()).toMatchObject({ comparedBy: 'search', missing: 0, older: 0, unverifiedSince: null })
    const bundle = (await held(second)) as Bundle<FhirResource>
    await stranger('DELETE', `/Bundle/${first}`)
    await stranger('PUT', `/Bundle/${second}`, edition(bundle, second, 1, 1))
    expect(await compare()).toMatchObject({ comparedBy: 'search', missing: 1, older: 1, unverifiedSince: null })
    await untilInStep()
    expect(await held(first)).toBeDefined()
    expect(editionOf(await held(second))).toBe(editionOf(bundle))
  })

  test('nor a search is named as unverified, since when and why, until it can be verified again', async () => {
    proxy.refuse(/\$|GET \/fhir\/Bundle$/, 405)
    const { unverifiedSince, unverifiedBecause } = (await compare()) ?? {}
    expect(unverifiedBecause).toMatch(/neither/)
    expect(await compare()).toMatchObject({ unverifiedSince })
    await keyplan.services.verification.beat({ all: true })
    const { recipients } = await keyplan.services.records.verification.read()
    expect(recipients[0]?.heartbeatError).toBe('It takes no heartbeats.')
    proxy.refuse()
    expect(await compare()).toMatchObject({ unverifiedSince: null, unverifiedBecause: null })
  })

  test('and does not answer is unverified since it was last compared', async () => {
    const { comparedAt } = (await compare()) ?? {}
    proxy.refuse(/Bundle/, 503)
    await keyplan.services.verification.compare({ all: true })
    const { recipients } = await keyplan.services.records.verification.read()
    expect(recipients[0]).toMatchObject({ comparisonError: 'HTTP 503.', unverifiedSince: comparedAt })
  })
})

describe('the epoch', () => {
  test('of what is stored is always the one in force: what was rendered before it rose is rendered anew', async () => {
    const [{ raised } = {}] = await keyplan.database.query<{ raised: number }>(
      `select raise_epoch('test', 0, false) as raised`,
    )
    expect(raised).toBe(2)
    const patient = await register(gp, person('objection'))
    const [row] = await keyplan.database.query<{ epoch: number }>(
      'select epoch from emergency_summary where patient = $1',
      [patient],
    )
    expect(row?.epoch).toBe(2)
  })
})

describe('letting this database prevail over what a recipient holds', () => {
  const settle = (patient: string) => keyplan.services.records.verification.settle(operator, 'hospital', patient)
  /** What the hospital holds of somebody from now on, as if it had been sent there by a life of this database that was lost. */
  const put = async (patient: string, epoch: number): Promise<void> => {
    const bundle = (await held(patients[2] as string)) as Bundle<FhirResource>
    expect((await stranger('PUT', `/Bundle/${patient}`, edition(bundle, patient, epoch, 90))).status).toBe(201)
  }

  test('withdraws there what this database has no plan for, although nothing was ever sent', async () => {
    await untilInStep()
    const { patient, ...rest } = person('wales')
    const somebody = await register(gp, {
      ...rest,
      patient: { ...patient, identifier: numbers(patient) ?? [] },
    })
    await put(somebody, 2)
    expect(await compare()).toMatchObject({ ahead: 1 })
    // Not because it is compared once more.
    proxy.refuse(/\$held-summaries/)
    expect(await settle(somebody)).toBe('settled')
    await until(
      async () => stateOf(await held(somebody)),
      (state) => state === 'withdrawn',
    )
    proxy.refuse()
    await untilInStep()
    expect(await compare()).toMatchObject({ ahead: 0 })
  })

  test('raises the epoch only where what the recipient holds has not passed, whatever this process saw last', async () => {
    await untilInStep()
    proxy.refuse(/\$held-summaries/)
    const [patient = ''] = patients
    const [{ epoch } = { epoch: 0 }] = await keyplan.database.query<{ epoch: number }>('select epoch from installation')
    // Raised by another process a moment ago.
    await keyplan.database.query(`select raise_epoch('test', 0, false)`)
    await keyplan.database.query(
      `insert into ahead (recipient, patient, epoch, sequence, state, known_sequence) values ('hospital', $1, $2, 90, 'current', 1)`,
      [patient, epoch],
    )
    expect(await settle(patient)).toBe('settled')
    expect(await keyplan.database.query('select epoch from installation')).toEqual([{ epoch: epoch + 1 }])
    proxy.refuse()
    await untilInStep()
  })

  test('is refused where the person is not known here, and stays listed: there is nothing to send', async () => {
    await put('unknown', 1)
    expect(await compare()).toMatchObject({ ahead: 1 })
    expect(await settle('unknown')).toBe('not-ours')
    expect((await keyplan.services.records.verification.read()).recipients[0]).toMatchObject({ ahead: 1 })
    await stranger('DELETE', '/Bundle/unknown')
    expect(await compare()).toMatchObject({ ahead: 0 })
    expect(await settle('unknown')).toBe('not-ahead')
  })
})

describe('an epoch that a recipient says it holds, and that this database does not remember', () => {
  const epochInForce = async (): Promise<number> => {
    const [row] = await keyplan.database.query<{ epoch: number }>('select epoch from installation')
    return row?.epoch as number
  }
  /** Asks the hospital once more, which says that it holds the epoch in force. */
  const claim = async (): Promise<void> => {
    const bundle = (await held(patients[0] as string)) as Bundle<FhirResource>
    await stranger('PUT', '/Bundle/unknown', edition(bundle, 'unknown', await epochInForce(), 1))
    await keyplan.database.query('update recipient set asked_epoch = 1')
    await keyplan.services.verification.compare({ all: true })
  }
  const standing = async () => (await keyplan.services.records.verification.read()).recipients[0]

  test('raises ours once for each restore, for nobody has signed it; then the recipient is left unasked', async () => {
    for (const _restore of [1, 2]) {
      const restored = await keyplan.services.records.verification.declareRestored(operator)
      await claim()
      expect(await until(epochInForce, (epoch) => epoch > restored)).toBe(restored + 1)
      await claim()
      await until(standing, (row) => row?.unverifiedBecause?.includes('never sent') === true)
      await claim()
      expect(await epochInForce()).toBe(restored + 1)
      expect(await standing()).toMatchObject({ held: true, unverifiedSince: expect.any(String) })
    }
    await stranger('DELETE', '/Bundle/unknown')
    await keyplan.services.verification.compare({ all: true })
    await until(standing, (row) => row?.held === false)
    expect(await compare()).toMatchObject({ ahead: 0 })
  })
})

test('a person who cannot be rendered at a new epoch holds up nobody, is named in no log line, and follows once that is mended', async () => {
  const [broken = '', ...others] = patients
  const replaceInBody = (from: string, to: string) =>
    keyplan.database.query(`update resource set body = replace(body, $2, $3) where type = 'Patient' and id = $1`, [
      broken,
      from,
      to,
    ])
  const epochs = async () =>
    Object.fromEntries(
      (
        await keyplan.database.query<{ patient: string; epoch: number }>('select patient, epoch from emergency_summary')
      ).map(({ patient, epoch }) => [patient, epoch]),
    )
  const warnings = () => keyplan.logged.filter(({ msg }) => String(msg).includes('could not be rendered'))
  await replaceInBody('"GB-SCT"', '"GB-XXX"')
  const [{ raised } = { raised: 0 }] = await keyplan.database.query<{ raised: number }>(
    `select raise_epoch('test', 0, false) as raised`,
  )
  await until(epochs, (found) => others.every((patient) => found[patient] === raised))
  expect((await epochs())[broken]).toBeLessThan(raised)
  await until(warnings, (found) => found.length > 0)
  expect(JSON.stringify(warnings())).not.toContain(broken)
  await replaceInBody('"GB-XXX"', '"GB-SCT"')
  await until(epochs, (found) => found[broken] === raised)
})
