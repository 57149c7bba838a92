import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Parameters } from 'fhir/r4.js'
import type { RequestContext } from '../../src/context.ts'
import { rederive } from '../../src/records/summaries/rederive.ts'
import { openStore } from '../../src/store/store.ts'
import { cprOf, emergencyView, outcomeOf, person, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
})

afterAll(() => service.stop())

const cx = (now = new Date()): RequestContext => ({
  requestId: crypto.randomUUID(),
  caller: { kind: 'internal', task: 'test' },
  purpose: 'administration',
  now,
})

/** Everything that is stored as derived for a person, and what recipients are to hold. */
const stored = async (patient: string) => {
  const [row] = await service.database.query(
    `select p.sequence::integer, p.sharing, p.in_force, s.sequence::integer as of_summary, s.updated, s.outcome, s.answer, s.state, s.summary, s.tombstone
     from person p join emergency_summary s on s.patient = p.id where p.id = $1`,
    [patient],
  )
  return row as Record<string, unknown> & { sequence: number; answer: string; summary: string; updated: string }
}

const audited = async (patient: string) =>
  service.database.query(
    `select client, interaction, outcome, entities from audit_event where patient = $1 and interaction = 'rederive'`,
    [patient],
  )

const named = (answer: string, name: string) =>
  (JSON.parse(answer) as Parameters).parameter?.find((parameter) => parameter.name === name)

const revocation: Parameters = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'reason', valueCode: 'withdrawn' },
    { name: 'text', valueString: 'The person changed their mind.' },
  ],
}

describe('what is derived from what is stored', () => {
  test('is, byte for byte, what the commit derived: after registration, plans, a replacement, a decision about sharing, a revocation', async () => {
    const { records } = service.services
    const unchanged = async (patient: string): Promise<void> => {
      const before = await stored(patient)
      expect(await records.rederive(cx(), [patient])).toEqual([])
      expect(await stored(patient)).toEqual(before)
    }
    for (const name of ['wales', 'child', 'objection']) {
      const someone = person(name)
      const patient = await register(gp, someone)
      await unchanged(patient)
      for (const conversation of someone.conversations) {
        const { status } = await gp('POST', '/CarePlan/$submit', submission(patient, conversation))
        if (status === 201) await unchanged(patient)
      }
      const { body } = await gp<Bundle<FhirResource>>('GET', `/CarePlan?patient=${patient}&status=active`)
      expect(body.entry?.length).toBeGreaterThan(0)
      for (const { resource } of body.entry ?? []) {
        expect((await gp('POST', `/CarePlan/${resource?.id}/$revoke`, revocation)).status).toBe(200)
        await unchanged(patient)
      }
      expect(await audited(patient)).toEqual([])
    }
  })

  test('takes the place of what was stored where that says something else, with one more sequence, one audit row and no new version', async () => {
    const england = person('england')
    const patient = await register(gp, england)
    const plan = await submit(
      gp,
      patient,
      england.conversations.find(({ questionnaire }) => questionnaire?.includes('respect')),
    )
    const before = await stored(patient)
    await service.database.query(
      `update emergency_summary set answer = replace(answer, 'CPR', 'cpr') where patient = $1`,
      [patient],
    )
    const now = new Date()
    expect(await service.services.records.rederive(cx(now), ['nobody', patient])).toEqual([patient])
    const after = await stored(patient)
    expect([after.sequence, after['of_summary']]).toEqual([before.sequence + 1, before.sequence + 1])
    expect(after.updated).toBe(now.toISOString())
    expect(after['in_force']).toEqual(before['in_force'])
    const worded = (answer: string): string =>
      JSON.stringify(
        (JSON.parse(answer) as Parameters).parameter?.filter(
          ({ name }) => !['asOf', 'sequence', 'verify'].includes(name),
        ),
      )
    expect(worded(after.answer)).toBe(worded(before.answer))
    expect(await audited(patient)).toEqual([
      { client: 'keyplan:test', interaction: 'rederive', outcome: 'permit', entities: [`Patient/${patient}`] },
    ])
    expect((await gp('GET', `/CarePlan/${plan.id}`)).body).toEqual(plan)
    expect(await service.services.records.rederive(cx(), [patient])).toEqual([])
  })

  test('is written in any case where that is asked for, in the new epoch of a restored database, and confirms nothing', async () => {
    const margaret = person('margaret')
    const patient = await register(gp, margaret)
    const before = await stored(patient)
    await service.database.query('update installation set epoch = epoch + 1')
    const restored = await openStore(service.database.url)
    try {
      expect(await rederive(restored, cx(), [patient])).toEqual([patient])
      expect(await rederive(restored, cx(), [patient])).toEqual([])
      expect(await rederive(restored, cx(), [patient], { force: true })).toEqual([patient])
    } finally {
      await restored.close()
      await service.database.query('update installation set epoch = epoch - 1')
    }
    const after = await stored(patient)
    expect(after.sequence).toBe(before.sequence + 2)
    expect(String(after['tombstone'])).toContain('"epoch","valueUnsignedInt":2')
    expect(named(after.answer, 'outcome')?.valueCode).toBe('no-plan')
    // The person was last written to before: looking at what is stored says nothing about what is missing from it.
    expect(named(after.answer, 'lastConfirmed')).toEqual(named(before.answer, 'lastConfirmed'))
    expect(named(after.answer, 'asOf')?.valueInstant).not.toBe(named(before.answer, 'asOf')?.valueInstant)
  })

  test('is never that of an earlier moment than what is there', async () => {
    const { records } = service.services
    const [{ id } = { id: '' }] = await service.database.query<{ id: string }>('select id from person limit 1')
    const before = await stored(id)
    const early = new Date(Date.parse(before.updated) - 3_600_000)
    expect(await records.rederive(cx(early), [id], { force: true })).toEqual([id])
    const after = await stored(id)
    expect(after.sequence).toBe(before.sequence + 1)
    expect(after.updated).toBe(before.updated)
  })
})

describe('beside the commits of clinicians', () => {
  test('the newer plan stays, whoever comes first, and each commit has a sequence of its own', async () => {
    const { records } = service.services
    const { patient: registered, conversations } = person('margaret')
    const { body } = await gp<Bundle<FhirResource>>(
      'GET',
      `/Patient?identifier=${registered.identifier?.[0]?.system}|${registered.identifier?.[0]?.value}`,
    )
    const patient = body.entry?.[0]?.resource?.id as string
    const first = await submit(gp, patient, conversations[1])
    const recommended = cprOf(await emergencyView(crew, { patient: registered }))
    const before = await stored(patient)

    const early = cx(new Date(Date.now() - 60_000))
    const replacement = submission(patient, conversations[2] as never, `CarePlan/${first.id}`)
    const replace = async (): Promise<number> => {
      for (;;) {
        const { status } = await gp('POST', '/CarePlan/$submit', replacement)
        // Overtaken too often, it says so and has stored nothing.
        if (status !== 409) return status
      }
    }
    const [status, ...written] = await Promise.all([
      replace(),
      ...Array.from({ length: 12 }, (_, index) =>
        records.rederive(index % 2 === 0 ? early : cx(), [patient], { force: true }).catch(() => []),
      ),
    ])
    expect(status).toBe(201)
    const succeeded = written.filter((ids) => ids.length > 0).length
    expect(succeeded).toBeGreaterThan(0)
    const after = await stored(patient)
    expect(after.sequence).toBe(before.sequence + succeeded + 1)
    const { body: active } = await gp<Bundle<FhirResource>>('GET', `/CarePlan?patient=${patient}&status=active`)
    const [plan] = (active.entry ?? []).flatMap(({ resource }) =>
      resource?.resourceType === 'CarePlan' && resource.replaces !== undefined ? [resource.id] : [],
    )
    expect(after['in_force']).toContain(`CarePlan/${plan}`)
    expect(after['in_force']).not.toContain(`CarePlan/${first.id}`)
    expect(cprOf(await emergencyView(crew, { patient: registered }))).not.toBe(recommended)
    expect(after['of_summary']).toBe(after.sequence)
    expect(await records.rederive(cx(), [patient])).toEqual([])
    expect(outcomeOf(await emergencyView(crew, { patient: registered }))).toBe('current-plan')
  })
})
