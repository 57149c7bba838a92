/** Security labels that the custodian gives and takes away (trust, section 2; decision record 28). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, Coding, FhirResource, Goal, OperationOutcome, Parameters } from 'fhir/r4.js'
import { person, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'
const label = (code: string): Coding => ({ system: CONFIDENTIALITY, code })

let service: TestService
/** Of the practice that registered the person. */
let gp: FhirRequest
let crew: FhirRequest
let hospital: FhirRequest
let patient: string
let plan: CarePlan

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  hospital = await service.fhir('hospital')
  patient = await register(gp, person('margaret'))
  plan = await submit(gp, patient, person('margaret').conversations[1])
})

afterAll(() => service.stop())

const goal = (text = 'To see the sea.'): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text },
  subject: { reference: `Patient/${patient}` },
})

const made = async (resource: object = goal()): Promise<string> => {
  const { resourceType } = resource as FhirResource
  const { status, body, text } = await gp<FhirResource>('POST', `/${resourceType}`, resource)
  expect([status, text]).toEqual([201, text])
  return `${resourceType}/${body.id}`
}

const change = (
  client: FhirRequest,
  how: 'add' | 'delete',
  key: string,
  codes: readonly Coding[],
  headers: Record<string, string> = {},
) =>
  client<Parameters>(
    'POST',
    `/${key}/$meta-${how}`,
    { resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { security: [...codes] } }] },
    headers,
  )

const labelled = async (code: 'R' | 'V', resource?: object): Promise<string> => {
  const key = await made(resource)
  const { status, text } = await change(gp, 'add', key, [label(code)])
  expect([status, text]).toEqual([200, text])
  return key
}

const labelsOf = async (key: string) =>
  (await gp<Goal>('GET', `/${key}`)).body.meta?.security?.map(({ code }) => code) ?? []

const found = async (client: FhirRequest, path: string): Promise<string[]> => {
  const { body } = await client<Bundle<FhirResource>>('GET', path)
  return (body.entry ?? []).flatMap(({ search, resource }) =>
    search?.mode === 'outcome' ? [] : [`${resource?.resourceType}/${resource?.id}`],
  )
}

const refusal = async (answer: ReturnType<FhirRequest>) => {
  const { status, body } = await answer
  return [status, ...issueKeys(body)]
}

describe('what the custodian labels V', () => {
  test('is a new version that says so, on record as what was done', async () => {
    const key = await made()
    const { status, headers, body } = await change(gp, 'add', key, [label('V')])
    expect([status, headers.get('etag')]).toEqual([200, 'W/"2"'])
    expect(body.parameter?.[0]?.valueMeta?.security).toEqual([{ ...label('V'), display: 'very restricted' }])
    expect(await found(gp, `/Goal?_security=${CONFIDENTIALITY}|V&patient=${patient}`)).toContain(key)
    const rows = await service.database.query(
      `select client, interaction, outcome, patient from audit_event where $1 = any (entities) and interaction = '$meta-add'`,
      [key],
    )
    expect(rows).toEqual([{ client: 'gp-practice', interaction: '$meta-add', outcome: 'permit', patient }])
  })

  test('is there for nobody else, in any version, on any surface', async () => {
    const key = await labelled('V')
    expect((await gp('GET', `/${key}`)).status).toBe(200)
    for (const client of [crew, hospital]) {
      for (const path of ['', '/_history/1', '/_history/2', '/_history', '/$meta'])
        expect([path, (await client('GET', `/${key}${path}`)).status]).toEqual([path, 404])
      const [, id] = key.split('/')
      expect((await client<Bundle>('GET', `/Goal?_id=${id}&_summary=count`)).body.total).toBe(0)
      for (const path of [`/Goal?_id=${id}`, `/Patient?_id=${patient}&_revinclude=Goal:patient`])
        expect(await found(client, path)).not.toContain(key)
      const everything = await found(client, `/Patient/${patient}/$everything?_count=200`)
      expect(everything.length).toBeGreaterThan(0)
      expect(everything).not.toContain(key)
      expect((await client('PUT', `/${key}`, { ...goal(), id })).status).toBe(404)
      expect((await client('DELETE', `/${key}`)).status).toBe(404)
      expect((await change(client, 'delete', key, [label('V')])).status).toBe(404)
    }
    expect(await found(gp, `/Patient/${patient}/$everything?_count=200`)).toContain(key)
  })

  test('keeps its label when it is changed, whatever is sent', async () => {
    const key = await labelled('V')
    const { body } = await gp<Goal>('GET', `/${key}`)
    expect((await gp('PUT', `/${key}`, body)).status).toBe(200)
    const { meta: _, ...bare } = body
    expect((await gp('PUT', `/${key}`, { ...bare, description: { text: 'To see it.' } })).status).toBe(200)
    expect(await labelsOf(key)).toEqual(['V'])
    const json = { 'Content-Type': 'application/json-patch+json' }
    const text = [{ op: 'replace', path: '/description/text', value: 'To see it again.' }]
    expect((await gp('PATCH', `/${key}`, text, json)).status).toBe(200)
    expect(await labelsOf(key)).toEqual(['V'])
    expect((await crew('GET', `/${key}`)).status).toBe(404)

    const other = { ...body, meta: { security: [{ ...label('R'), display: 'restricted' }] } }
    expect(await refusal(gp('PUT', `/${key}`, other))).toEqual([422, 'server-owned'])
    const without = [{ op: 'remove', path: '/meta/security' }]
    expect(await refusal(gp('PATCH', `/${key}`, without, json))).toEqual([422, 'patch-server-owned'])
  })

  test('keeps it when it is deleted, and when something comes to be in its place', async () => {
    const key = await labelled('V')
    expect((await gp('DELETE', `/${key}`)).status).toBe(204)
    expect((await crew('GET', `/${key}/_history`)).status).toBe(404)
    expect((await gp('PUT', `/${key}`, { ...goal(), id: key.split('/')[1] })).status).toBe(201)
    expect(await labelsOf(key)).toEqual(['V'])
    for (const path of ['', '/_history/1', '/_history']) expect((await crew('GET', `/${key}${path}`)).status).toBe(404)
  })

  test('is seen again by those who saw it before, once the label is taken away', async () => {
    const key = await labelled('V')
    const { status, headers } = await change(gp, 'delete', key, [label('V')])
    expect([status, headers.get('etag')]).toEqual([200, 'W/"3"'])
    expect(await labelsOf(key)).toEqual([])
    expect((await hospital('GET', `/${key}`)).status).toBe(200)
    expect(await found(hospital, `/Goal?_id=${key.split('/')[1]}`)).toEqual([key])
  })
})

describe('a label that comes with what is created', () => {
  const asking = (resource: object, ...codes: string[]) => ({ ...resource, meta: { security: codes.map(label) } })
  const V = [{ ...label('V'), display: 'very restricted' }]
  /** Of what there is of the person: a refusal is to have left nothing. */
  const countOf = async (type: string): Promise<number | undefined> =>
    (await gp<Bundle>('GET', `/${type}?patient=${patient}&_summary=count`)).body.total

  test('is there from the first version on, and that is there for nobody else', async () => {
    const { status, headers, body } = await gp<Goal>('POST', '/Goal', asking(goal(), 'V'))
    expect([status, headers.get('etag'), body.meta?.security]).toEqual([201, 'W/"1"', V])
    for (const path of ['', '/_history/1', '/_history'])
      for (const [client, expected] of [[gp, 200] as const, [crew, 404] as const, [hospital, 404] as const])
        expect([path, (await client('GET', `/Goal/${body.id}${path}`)).status]).toEqual([path, expected])
    expect(await found(crew, `/Goal?_id=${body.id}`)).toEqual([])
    expect((await change(gp, 'delete', `Goal/${body.id}`, [label('V')])).status).toBe(200)
    expect((await crew('GET', `/Goal/${body.id}`)).status).toBe(200)
  })

  test.each([
    ['under an id of the client', 'PUT', '/Goal/labelled-at-once', {}],
    ['by a condition that nothing meets', 'PUT', '/Goal?identifier=urn:x|labelled-put', {}],
    ['if there is none yet', 'POST', '/Goal', { 'If-None-Exist': 'identifier=urn:x|labelled-post' }],
  ])('%s', async (what, method, path, headers) => {
    const value = method === 'PUT' ? 'labelled-put' : 'labelled-post'
    const resource = { ...goal(), identifier: [{ system: 'urn:x', value }] }
    const id = path.split('/')[2]
    const sent = asking(id === undefined ? resource : { ...resource, identifier: [], id }, 'V')
    if (id !== undefined) delete (sent as { identifier?: unknown }).identifier
    const { status, body, text } = await gp<Goal>(method, path, sent, headers)
    expect([what, status, text]).toEqual([what, 201, text])
    expect([body.meta?.security, (await crew('GET', `/Goal/${body.id}`)).status]).toEqual([V, 404])
  })

  test('in a transaction too, also of a person whom it registers; each has the label that was asked for it', async () => {
    const fullUrl = 'urn:uuid:7d6c3b52-0000-4000-8000-000000000001'
    const { id: _id, ...newcomer } = person('england').patient
    const theirs = (text: string) => ({ ...goal(text), subject: { reference: fullUrl } })
    const resources = [newcomer, asking(theirs('one'), 'V'), asking(theirs('two'), 'R'), theirs('three')] as Goal[]
    const { status, body, text } = await gp<Bundle<Goal>>('POST', '/', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: resources.map((resource, index) => ({
        ...(index === 0 ? { fullUrl } : {}),
        resource,
        request: { method: 'POST', url: resource.resourceType },
      })),
    })
    expect([status, text]).toEqual([200, text])
    const goals = (body.entry ?? []).slice(1).map(({ response }) => response?.location?.match(/Goal\/[^/]+/)?.[0] ?? '')
    expect(await Promise.all(goals.map(labelsOf))).toEqual([['V'], ['R'], []])
    expect(await Promise.all(goals.map(async (key) => (await crew('GET', `/${key}`)).status))).toEqual([404, 200, 200])
  })

  test('is refused of anybody but the custodian, and that is on record', async () => {
    const before = await countOf('Goal')
    for (const code of ['R', 'V']) {
      expect(await refusal(hospital('POST', '/Goal', asking(goal(), code)))).toEqual([403, 'label-not-yours'])
      expect(await refusal(hospital('PUT', '/Goal/not-theirs', { ...asking(goal(), code), id: 'not-theirs' }))).toEqual(
        [403, 'label-not-yours'],
      )
    }
    const entry = { resource: asking(goal(), 'V'), request: { method: 'POST', url: 'Goal' } }
    const whole = { resourceType: 'Bundle', type: 'transaction', entry: [{ ...entry, resource: goal() }, entry] }
    const { status, body } = await hospital<OperationOutcome>('POST', '/', whole)
    expect([status, body.issue[0]?.expression]).toEqual([403, ['Bundle.entry[1].resource.meta.security']])
    expect(await countOf('Goal')).toBe(before)
    const rows = await service.database.query(
      `select distinct client, outcome, patient from audit_event where reason = 'label-not-yours' and entities = $1`,
      [[`Patient/${patient}`]],
    )
    expect(rows).toEqual([{ client: 'hospital', outcome: 'deny', patient }])
  })

  test('of somebody who is not registered is refused, whoever asks', async () => {
    const nobodys = { ...goal(), subject: { reference: 'Patient/nobody-here' } }
    expect(await refusal(gp('POST', '/Goal', asking(nobodys, 'V')))).toEqual([403, 'label-not-yours'])
  })

  test('that is not known is refused', async () => {
    const before = await countOf('Goal')
    for (const [security, status] of [
      [[label('V'), label('N')], 422],
      [[{ code: 'V' }], 422],
      [[{}], 400],
      ['V', 400],
      [[null], 400],
    ] as const)
      expect([security, (await gp('POST', '/Goal', { ...goal(), meta: { security } })).status]).toEqual([
        security,
        status,
      ])
    expect(await refusal(gp('POST', '/Goal', asking(goal(), 'N')))).toEqual([422, 'label-unknown'])
    expect(await countOf('Goal')).toBe(before)
  })

  test('is refused on what crews act on: the person, a plan, what is done and decided, and a part of a plan in force', async () => {
    const { id: _id, ...newcomer } = person('objection').patient
    const subject = { reference: `Patient/${patient}` }
    for (const resource of [
      newcomer,
      { resourceType: 'CarePlan', status: 'draft', intent: 'plan', subject },
      { resourceType: 'Task', status: 'requested', intent: 'order', description: 'Call them.', for: subject },
    ])
      expect([
        (resource as FhirResource).resourceType,
        ...(await refusal(gp('POST', `/${(resource as FhirResource).resourceType}`, asking(resource, 'V')))),
      ]).toEqual([(resource as FhirResource).resourceType, 422, 'label-not-allowed'])

    const { body: extracted } = await gp<Bundle<FhirResource>>(
      'POST',
      '/QuestionnaireResponse/$extract',
      submission(patient, person('margaret').conversations[0] as never).parameter?.[0]?.resource as object,
    )
    const entry = (extracted.entry ?? []).map(({ fullUrl, resource }) => ({
      fullUrl,
      resource:
        resource?.resourceType === 'Goal'
          ? asking(resource, 'V')
          : { ...resource, ...(resource?.resourceType === 'CarePlan' ? { status: 'active' } : {}) },
      request: { method: 'POST', url: resource?.resourceType },
    }))
    const { status, body } = await gp<OperationOutcome>('POST', '/', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry,
    })
    expect([status, issueKeys(body).includes('plan-content-labelled')]).toEqual([422, true])
  })
})

describe('the label R', () => {
  test('keeps from those who are on their way to nobody, and V goes before it', async () => {
    const key = await labelled('R')
    expect([(await crew('GET', `/${key}`)).status, (await hospital('GET', `/${key}`)).status]).toEqual([200, 404])
    await change(gp, 'add', key, [label('V')])
    expect([await labelsOf(key), (await crew('GET', `/${key}`)).status]).toEqual([['V'], 404])
    await change(gp, 'delete', key, [label('V')])
    expect([await labelsOf(key), (await crew('GET', `/${key}`)).status]).toEqual([[], 200])
  })

  const keySafe = () => ({
    resourceType: 'Flag',
    status: 'active',
    category: [{ coding: [{ system: 'https://keyplan.example/fhir/CodeSystem/home-access-kind', code: 'key-safe' }] }],
    code: { text: 'Key safe' },
    subject: { reference: `Patient/${patient}` },
  })

  test('that what a resource says demands is not taken away, and is there again after V', async () => {
    const key = await made(keySafe())
    expect(await refusal(change(gp, 'delete', key, [label('R')]))).toEqual([422, 'label-demanded'])
    await change(gp, 'add', key, [label('V')])
    expect([await labelsOf(key), (await crew('GET', `/${key}`)).status]).toEqual([['V'], 404])
    await change(gp, 'delete', key, [label('V')])
    expect([await labelsOf(key), (await crew('GET', `/${key}`)).status]).toEqual([['R'], 200])
    expect((await hospital('GET', `/${key}`)).status).toBe(404)
  })

  test('that what a resource says demands may be sent with it by anybody who creates it, and no stricter one', async () => {
    const sent = (code: string) => ({ ...keySafe(), meta: { security: [label(code)] } })
    const { status, body } = await crew<Goal>('POST', '/Flag', sent('R'))
    expect([status, body.meta?.security]).toEqual([201, [{ ...label('R'), display: 'restricted' }]])
    expect(await refusal(crew('POST', '/Flag', sent('V')))).toEqual([403, 'label-not-yours'])
  })

  test('that was given is not lost by way of a content that demands it', async () => {
    const { category, ...content } = keySafe()
    const key = await made(content)
    await change(gp, 'add', key, [label('R')])
    for (const said of [{ ...content, category }, content])
      expect((await crew('PUT', `/${key}`, { ...said, id: key.split('/')[1] })).status).toBe(200)
    expect([await labelsOf(key), (await hospital('GET', `/${key}`)).status]).toEqual([['R'], 404])
    await change(gp, 'delete', key, [label('R')])
    expect([await labelsOf(key), (await hospital('GET', `/${key}`)).status]).toEqual([[], 200])
  })
})

describe('a label is refused', () => {
  test('of anybody but the custodian, and that is on record', async () => {
    const key = await made()
    expect(await refusal(change(hospital, 'add', key, [label('V')]))).toEqual([403, 'label-not-yours'])
    expect(await labelsOf(key)).toEqual([])
    const rows = await service.database.query(
      `select client, outcome, reason, patient from audit_event where $1 = any (entities) and outcome = 'deny'`,
      [key],
    )
    expect(rows).toEqual([{ client: 'hospital', outcome: 'deny', reason: 'label-not-yours', patient }])
  })

  test.each([
    ['another code', [label('N')]],
    ['another system', [{ system: 'https://elsewhere.example', code: 'V' }]],
    ['no system', [{ code: 'V' }]],
  ])('that is not known: %s', async (_what, codes) => {
    expect(await refusal(change(gp, 'add', await made(), codes))).toEqual([422, 'label-unknown'])
  })

  test('on the person, a plan, who did what, what has to be done, what they decided about sharing, and on what is nobody’s', async () => {
    const version = async (key: string) => ({ 'If-Match': (await gp('GET', `/${key}`)).headers.get('etag') ?? '' })
    const [provenance] = await found(gp, `/Provenance?target=CarePlan/${plan.id}`)
    const keys = [
      `Patient/${patient}`,
      `CarePlan/${plan.id}`,
      provenance as string,
      await made({ resourceType: 'Organization', name: 'x' }),
      await made({
        resourceType: 'Task',
        status: 'requested',
        intent: 'order',
        description: 'Call them.',
        for: { reference: `Patient/${patient}` },
      }),
      await made({
        resourceType: 'Consent',
        status: 'active',
        scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
        category: [
          {
            coding: [{ system: 'https://keyplan.example/fhir/CodeSystem/consent-category', code: 'sharing-decision' }],
          },
        ],
        extension: [
          {
            url: 'https://keyplan.example/fhir/StructureDefinition/sharing-decision-code',
            valueCode: 'no-objection',
          },
        ],
        patient: { reference: `Patient/${patient}` },
        dateTime: '2026-01-01',
        policy: [{ uri: 'https://keyplan.example/fhir/policy/sharing' }],
      }),
    ]
    for (const key of keys)
      expect([key, ...(await refusal(change(gp, 'add', key, [label('V')], await version(key))))]).toEqual([
        key,
        422,
        'label-not-allowed',
      ])
  })

  test('on what crews are shown, which would vanish: what a plan in force is made of', async () => {
    const members = await found(gp, `/Consent?patient=${patient}&category=emergency-recommendation`)
    expect(members.length).toBeGreaterThan(0)
    for (const key of members) {
      const etag = (await gp('GET', `/${key}`)).headers.get('etag') ?? ''
      const [status, ...keys] = await refusal(change(gp, 'add', key, [label('V')], { 'If-Match': etag }))
      expect([key, status]).toEqual([key, 409])
      expect(keys).toContain('plan-content-fixed')
      expect((await crew('GET', `/${key}`)).status).toBe(200)
    }
  })
})

describe('what has a label becomes no part of a plan', () => {
  /** What matters to somebody, as a plan that also names this goal. */
  const planNaming = async (client: FhirRequest, key: string) => {
    const response = submission(patient, person('margaret').conversations[0] as never).parameter?.[0]?.resource
    const { body } = await client<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', response as object)
    const entry = (body.entry ?? []).map(({ request: _, ...rest }) =>
      rest.resource?.resourceType === 'CarePlan'
        ? { ...rest, resource: { ...rest.resource, goal: [...(rest.resource.goal ?? []), { reference: key }] } }
        : rest,
    )
    return { resourceType: 'Bundle', type: 'collection', entry } as Bundle<FhirResource>
  }
  const submitting = (bundle: Bundle<FhirResource>, draft: boolean): object => ({
    resourceType: 'Parameters',
    parameter: [{ name: 'resource', resource: bundle }, ...(draft ? [{ name: 'activate', valueBoolean: false }] : [])],
  })

  test('when it is submitted: the custodian is told why, others that there is none', async () => {
    const key = await labelled('V')
    const mine = await gp<OperationOutcome>('POST', '/CarePlan/$submit', submitting(await planNaming(gp, key), false))
    expect([mine.status, issueKeys(mine.body).includes('plan-content-labelled')]).toEqual([422, true])
    const ooh = await service.fhir('out-of-hours')
    expect(await refusal(ooh('POST', '/CarePlan/$submit', submitting(await planNaming(ooh, key), false)))).toEqual([
      404,
      'not-found',
    ])
  })

  test('and a draft that names it tells nothing of it to its author', async () => {
    const key = await made()
    const ooh = await service.fhir('out-of-hours')
    const drafted = await ooh<Bundle<FhirResource>>(
      'POST',
      '/CarePlan/$submit',
      submitting(await planNaming(ooh, key), true),
    )
    expect([drafted.status, drafted.text]).toEqual([201, drafted.text])
    const draft = drafted.body.entry?.find(({ resource }) => resource?.resourceType === 'CarePlan')?.resource?.id
    expect((await ooh('GET', `/CarePlan/${draft}/$completeness`)).status).toBe(200)
    await change(gp, 'add', key, [label('V')])
    expect(await refusal(ooh('GET', `/CarePlan/${draft}/$completeness`))).toEqual([404, 'not-found'])
    expect((await ooh('GET', `/CarePlan/${draft}`)).status).toBe(200)
  })
})
