import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Parameters, QuestionnaireResponse } from 'fhir/r4.js'
import { cprOf, emergencyView, outcomeOf, person, question, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
})

afterAll(() => service.stop())

const margaret = person('margaret')
const [, respect, changed] = margaret.conversations

const responseOf = (patient: string, response: QuestionnaireResponse | undefined): QuestionnaireResponse =>
  submission(patient, response as QuestionnaireResponse).parameter?.[0]?.resource as QuestionnaireResponse

const types = (bundle: Bundle<FhirResource>): string[] =>
  (bundle.entry ?? []).flatMap(({ resource }) => resource?.resourceType ?? [])

/** A person who is registered anew: identifiers are given back by deleting. */
const fresh = async <Result>(name: string, act: (patient: string) => Promise<Result>): Promise<Result> =>
  act(await register(gp, person(name)))

describe('CarePlan/$submit', () => {
  test('takes a person and the forms about them in one Bundle, and stores it all', async () => {
    const { patient, conversations } = person('wales')
    const fullUrl = `urn:uuid:${randomUUID()}`
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { fullUrl, resource: patient },
        ...conversations.map((resource) => ({
          resource: { ...resource, id: 'elsewhere', subject: { reference: fullUrl } },
        })),
      ],
    }
    const { status, headers, body, text } = await gp<Bundle<FhirResource>>('POST', '/CarePlan/$submit', bundle)
    expect(text.slice(0, status === 201 ? 0 : 2_000)).toBe('')
    expect(headers.get('location')).toMatch(/\/fhir\/CarePlan\/.+\/_history\/1$/)
    expect(body.type).toBe('transaction-response')
    expect(types(body).filter((type) => type === 'CarePlan')).toHaveLength(2)
    expect(types(body)).toEqual(expect.arrayContaining(['Patient', 'QuestionnaireResponse', 'Consent', 'Goal']))
    expect(
      body.entry?.every(({ fullUrl, response }) => fullUrl?.startsWith(service.baseUrl) && response?.etag === 'W/"1"'),
    ).toBe(true)
    expect(outcomeOf(await emergencyView(crew, { patient }))).toBe('current-plan')
  })

  test('takes what $extract gives, keeps it as a draft with activate false, and stores nothing that is not asked for', async () => {
    await fresh('england', async (patient) => {
      const { conversations } = person('england')
      const { body: extracted } = await gp<Bundle>(
        'POST',
        '/QuestionnaireResponse/$extract',
        responseOf(patient, conversations[1]),
      )
      const { status, body } = await gp<Bundle<FhirResource>>('POST', '/CarePlan/$submit', {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: extracted },
          { name: 'activate', valueBoolean: false },
        ],
      })
      expect(status).toBe(201)
      const plan = body.entry
        ?.map(({ resource }) => resource)
        .find((resource): resource is CarePlan => resource?.resourceType === 'CarePlan')
      expect(plan?.status).toBe('draft')
      expect(outcomeOf(await emergencyView(crew, person('england')))).toBe('no-plan')
    })
  })

  test('answers with addresses alone where return=minimal is preferred', async () => {
    await fresh('child', async (patient) => {
      const { status, body } = await gp<Bundle>(
        'POST',
        '/CarePlan/$submit',
        responseOf(patient, person('child').conversations[0]),
        { Prefer: 'return=minimal' },
      )
      expect(status).toBe(201)
      expect(body.entry?.length).toBeGreaterThan(1)
      expect(
        body.entry?.every(({ resource, response }) => resource === undefined && response?.location !== undefined),
      ).toBe(true)
    })
  })

  test.each([
    ['a Goal', { resourceType: 'Goal' }, 'submission-expected'],
    ['a document', { resourceType: 'Bundle', type: 'document' }, 'bundle-type'],
    ['an empty Bundle', { resourceType: 'Bundle', type: 'collection' }, 'bundle-empty'],
    [
      'an entry without a resource',
      { resourceType: 'Bundle', type: 'collection', entry: [{}] },
      'entry-resource-malformed',
    ],
    [
      'an entry that is null',
      { resourceType: 'Bundle', type: 'collection', entry: [null] },
      'entry-resource-malformed',
    ],
    [
      'an update',
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: { resourceType: 'Goal' }, request: { method: 'PUT', url: 'Goal/1' } }],
      },
      'submission-adds',
    ],
    [
      'a condition',
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: { resourceType: 'Goal' }, request: { method: 'POST', url: 'Goal', ifMatch: 'W/"1"' } }],
      },
      'submission-condition',
    ],
    ['Parameters without a resource', { resourceType: 'Parameters' }, 'parameter-missing'],
    [
      'a parameter that is not known',
      { resourceType: 'Parameters', parameter: [{ name: 'force', valueBoolean: true }] },
      'parameter-unknown',
    ],
    [
      'a form that answers no known Questionnaire',
      { resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire: 'urn:none' },
      'extract-questionnaire',
    ],
  ])('refuses %s', async (_about, body, key) => {
    const answer = await gp('POST', '/CarePlan/$submit', body)
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(issueKeys(answer.body)).toContain(key)
  })
})

describe('QuestionnaireResponse/$extract', () => {
  test('answers with a transaction that refers only to itself and the person, and stores nothing', async () => {
    const before = await gp<Bundle>('GET', '/QuestionnaireResponse?_count=500')
    const response = { ...(respect as QuestionnaireResponse), subject: { reference: 'Patient/1' } }
    const { status, body } = await gp<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', {
      resourceType: 'Parameters',
      parameter: [{ name: 'questionnaire-response', resource: response }],
    })
    expect([status, body.type]).toEqual([200, 'transaction'])
    expect(
      body.entry?.every(
        ({ request, resource }) => request?.method === 'POST' && request.url === resource?.resourceType,
      ),
    ).toBe(true)
    expect(types(body)[0]).toBe('CarePlan')
    const after = await gp<Bundle>('GET', '/QuestionnaireResponse?_count=500')
    expect(after.body.entry?.length).toBe(before.body.entry?.length)
  })

  test('works on a stored form by its id, by GET and by POST', async () => {
    const patient = await register(gp, person('objection'))
    const { body: stored, status } = await gp<QuestionnaireResponse>(
      'POST',
      '/QuestionnaireResponse',
      responseOf(patient, person('objection').conversations[1]),
    )
    expect(status).toBe(201)
    const path = `/QuestionnaireResponse/${stored.id}/$extract`
    const byGet = await gp<Bundle<FhirResource>>('GET', path)
    expect(byGet.status).toBe(200)
    // The form is stored already, so it is referred to, not sent again.
    expect(types(byGet.body)).not.toContain('QuestionnaireResponse')
    expect(byGet.text).toContain(`QuestionnaireResponse/${stored.id}`)
    expect((await gp('POST', path)).text).toBe(byGet.text)
    expect((await gp('GET', `/QuestionnaireResponse/${randomUUID()}/$extract`)).status).toBe(404)
  })

  test('says every fault of a form at once', async () => {
    const { status, body } = await gp('POST', '/QuestionnaireResponse/$extract', {
      ...respect,
      status: 'in-progress',
      item: [{ linkId: 'no-such-item' }],
    })
    expect(status).toBe(422)
    expect(issueKeys(body)).toEqual(expect.arrayContaining(['extract-status', 'extract-unknown-item']))
  })
})

describe('the life of a plan', () => {
  let patient: string
  let plan: CarePlan

  beforeAll(async () => {
    patient = await register(gp, margaret)
    plan = await submit(gp, patient, respect)
  })

  test('Patient/$emergency-view answers with the stored text, by POST of an identifier', async () => {
    const { status, headers, body, text } = await crew<Parameters>(
      'POST',
      '/Patient/$emergency-view',
      question(margaret.patient.identifier?.[0]),
    )
    expect([status, outcomeOf(body)]).toEqual([200, 'current-plan'])
    expect(headers.get('cache-control')).toBe('no-store')
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000)
  })

  test('Patient/$emergency-view says not-found for an identifier that nobody has, and that this is not "no plan"', async () => {
    const { status, body, text } = await crew<Parameters>(
      'POST',
      '/Patient/$emergency-view',
      question({ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000123' }),
    )
    expect([status, outcomeOf(body)]).toEqual([200, 'not-found'])
    expect(text).not.toContain('9990000123')
  })

  test.each([
    ['an identifier without system', { name: 'identifier', valueIdentifier: { value: '1' } }, 'identifier-incomplete'],
    ['an identifier that is a list', { name: 'identifier', valueIdentifier: [] }, 'parameter-malformed'],
    [
      'a system that is no text',
      { name: 'identifier', valueIdentifier: { system: {}, value: '1' } },
      'identifier-incomplete',
    ],
    ['a parameter that it does not know', { name: 'chi', valueString: '1' }, 'parameter-unknown'],
  ])('Patient/$emergency-view refuses %s', async (_about, parameter, key) => {
    const { status, body } = await crew('POST', '/Patient/$emergency-view', {
      resourceType: 'Parameters',
      parameter: [parameter],
    })
    expect(status).toBe(400)
    expect(issueKeys(body)).toContain(key)
  })

  test('Patient/$emergency-view by GET is 405 and says where identifiers belong, without repeating it', async () => {
    const { status, headers, text } = await crew('GET', '/Patient/$emergency-view?identifier=1203411049')
    expect([status, headers.get('allow')]).toEqual([405, 'POST'])
    expect(text).toContain('must not stand in a URL')
    expect(text).not.toContain('1203411049')
  })

  test('$key-information-summary is a document, the same by GET and by POST', async () => {
    const path = `/Patient/${patient}/$key-information-summary`
    const { status, body, text } = await crew<Bundle<FhirResource>>('GET', path)
    expect([status, body.type, types(body)[0]]).toEqual([200, 'document', 'Composition'])
    expect((await crew('POST', path)).text).toBe(text)
  })

  test('$key-information-summary is a page for those who ask for one, which may load nothing', async () => {
    const { status, headers, text } = await crew('GET', `/Patient/${patient}/$key-information-summary`, undefined, {
      Accept: 'text/html',
    })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(text).toMatch(/^<!DOCTYPE html>/)
  })

  test('$sharing-status says that all is in step where there is nobody to tell', async () => {
    const { status, body } = await gp<Parameters>('GET', `/Patient/${patient}/$sharing-status`)
    expect(status).toBe(200)
    expect(body.parameter).toEqual([
      { name: 'inStep', valueBoolean: true },
      { name: 'epoch', valueUnsignedInt: 1 },
    ])
  })

  test('$submit with replaces ends the plan that it names, in the same commit', async () => {
    const before = cprOf(await emergencyView(crew, margaret))
    const next = await submit(gp, patient, changed, `CarePlan/${plan.id}`)
    expect((await gp<CarePlan>('GET', `/CarePlan/${plan.id}`)).body.status).toBe('revoked')
    expect(cprOf(await emergencyView(crew, margaret))).not.toBe(before)
    expect(next.replaces?.[0]?.reference).toMatch(new RegExp(`^CarePlan/${plan.id}`))
    plan = next
  })

  test('$revoke keeps to If-Match, and refuses a reason that is none', async () => {
    const revoke = (reason: string, headers: Record<string, string> = {}) =>
      gp<CarePlan>(
        'POST',
        `/CarePlan/${plan.id}/$revoke`,
        {
          resourceType: 'Parameters',
          parameter: [
            { name: 'reason', valueCode: reason },
            { name: 'text', valueString: 'The person asked for it.' },
          ],
        },
        headers,
      )
    expect(issueKeys((await revoke('superseded')).body)).toEqual(['reason-unknown'])
    expect((await revoke('withdrawn', { 'If-Match': 'W/"9"' })).status).toBe(412)
    const { status, headers, body } = await revoke('withdrawn', { 'If-Match': `W/"${plan.meta?.versionId}"` })
    expect([status, body.id, body.status]).toEqual([200, plan.id, 'revoked'])
    expect(headers.get('etag')).toBe(`W/"${Number(plan.meta?.versionId) + 1}"`)
    expect(outcomeOf(await emergencyView(crew, margaret))).toBe('no-plan')
    expect((await revoke('withdrawn')).status).toBe(409)
  })

  test('$key-information-summary then says that there is no plan, which is not an empty summary', async () => {
    const { status, body } = await crew('GET', `/Patient/${patient}/$key-information-summary`)
    expect([status, issueKeys(body)]).toEqual([404, ['no-plan']])
  })
})
