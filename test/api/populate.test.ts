import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type {
  Bundle,
  FhirResource,
  OperationOutcome,
  Parameters,
  Questionnaire,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from 'fhir/r4.js'
import { loadPackage } from '../../src/definitions/package.ts'
import { NEW_AT_EACH_SITTING } from '../../src/plan/populate.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

const FORMS = 'https://keyplan.example/fhir/Questionnaire'

let service: TestService
let gp: FhirRequest
let margaret: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  margaret = await register(gp, person('margaret'))
  const [said, first, second] = person('margaret').conversations
  await submit(gp, margaret, said)
  const plan = await submit(gp, margaret, first)
  await submit(gp, margaret, second, `CarePlan/${plan.id}`)
})

afterAll(() => service.stop())

const asking = (patient: string, ...more: object[]): object => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'subject', valueReference: { reference: `Patient/${patient}` } }, ...more],
})

const partOf = <Resource extends FhirResource>({ parameter }: Parameters, name: string): Resource | undefined =>
  parameter?.find((one) => one.name === name)?.resource as Resource | undefined

/** The form completed: what was pre-filled, and what is new at the sitting from another. */
const completed = (response: QuestionnaireResponse, sitting: QuestionnaireResponse): QuestionnaireResponse => {
  const merge = (
    known: readonly QuestionnaireResponseItem[],
    other: readonly QuestionnaireResponseItem[],
  ): QuestionnaireResponseItem[] => [
    ...other.filter(({ linkId }) => NEW_AT_EACH_SITTING.has(linkId)),
    ...known.map((item) => {
      const same = other.find(({ linkId }) => linkId === item.linkId)
      return item.item === undefined ? item : { ...item, item: merge(item.item, same?.item ?? []) }
    }),
    ...other.filter(
      ({ linkId, item = [] }) =>
        known.every((one) => one.linkId !== linkId) && item.some((one) => NEW_AT_EACH_SITTING.has(one.linkId)),
    ),
  ]
  return { ...response, status: 'completed', item: merge(response.item ?? [], sitting.item ?? []) }
}

describe('Questionnaire/$populate (SDC)', () => {
  test('at both levels, under each name of the form, gives the form as far as its answers are known', async () => {
    const { status, body, text } = await gp<Parameters>(
      'POST',
      '/Questionnaire/respect-v3/$populate',
      asking(margaret, { name: 'local', valueBoolean: true }),
    )
    expect(status).toBe(200)
    expect(body.parameter?.map(({ name }) => name)).toEqual(['response'])
    const response = partOf<QuestionnaireResponse>(body, 'response')
    expect(response).toMatchObject({
      resourceType: 'QuestionnaireResponse',
      status: 'in-progress',
      questionnaire: expect.stringMatching(/respect-v3\|\d/),
      subject: { reference: `Patient/${margaret}` },
    })
    const cpr = response?.item?.find(({ linkId }) => linkId === 'cpr')
    // The newest of her two plans: CPR is not recommended any more.
    expect(cpr?.item?.[0]?.answer?.[0]?.valueCoding?.code).toBe('not-recommended')
    for (const named of [
      { name: 'questionnaire', valueUri: `${FORMS}/respect-v3` },
      { name: 'questionnaire', valueCanonical: response?.questionnaire },
      { name: 'canonical', valueUri: `${FORMS}/respect-v3` },
    ]) {
      expect((await gp('POST', '/Questionnaire/$populate', asking(margaret, named))).text).toBe(text)
    }
    const byUrl = {
      resourceType: 'Parameters',
      parameter: [{ name: 'subject', valueReference: { reference: `${service.baseUrl}/fhir/Patient/${margaret}` } }],
    }
    expect((await gp('POST', '/Questionnaire/respect-v3/$populate', byUrl)).text).toBe(text)
  })

  test('what comes back, completed and submitted, is the next plan and says the same', async () => {
    const ask = async (form: string) =>
      partOf<QuestionnaireResponse>(
        (await gp<Parameters>('POST', `/Questionnaire/${form}/$populate`, asking(margaret))).body,
        'response',
      ) as QuestionnaireResponse
    for (const [form, index] of [
      ['what-matters-to-me', 0],
      ['respect-v3', 2],
    ] as const) {
      const before = await ask(form)
      const next = completed(before, person('margaret').conversations[index] as QuestionnaireResponse)
      const { body: active } = await gp<Bundle<FhirResource>>(
        'GET',
        `/CarePlan?patient=Patient/${margaret}&status=active`,
      )
      const title = form === 'respect-v3' ? 'Emergency care plan' : 'What matters to me'
      const plan = active.entry
        ?.map(({ resource }) => resource)
        .find((resource) => resource?.resourceType === 'CarePlan' && resource.title === title)
      const submitted = await submit(gp, margaret, next, `CarePlan/${plan?.id}`)
      expect(submitted.status).toBe('active')
      expect(await ask(form)).toEqual(before)
    }
  })

  test('of a person without a plan holds no answers, and says nothing about wishes', async () => {
    const child = await register(gp, person('child'))
    const { body } = await gp<Parameters>('POST', '/Questionnaire/respect-v3/$populate', asking(child))
    expect(partOf<QuestionnaireResponse>(body, 'response')?.item).toBeUndefined()
  })

  test.each([
    ['no subject', '/Questionnaire/respect-v3/$populate', [], 400, 'parameter-missing'],
    ['no form', '/Questionnaire/$populate', [{ name: 'subject', valueReference: {} }], 400, 'populate-questionnaire'],
    [
      'two names for the form',
      '/Questionnaire/$populate',
      [
        { name: 'subject', valueReference: {} },
        { name: 'canonical', valueUri: 'urn:a' },
        { name: 'questionnaire', valueUri: 'urn:a' },
      ],
      400,
      'populate-questionnaire',
    ],
    [
      'a form named beside the path',
      '/Questionnaire/respect-v3/$populate',
      [
        { name: 'subject', valueReference: {} },
        { name: 'canonical', valueUri: 'urn:a' },
      ],
      400,
      'parameter-unknown',
    ],
    [
      'a form that is not there',
      '/Questionnaire/$populate',
      [
        { name: 'subject', valueReference: { reference: 'Patient/1' } },
        { name: 'questionnaire', valueUri: `${FORMS}/respect-v3|0.0.1` },
      ],
      404,
      'questionnaire-unknown',
    ],
    [
      'a form of the path that is not there',
      '/Questionnaire/respect-v2/$populate',
      [{ name: 'subject', valueReference: { reference: 'Patient/1' } }],
      404,
      'questionnaire-unknown',
    ],
    [
      'a subject of another type',
      '/Questionnaire/respect-v3/$populate',
      [{ name: 'subject', valueReference: { reference: 'Group/1' } }],
      400,
      'parameter-malformed',
    ],
    [
      'a person who is not here',
      '/Questionnaire/respect-v3/$populate',
      [{ name: 'subject', valueReference: { reference: 'Patient/nobody' } }],
      404,
      'not-found',
    ],
    [
      'knowledge that may not be used',
      '/Questionnaire/respect-v3/$populate',
      [
        { name: 'subject', valueReference: { reference: 'Patient/1' } },
        { name: 'local', valueBoolean: false },
      ],
      400,
      'parameter-not-supported',
    ],
  ])('refuses %s', async (_, path, parameter, status, key) => {
    const answer = await gp('POST', path, { resourceType: 'Parameters', parameter })
    expect([answer.status, issueKeys(answer.body)]).toEqual([status, [key]])
  })

  test('needs the scope of everything that it shows', async () => {
    const shown = ['Patient', 'CarePlan', 'Consent', 'Goal', 'Observation', 'RelatedPerson', 'MedicationRequest']
    for (const type of shown) {
      const scope = shown.filter((other) => other !== type).map((other) => `system/${other}.r`)
      const lacking = await service.fhir('gp-practice', scope.join(' '))
      const { status, body } = await lacking('POST', '/Questionnaire/respect-v3/$populate', asking(margaret))
      expect([type, status, issueKeys(body)]).toEqual([type, 403, ['scope-missing']])
    }
  })

  test('is withheld where sharing is, but not from the custodian; each is in the audit', async () => {
    const hamish = await register(gp, person('objection'))
    await submit(gp, hamish, person('objection').conversations[0])
    const hospital = await service.fhir('hospital')
    const denied = await hospital<OperationOutcome>(
      'POST',
      '/Questionnaire/what-matters-to-me/$populate',
      asking(hamish),
    )
    expect([denied.status, issueKeys(denied.body)]).toEqual([403, ['sharing-withheld']])
    expect((await gp('POST', '/Questionnaire/what-matters-to-me/$populate', asking(hamish))).status).toBe(200)
    const audit = await service.database.query(
      `select client, outcome, reason, entities from audit_event where interaction = '$populate' and patient = $1 order by client`,
      [hamish],
    )
    expect(audit).toEqual([
      { client: 'gp-practice', outcome: 'permit', reason: null, entities: [`Patient/${hamish}`] },
      { client: 'hospital', outcome: 'deny', reason: 'sharing-withheld', entities: [`Patient/${hamish}`] },
    ])
    const denials = await service.database.query(
      `select 1 from audit_event where interaction = '$populate' and outcome = 'deny' and client = 'hospital'`,
    )
    expect(denials).toHaveLength(1)
  })

  test('takes one read and one audit, and writes nothing else', async () => {
    expect(await statements(service, () => gp('POST', '/Questionnaire/respect-v3/$populate', asking(margaret)))).toBe(2)
  })
})

describe('the definitions that are published', () => {
  test('a form is read by id and found by its canonical address, with the content of the package', async () => {
    const form = await gp<Questionnaire>('GET', '/Questionnaire/respect-v3')
    expect([form.status, form.body]).toEqual([200, loadPackage().resource('Questionnaire', 'respect-v3')])
    const found = await gp<Bundle<Questionnaire>>(
      'GET',
      `/Questionnaire?url=${encodeURIComponent(`${FORMS}/respect-v3`)}&version=1.0.0`,
    )
    expect(found.body.entry).toEqual([
      {
        fullUrl: `${service.baseUrl}/fhir/Questionnaire/respect-v3`,
        resource: form.body,
        search: { mode: 'match' },
      },
    ])
  })

  test('are found by any of several values, and by the beginning of a name', async () => {
    const several = await gp<Bundle<FhirResource>>('GET', '/Questionnaire?_id=respect-v3,what-matters-to-me')
    expect(several.body.total).toBe(2)
    const named = await gp<Bundle<FhirResource>>('GET', '/Questionnaire?name=whatmatters')
    expect(named.body.entry?.map(({ resource }) => resource?.id)).toEqual(['what-matters-to-me'])
  })

  test('come in pages, if so asked: each once, in the same order, by the links (search.html#count)', async () => {
    const idsOf = ({ entry = [] }: Bundle<FhirResource>) => entry.map(({ resource }) => resource?.id)
    const linkOf = ({ link = [] }: Bundle, relation: string) => link.find((one) => one.relation === relation)?.url
    const { body: all } = await gp<Bundle<FhirResource>>('GET', '/StructureDefinition?status=draft')
    expect([all.total, linkOf(all, 'next')]).toEqual([all.entry?.length, undefined])
    expect(all.total).toBeGreaterThan(10)
    const paged: (string | undefined)[] = []
    let next: string | undefined = `${service.baseUrl}/fhir/StructureDefinition?status=draft&_count=7`
    while (next !== undefined && paged.length <= (all.total ?? 0)) {
      const { status, body } = await gp<Bundle<FhirResource>>('GET', next.slice(`${service.baseUrl}/fhir`.length))
      expect([status, body.total, linkOf(body, 'self')]).toEqual([200, all.total, next])
      expect(linkOf(body, 'first')?.endsWith('?status=draft&_count=7')).toBe(paged.length === 0 ? undefined : true)
      paged.push(...idsOf(body))
      next = linkOf(body, 'next')
    }
    expect(paged).toEqual(idsOf(all))
    const { body: none } = await gp<Bundle>('GET', '/StructureDefinition?status=draft&_count=0')
    expect([none.total, none.entry, linkOf(none, 'next')]).toEqual([all.total, undefined, undefined])
  })

  test.each([
    ['_count=many', '_count'],
    ['_count=-1', '_count'],
    ['_count=1&_count=2', '_count'],
    ['_page=nothing', '_page'],
    ['status=retired&_page=plan-patient', '_page'],
  ])('a page that cannot be told is refused: %s', async (query, expression) => {
    const { status, body } = await gp<OperationOutcome>('GET', `/StructureDefinition?${query}`)
    expect([status, issueKeys(body), body.issue[0]?.expression]).toEqual([400, ['search-value-invalid'], [expression]])
  })

  test('a parameter that means nothing is refused, or reported where the caller is lenient', async () => {
    const strict = await gp('GET', '/ValueSet?context=x')
    expect([strict.status, issueKeys(strict.body)]).toEqual([400, ['search-parameter-unknown']])
    const lenient = await gp<Bundle<FhirResource>>('GET', '/ValueSet?context=x&_id=recommendation', undefined, {
      Prefer: 'handling=lenient',
    })
    expect(lenient.body.entry?.map(({ search, resource }) => [search?.mode, resource?.resourceType])).toEqual([
      ['match', 'ValueSet'],
      ['outcome', 'OperationOutcome'],
    ])
    expect(lenient.body.link?.[0]?.url).toBe(`${service.baseUrl}/fhir/ValueSet?_id=recommendation`)
  })

  test('need a token, and no scope for their type', async () => {
    expect((await (await service.fhir())('GET', '/Questionnaire/respect-v3')).status).toBe(401)
    const narrow = await service.fhir('gp-practice', 'system/Goal.r')
    expect((await narrow('GET', '/Questionnaire/respect-v3')).status).toBe(200)
  })
})
