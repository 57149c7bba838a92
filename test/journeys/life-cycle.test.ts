import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type {
  Bundle,
  CarePlan,
  FhirResource,
  Observation,
  OperationOutcome,
  Parameters,
  Patient,
  Provenance,
  Task,
} from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { planTaskId } from '../../src/plan/task.ts'
import { emergencyView, person as fixture, outcomeOf, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { createNumbers } from '../support/submissions/numbers.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
})

afterAll(() => service.stop())

const numbers = createNumbers()
type Person = ReturnType<typeof fixture>

/** A synthetic person with a number of their own, so that one may be met in several tests. */
const person = (name: string): Person => {
  const { patient, conversations } = fixture(name)
  return { patient: { ...patient, identifier: numbers(patient) as NonNullable<Patient['identifier']> }, conversations }
}

type Part = NonNullable<Parameters['parameter']>[number]

const GMC = 'https://fhir.hl7.org.uk/Id/gmc-number'
const clinician = (number = '7654321', more: readonly Part[] = []): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'who',
      valueReference: { identifier: { system: GMC, value: number }, display: 'Dr Robin Example' },
    },
    { name: 'role', valueString: 'Consultant in palliative medicine' },
    ...more,
  ],
})

/** The same on a day that fits the dates of the conversation, whenever the test is run. */
const on = (when: string, number?: string): Parameters => clinician(number, [{ name: 'when', valueInstant: when }])

/** A conversation as a draft without its signatures; `change` is made to its CarePlan. */
const draft = async (
  name: string,
  index: number,
  change: (plan: CarePlan) => CarePlan = (plan) => plan,
): Promise<{ someone: Person; patient: string; plan: CarePlan }> => {
  const someone = person(name)
  const patient = await register(gp, someone)
  const form = submission(patient, someone.conversations[index] as never).parameter?.[0]?.resource
  const { body: extracted } = await gp<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', form)
  const kept = (extracted.entry ?? []).flatMap((entry) => {
    if (entry.resource?.resourceType === 'Provenance') return []
    return entry.resource?.resourceType === 'CarePlan' ? [{ ...entry, resource: change(entry.resource) }] : [entry]
  })
  const { status, body, text } = await gp<Bundle<FhirResource>>('POST', '/CarePlan/$submit', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'resource', resource: { ...extracted, entry: kept } },
      { name: 'activate', valueBoolean: false },
    ],
  })
  if (status !== 201) throw new Error(`The draft was not stored: ${status} ${text}`)
  const plan = body.entry?.map(({ resource }) => resource).find((one) => one?.resourceType === 'CarePlan')
  return { someone, patient, plan: plan as CarePlan }
}

const active = async (name: string, index: number): Promise<{ patient: string; plan: CarePlan }> => {
  const someone = person(name)
  const patient = await register(gp, someone)
  return { patient, plan: await submit(gp, patient, someone.conversations[index]) }
}

const version = (plan: CarePlan): Record<string, string> => ({ 'If-Match': `W/"${plan.meta?.versionId}"` })

const read = async <Body>(path: string): Promise<Body> => (await gp<Body>('GET', path)).body

const provenancesOf = async (plan: CarePlan): Promise<Provenance[]> =>
  ((await read<Bundle<Provenance>>(`/Provenance?target=CarePlan/${plan.id}`)).entry ?? []).flatMap(
    ({ resource }) => resource ?? [],
  )

const actOf = ({ activity }: Provenance): string | undefined =>
  activity?.coding?.find(({ system }) => system === SYSTEM.planAct)?.code

const counted = (statuses: readonly number[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const times = <Result>(count: number, act: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))

/** The plan as text without what a confirmation of review may change: `meta` and the review date. */
const saidBy = ({ meta: _meta, extension, ...plan }: CarePlan): string =>
  JSON.stringify({ ...plan, extension: extension?.filter(({ url }) => url !== EXTENSION.reviewDate) })

describe('CarePlan/[id]/$sign', () => {
  test('a draft that lacks only the signature comes into force with it, in one commit (RSP-10)', async () => {
    const { someone, plan } = await draft('england', 1)
    expect(plan.status).toBe('draft')
    expect(outcomeOf(await emergencyView(crew, someone))).toBe('no-plan')
    const answer = await gp<Provenance>('POST', `/CarePlan/${plan.id}/$sign`, on('2026-04-24T09:00:00Z'), version(plan))
    expect(answer.text.slice(0, answer.status === 200 ? 0 : 2_000)).toBe('')
    const { body } = answer
    expect(actOf(body)).toBe('sign')
    expect(body.target).toEqual([{ reference: `CarePlan/${plan.id}/_history/1` }])
    expect(body.agent[0]).toMatchObject({
      role: [{ text: 'Consultant in palliative medicine' }],
      who: { identifier: { system: GMC, value: '7654321' }, display: 'Dr Robin Example' },
      onBehalfOf: { identifier: { value: 'ZZ901' } },
    })
    const now = await read<CarePlan>(`/CarePlan/${plan.id}`)
    expect([now.status, now.meta?.versionId]).toEqual(['active', '2'])
    expect(outcomeOf(await emergencyView(crew, someone))).toBe('current-plan')
  })

  test('an incomplete draft is refused with everything that it lacks, and stays a draft', async () => {
    const without = [EXTENSION.overallFocus, EXTENSION.involvement] as string[]
    const { plan } = await draft('margaret', 1, (whole) => ({
      ...whole,
      extension: whole.extension?.filter(({ url }) => !without.includes(url)) ?? [],
    }))
    const { status, body } = await gp<OperationOutcome>(
      'POST',
      `/CarePlan/${plan.id}/$sign`,
      clinician(),
      version(plan),
    )
    expect(status).toBe(422)
    expect(issueKeys(body)).toEqual(expect.arrayContaining(['RSP-2', 'RSP-5']))
    const { body: complete } = await gp<Parameters>('GET', `/CarePlan/${plan.id}/$completeness`)
    const blocking = complete.parameter?.filter(({ name }) => name === 'blocking') ?? []
    expect(blocking.map(({ part }) => part?.[0]?.valueCode)).toEqual(
      expect.arrayContaining(['RSP-2', 'RSP-5', 'RSP-10']),
    )
    expect((await read<CarePlan>(`/CarePlan/${plan.id}`)).status).toBe('draft')
    expect((await provenancesOf(plan)).map(actOf)).toEqual(['draft'])
  })

  test('the draft of a plan that replaces another ends that one in the same commit, and says so', async () => {
    const { patient, plan: first } = await active('child', 0)
    const form = submission(patient, person('child').conversations[0] as never, `CarePlan/${first.id}`)
    const { body, status } = await gp<Bundle<FhirResource>>('POST', '/CarePlan/$submit', {
      ...form,
      parameter: [...(form.parameter ?? []), { name: 'activate', valueBoolean: false }],
    })
    expect(status).toBe(201)
    const next = body.entry?.map(({ resource }) => resource).find((one) => one?.resourceType === 'CarePlan') as CarePlan
    expect((await read<CarePlan>(`/CarePlan/${first.id}`)).status).toBe('active')
    const signed = await gp('POST', `/CarePlan/${next.id}/$sign`, on('2026-06-11T09:00:00Z'), version(next))
    expect(signed.text.slice(0, signed.status === 200 ? 0 : 2_000)).toBe('')
    expect((await read<CarePlan>(`/CarePlan/${first.id}`)).status).toBe('revoked')
    expect((await provenancesOf(first)).map(actOf)).toEqual(expect.arrayContaining(['submit', 'supersede']))
    const { body: timeline } = await gp<Parameters>('GET', `/CarePlan/${first.id}/$timeline`)
    const acts = timeline.parameter?.map(({ part }) => [
      part?.find(({ name }) => name === 'act')?.valueCode,
      part?.find(({ name }) => name === 'planVersion')?.valuePositiveInt,
    ])
    expect(acts).toEqual(
      expect.arrayContaining([
        ['submit', 1],
        ['supersede', 1],
        ['draft', 2],
        ['sign', 2],
      ]),
    )
  })

  test('a plan in force is endorsed by the senior responsible clinician alone, and does not change', async () => {
    const { plan } = await active('wales', 1)
    const before = await gp('GET', `/CarePlan/${plan.id}`)
    const refused = await gp('POST', `/CarePlan/${plan.id}/$sign`, clinician(), version(plan))
    expect([refused.status, issueKeys(refused.body)]).toEqual([409, ['plan-not-draft']])
    const senior = clinician('7000001', [{ name: 'seniorResponsible', valueBoolean: true }])
    const endorsed = await gp<Provenance>('POST', `/CarePlan/${plan.id}/$sign`, senior, version(plan))
    expect(endorsed.status).toBe(200)
    expect(actOf(endorsed.body)).toBe('endorse')
    expect((await gp('GET', `/CarePlan/${plan.id}`)).text).toBe(before.text)
    const ahead = clinician('7000002', [
      { name: 'seniorResponsible', valueBoolean: true },
      { name: 'when', valueInstant: '2999-01-01T00:00:00Z' },
    ])
    const early = await gp('POST', `/CarePlan/${plan.id}/$sign`, ahead, version(plan))
    expect([early.status, issueKeys(early.body)]).toEqual([422, ['INV-9']])
    const again = await gp('POST', `/CarePlan/${plan.id}/$sign`, senior, version(plan))
    expect([again.status, issueKeys(again.body)]).toEqual([409, ['already-signed']])
    const summary = await gp('GET', `/${plan.subject.reference}/$key-information-summary`)
    expect(summary.text).toContain('7000001')
  })

  const tasksOf = async (patient: string): Promise<string[]> =>
    ((await read<Bundle<Task>>(`/Task?patient=${patient}`)).entry ?? [])
      .flatMap(({ resource }) =>
        resource?.resourceType === 'Task' ? [`${resource.code?.coding?.[0]?.code} ${resource.status}`] : [],
      )
      .toSorted()

  test('a plan that another clinician signed asks for the endorsement until it is endorsed (RSP-10)', async () => {
    const { patient, plan } = await draft('margaret', 1)
    expect(await tasksOf(patient)).toEqual([])
    const signed = await gp('POST', `/CarePlan/${plan.id}/$sign`, on('2026-03-20T09:00:00Z'), version(plan))
    expect([signed.status, await tasksOf(patient)]).toEqual([200, ['endorsement-due requested']])
    const inForce = await read<CarePlan>(`/CarePlan/${plan.id}`)
    const senior = clinician('7000021', [{ name: 'seniorResponsible', valueBoolean: true }])
    const endorsed = await gp('POST', `/CarePlan/${plan.id}/$sign`, senior, version(inForce))
    expect([endorsed.status, await tasksOf(patient)]).toEqual([200, ['endorsement-due completed']])
  })

  test('what a plan asks for cannot be made to vanish, and keeps its versions', async () => {
    const { patient } = await active('england', 1)
    const { entry = [] } = await read<Bundle<Task>>(`/Task?patient=${patient}`)
    const key = `/Task/${entry[0]?.resource?.id}`
    const single = await gp('DELETE', key)
    expect([single.status, issueKeys(single.body)]).toEqual([405, ['never-deleted']])
    const together = await gp('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ request: { method: 'DELETE', url: key.slice(1) } }],
    })
    expect([together.status, issueKeys(together.body)]).toEqual([400, ['never-deleted']])
    expect(await tasksOf(patient)).toEqual(['confirm-transcription requested'])
  })

  test('nobody puts a Task where a plan that comes into force is to ask for something', async () => {
    const { patient, plan } = await draft('margaret', 1)
    for (const code of ['endorsement-due', 'confirm-transcription'] as const) {
      const id = planTaskId(code, `CarePlan/${plan.id}`)
      const someTask = {
        resourceType: 'Task',
        id,
        status: 'completed',
        intent: 'order',
        for: { reference: `Patient/${patient}` },
      }
      const { status, body } = await gp('PUT', `/Task/${id}`, someTask)
      expect([status, issueKeys(body)]).toEqual([422, ['id-reserved']])
    }
    await gp('POST', `/CarePlan/${plan.id}/$sign`, on('2026-03-20T09:00:00Z'), version(plan))
    const { entry = [] } = await read<Bundle<Task>>(`/Task?patient=${patient}`)
    expect(await tasksOf(patient)).toEqual(['endorsement-due requested'])
    const [asked] = entry.flatMap(({ resource }) => resource ?? [])
    const taken = { ...asked, status: 'accepted' }
    expect((await gp('PUT', `/Task/${asked?.id}`, taken)).status).toBe(200)
    expect(await tasksOf(patient)).toEqual(['endorsement-due accepted'])
  })

  test('what a plan asks for ends with it: replaced, or withdrawn', async () => {
    const { someone, patient, plan } = await draft('margaret', 1)
    await gp('POST', `/CarePlan/${plan.id}/$sign`, on('2026-03-20T09:00:00Z'), version(plan))
    const form = submission(patient, someone.conversations[2] as never, `CarePlan/${plan.id}`)
    const next = await gp('POST', '/CarePlan/$submit', form)
    expect([next.status, await tasksOf(patient)]).toEqual([201, ['endorsement-due cancelled']])

    const copied = await active('england', 1)
    expect(await tasksOf(copied.patient)).toEqual(['confirm-transcription requested'])
    const withdrawn = await gp('POST', `/CarePlan/${copied.plan.id}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'She asked for it to be withdrawn.' },
      ],
    })
    expect([withdrawn.status, await tasksOf(copied.patient)]).toEqual([200, ['confirm-transcription cancelled']])
  })

  test('of 20 signatures of one draft, one wins and the others learn that it is active', async () => {
    const { plan } = await draft('objection', 0)
    const answers = await times(20, (index) =>
      gp(
        'POST',
        `/CarePlan/${plan.id}/$sign`,
        on('2026-03-20T09:00:00Z', `70001${String(index).padStart(2, '0')}`),
        version(plan),
      ),
    )
    expect(counted(answers.map(({ status }) => status))).toEqual({ 200: 1, 412: 19 })
    for (const { status, text } of answers) if (status === 412) expect(text).toContain('active')
    expect((await provenancesOf(plan)).filter((one) => actOf(one) === 'sign')).toHaveLength(1)
  })

  test('of 20 endorsements by one clinician, one is recorded and the others get 409', async () => {
    const { plan } = await active('wales', 1)
    const senior = clinician('7000003', [{ name: 'seniorResponsible', valueBoolean: true }])
    const answers = await times(20, () => gp('POST', `/CarePlan/${plan.id}/$sign`, senior, version(plan)))
    expect(counted(answers.map(({ status }) => status))).toEqual({ 200: 1, 409: 19 })
    for (const { status, text } of answers) if (status === 409) expect(text).toMatch(/already-signed|busy/)
    expect((await provenancesOf(plan)).filter((one) => actOf(one) === 'endorse')).toHaveLength(1)
  })

  test.each([
    ['without the version that was read', {}, clinician(), 428, 'if-match-required'],
    ['for another version', { 'If-Match': 'W/"7"' }, clinician(), 412, 'version-mismatch'],
    [
      'by someone who is named without a registration',
      { 'If-Match': 'W/"1"' },
      {
        resourceType: 'Parameters',
        parameter: [
          { name: 'who', valueReference: { display: 'Dr Robin Example' } },
          { name: 'role', valueString: 'Consultant' },
        ],
      },
      422,
      'clinician-unregistered',
    ],
    [
      'in the future',
      { 'If-Match': 'W/"1"' },
      clinician('7654321', [{ name: 'when', valueInstant: '2999-01-01T00:00:00Z' }]),
      422,
      'INV-9',
    ],
    [
      'with a signature that is none',
      { 'If-Match': 'W/"1"' },
      clinician('7654321', [{ name: 'signature', valueString: 'e30..AAAA' }]),
      422,
      'signature-invalid',
    ],
  ])('a signature %s is refused', async (_what, headers, body, status, key) => {
    openDraft ??= draft('objection', 0)
    const { plan } = await openDraft
    const answer = await gp('POST', `/CarePlan/${plan.id}/$sign`, body, headers)
    expect([answer.status, issueKeys(answer.body)]).toEqual([status, expect.arrayContaining([key])])
  })
})

let openDraft: ReturnType<typeof draft> | undefined

describe('CarePlan/[id]/$confirm-review (ReSPECT section 9)', () => {
  test('the plan says byte for byte the same, and the summary says who confirmed it and when (RSP-15)', async () => {
    const { plan } = await active('margaret', 1)
    const content = await read<Bundle<FhirResource>>(`/Consent?patient=${plan.subject.reference?.split('/')[1]}`)
    const answer = await gp<CarePlan>(
      'POST',
      `/CarePlan/${plan.id}/$confirm-review`,
      clinician('7654321', [{ name: 'nextReview', valueDate: '2099-06-01' }]),
      version(plan),
    )
    expect(answer.text.slice(0, answer.status === 200 ? 0 : 2_000)).toBe('')
    expect(answer.body.meta?.versionId).toBe('2')
    expect(saidBy(answer.body)).toBe(saidBy(plan))
    expect(answer.body.extension?.find(({ url }) => url === EXTENSION.reviewDate)?.valueDate).toBe('2099-06-01')
    expect(await read(`/Consent?patient=${plan.subject.reference?.split('/')[1]}`)).toEqual(content)
    const { text } = await gp('GET', `/${plan.subject.reference}/$key-information-summary`)
    expect(text).toMatch(/Reviewed and confirmed [^<]* by Dr Robin Example \(GMC 7654321\)/)
  })

  test('without another date, nothing at all of it changes but its version', async () => {
    const { plan } = await active('wales', 0)
    const { body } = await gp<CarePlan>('POST', `/CarePlan/${plan.id}/$confirm-review`, clinician(), version(plan))
    const { meta: _before, ...before } = plan
    const { meta: _after, ...after } = body
    expect(JSON.stringify(after)).toBe(JSON.stringify(before))
  })

  test('a plan copied from paper is marked until a clinician has confirmed the copy', async () => {
    const source = { url: EXTENSION.recordSource, valueCode: 'transcribed' }
    const { plan } = await draft('margaret', 1, (whole) => ({
      ...whole,
      extension: [...(whole.extension ?? []).filter(({ url }) => url !== source.url), source],
    }))
    const signed = await gp('POST', `/CarePlan/${plan.id}/$sign`, on('2026-02-04T09:00:00Z'), version(plan))
    expect(signed.text.slice(0, signed.status === 200 ? 0 : 2_000)).toBe('')
    const summary = async () => (await gp('GET', `/${plan.subject.reference}/$key-information-summary`)).text
    expect(await summary()).toContain('Copied from a paper form')
    const now = await read<CarePlan>(`/CarePlan/${plan.id}`)
    expect((await gp('POST', `/CarePlan/${plan.id}/$confirm-review`, clinician(), version(now))).status).toBe(200)
    expect(await summary()).not.toContain('Copied from a paper form')
  })

  test('a plan that was endorsed when its review was overdue can still be confirmed with a new date (INV-9)', async () => {
    const { plan } = await active('margaret', 1)
    const senior = clinician('7000004', [{ name: 'seniorResponsible', valueBoolean: true }])
    expect((await gp('POST', `/CarePlan/${plan.id}/$sign`, senior, version(plan))).status).toBe(200)
    const next = clinician('7654321', [{ name: 'nextReview', valueDate: '2099-06-01' }])
    const { status, text } = await gp('POST', `/CarePlan/${plan.id}/$confirm-review`, next, version(plan))
    expect(text.slice(0, status === 200 ? 0 : 2_000)).toBe('')
  })

  test('of 20 confirmations of one version, one wins and the others get 412', async () => {
    const { plan } = await active('england', 1)
    const answers = await times(20, () =>
      gp('POST', `/CarePlan/${plan.id}/$confirm-review`, clinician(), version(plan)),
    )
    expect(counted(answers.map(({ status }) => status))).toEqual({ 200: 1, 412: 19 })
    expect((await provenancesOf(plan)).filter((one) => actOf(one) === 'confirm-review')).toHaveLength(1)
  })

  test('a draft, a past date and a review before the plan are refused', async () => {
    const { plan: open } = await draft('child', 0)
    const early = await gp('POST', `/CarePlan/${open.id}/$confirm-review`, clinician(), version(open))
    expect([early.status, issueKeys(early.body)]).toEqual([409, ['plan-not-active']])
    const { plan } = await active('child', 0)
    const wrong = clinician('7654321', [
      { name: 'nextReview', valueDate: '2020-01-01' },
      { name: 'when', valueInstant: '2020-01-01T10:00:00Z' },
    ])
    const { status, body } = await gp('POST', `/CarePlan/${plan.id}/$confirm-review`, wrong, version(plan))
    expect([status, issueKeys(body)]).toEqual([422, ['review-time', 'review-date']])
  })
})

describe('completion after death', () => {
  test('ends every plan, records the death and its place, and asks the owner to contact the bereaved, in one commit', async () => {
    const someone = person('margaret')
    const patient = await register(gp, someone)
    const wishes = await submit(gp, patient, someone.conversations[0])
    const plan = await submit(gp, patient, someone.conversations[1])
    const { status, body, text } = await gp<CarePlan>('POST', `/CarePlan/${plan.id}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'person-died' },
        { name: 'text', valueString: 'Died at home, as she had wished.' },
        { name: 'died', valueDateTime: '2026-03-20T04:10:00Z' },
        {
          name: 'place',
          valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '876879006' }], text: 'At home' },
        },
      ],
    })
    expect(text.slice(0, status === 200 ? 0 : 2_000)).toBe('')
    expect(body.status).toBe('completed')
    expect((await read<CarePlan>(`/CarePlan/${wishes.id}`)).status).toBe('completed')
    expect((await read<Patient>(`/Patient/${patient}`)).deceasedDateTime).toBe('2026-03-20T04:10:00Z')
    const places = await read<Bundle<Observation>>(`/Observation?patient=${patient}&code=actual-place-of-death`)
    expect(places.entry?.[0]?.resource).toMatchObject({
      effectiveDateTime: '2026-03-20T04:10:00Z',
      valueCodeableConcept: { text: 'At home' },
    })
    const tasks = await read<Bundle<Task>>(`/Task?patient=${patient}`)
    expect(tasks.entry?.map(({ resource }) => resource)).toEqual([
      expect.objectContaining({
        status: 'requested',
        for: { reference: `Patient/${patient}` },
        focus: { reference: `CarePlan/${plan.id}` },
        owner: expect.objectContaining({ identifier: expect.objectContaining({ value: 'ZZ901' }) }),
      }),
    ])
    expect(outcomeOf(await emergencyView(crew, someone))).toBe('no-plan')
    // What recipients should hold from now on is the tombstone.
    expect(
      await service.database.query('select state, summary from emergency_summary where patient = $1', [patient]),
    ).toEqual([{ state: 'withdrawn', summary: null }])
    expect((await provenancesOf(wishes)).map(actOf)).toContain('complete')
    const again = await gp('POST', `/CarePlan/${plan.id}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'person-died' },
        { name: 'text', valueString: 'Again.' },
      ],
    })
    expect([again.status, issueKeys(again.body)]).toEqual([409, ['plan-not-active']])
  })

  test('a death in the future, before birth, or beside another reason is refused', async () => {
    const { plan } = await active('wales', 1)
    const revoke = (reason: string, died: string) =>
      gp('POST', `/CarePlan/${plan.id}/$revoke`, {
        resourceType: 'Parameters',
        parameter: [
          { name: 'reason', valueCode: reason },
          { name: 'text', valueString: 'Because.' },
          { name: 'died', valueDateTime: died },
        ],
      })
    for (const [reason, died, status, key] of [
      ['person-died', '2999-01-01', 422, 'death-date'],
      ['person-died', '1800-01-01', 422, 'death-date'],
      ['withdrawn', '2026-01-01', 400, 'parameter-misplaced'],
    ] as const) {
      const answer = await revoke(reason, died)
      expect([answer.status, issueKeys(answer.body)]).toEqual([status, [key]])
    }
    expect((await read<CarePlan>(`/CarePlan/${plan.id}`)).status).toBe('active')
  })
})

describe('CarePlan/$review-due', () => {
  type Review = { plan: string; date: string; overdue: boolean }
  const due = async (request: FhirRequest, until: string, count: number): Promise<Review[][]> => {
    const pages: Review[][] = []
    for (let after: string | undefined; ; ) {
      const { status, body, text } = await request<Parameters>('POST', '/CarePlan/$review-due', {
        resourceType: 'Parameters',
        parameter: [
          { name: 'until', valueDate: until },
          { name: 'count', valuePositiveInt: count },
          ...(after === undefined ? [] : [{ name: 'after', valueString: after }]),
        ],
      })
      if (status !== 200) throw new Error(text)
      const part = (parts: Part['part'], name: string) => parts?.find((one) => one.name === name)
      pages.push(
        (body.parameter ?? [])
          .filter(({ name }) => name === 'review')
          .map(({ part: parts }) => ({
            plan: part(parts, 'plan')?.valueReference?.reference ?? '',
            date: part(parts, 'date')?.valueDate ?? '',
            overdue: part(parts, 'overdue')?.valueBoolean ?? false,
          })),
      )
      after = body.parameter?.find(({ name }) => name === 'next')?.valueString
      if (after === undefined) return pages
    }
  }

  test('lists active plans soonest first, page by page, each once, and none that has ended', async () => {
    const { plan } = await active('margaret', 1)
    const pages = await due(gp, '2100-01-01', 2)
    const all = pages.flat()
    expect(pages.length).toBeGreaterThan(1)
    expect(pages.slice(0, -1).every((page) => page.length === 2)).toBe(true)
    expect(new Set(all.map((one) => one.plan)).size).toBe(all.length)
    expect(all.map(({ date }) => date)).toEqual(all.map(({ date }) => date).toSorted())
    expect(all.map((one) => one.plan)).toContain(`CarePlan/${plan.id}`)
    await gp('POST', `/CarePlan/${plan.id}/$revoke`, {
      resourceType: 'Parameters',
      parameter: [
        { name: 'reason', valueCode: 'withdrawn' },
        { name: 'text', valueString: 'The person asked for it.' },
      ],
    })
    const left = (await due(gp, '2100-01-01', 100)).flat()
    expect(left.map((one) => one.plan)).not.toContain(`CarePlan/${plan.id}`)
    expect((await due(gp, '1990-01-01', 100)).flat()).toEqual([])
  })
})

describe('what the acts show', () => {
  test('is shown to nobody else where the person objects to sharing', async () => {
    const someone = person('objection')
    const patient = await register(gp, someone)
    await submit(gp, patient, someone.conversations[0])
    const plan = await submit(gp, patient, someone.conversations[1])
    expect(outcomeOf(await emergencyView(crew, someone))).toBe('withheld')
    const key = `CarePlan/${plan.id}`
    const seen = async (request: FhirRequest) =>
      (
        await request('POST', '/CarePlan/$review-due', {
          resourceType: 'Parameters',
          parameter: [
            { name: 'until', valueDate: '2100-01-01' },
            { name: 'count', valuePositiveInt: 500 },
          ],
        })
      ).text.includes(key)
    expect([await seen(gp), await seen(crew)]).toEqual([true, false])
    for (const operation of ['$timeline', '$completeness']) {
      const { status, body } = await crew('GET', `/${key}/${operation}`)
      expect([operation, status, issueKeys(body)]).toEqual([operation, 403, ['sharing-withheld']])
      expect((await gp('GET', `/${key}/${operation}`)).status).toBe(200)
    }
  })
})

describe('$timeline', () => {
  test('names who signed on the form, and the organisation that sent it, in order', async () => {
    const { plan } = await active('margaret', 1)
    const { body } = await gp<Parameters>('GET', `/CarePlan/${plan.id}/$timeline`)
    const events = (body.parameter ?? []).map(({ part }) => ({
      act: part?.find(({ name }) => name === 'act')?.valueCode,
      who: part?.find(({ name }) => name === 'who')?.valueReference?.identifier?.system,
    }))
    expect(events.at(0)).toEqual({ act: 'sign', who: GMC })
    expect(events.at(-1)).toEqual({ act: 'submit', who: 'https://fhir.nhs.uk/Id/ods-organization-code' })
  })
})
