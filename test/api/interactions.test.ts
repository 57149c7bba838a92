import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Goal, OperationOutcome, Patient } from 'fhir/r4.js'
import { person, register } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

const goal = (words = 'To see the sea.', more: object = {}): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: words },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const created = async (words?: string): Promise<Goal> => (await gp<Goal>('POST', '/Goal', goal(words))).body

describe('create (http.html#create)', () => {
  test('answers 201 with Location, ETag, Last-Modified and the resource as stored', async () => {
    const { status, headers, body, text } = await gp<Goal>('POST', '/Goal', goal())
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`${service.baseUrl}/fhir/Goal/${body.id}/_history/1`)
    expect(headers.get('etag')).toBe('W/"1"')
    expect(new Date(headers.get('last-modified') ?? '').getTime()).toBe(
      Math.floor(Date.parse(body.meta?.lastUpdated ?? '') / 1_000) * 1_000,
    )
    expect((await gp('GET', `/Goal/${body.id}`)).text).toBe(text)
  })

  test('version and time are the server’s, with what can stand beside them (http.html#create)', async () => {
    const beside = { extension: [{ url: 'https://other.example/why', valueString: 'x' }] }
    const meta = {
      versionId: '7',
      _versionId: beside,
      lastUpdated: '2001-01-01T00:00:00Z',
      _lastUpdated: beside,
      tag: [{ code: 'a' }],
    }
    const { body } = await gp<Goal>('POST', '/Goal', { ...goal('One.'), meta })
    expect(body.meta).toEqual({ versionId: '1', lastUpdated: body.meta?.lastUpdated, tag: meta.tag })
    expect(body.meta?.lastUpdated).not.toContain('2001')
  })

  test('assigns the id, whatever id the body has', async () => {
    const { status, body } = await gp<Goal>('POST', '/Goal', goal('Mine.', { id: 'my-own' }))
    expect(status).toBe(201)
    expect(body.id).not.toBe('my-own')
  })

  test.each([
    ['minimal', ''],
    ['OperationOutcome', 'OperationOutcome'],
    ['representation', 'Goal'],
  ])('answers Prefer: return=%s with "%s" (http.html#ops)', async (preference, expected) => {
    const { status, body, headers } = await gp('POST', '/Goal', goal(), { Prefer: `return=${preference}` })
    expect(status).toBe(201)
    expect(body?.resourceType ?? '').toBe(expected)
    expect(headers.get('location')).toContain('/fhir/Goal/')
  })

  test('keeps the digits of a decimal, alone and in a transaction (datatypes.html#decimal)', async () => {
    const weight = (id: string): string =>
      `{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/${patient}"},"valueQuantity":{"value":1.00}}`
    const alone = await gp('POST', '/Observation', weight('x'))
    expect([alone.status, alone.text.includes('"value":1.00')]).toEqual([201, true])
    const id = randomUUID()
    const entry = `{"request":{"method":"PUT","url":"Observation/${id}"},"resource":${weight(id)}}`
    await gp('POST', '', `{"resourceType":"Bundle","type":"transaction","entry":[${entry}]}`)
    expect((await gp('GET', `/Observation/${id}?_pretty=true`)).text).toContain('"value": 1.00')
  })

  test('refuses a resource of another type, without a type, and no body at all', async () => {
    expect(issueKeys((await gp('POST', '/Goal', { resourceType: 'Patient' })).body)).toEqual(['resource-type-mismatch'])
    expect(issueKeys((await gp('POST', '/Goal', { status: 'x' })).body)).toEqual(['resource-type-missing'])
    expect(issueKeys((await gp('POST', '/Goal')).body)).toEqual(['body-missing'])
  })

  test('refuses parameters', async () => {
    expect(issueKeys((await gp('POST', '/Goal?_sort=x', goal())).body)).toEqual(['parameter-not-supported'])
  })
})

describe('conditional create (http.html#ccreate)', () => {
  const team = (value: string) => ({
    resourceType: 'Organization',
    name: 'A practice',
    identifier: [{ system: 'urn:test', value }],
  })

  test('creates once and then answers 200 with what is there', async () => {
    const condition = { 'If-None-Exist': 'identifier=urn:test|once' }
    const first = await gp('POST', '/Organization', team('once'), condition)
    const second = await gp('POST', '/Organization', team('once'), condition)
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.text).toBe(first.text)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
  })

  test('creates once when 20 ask at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        gp('POST', '/Organization', team('race'), { 'If-None-Exist': 'identifier=urn:test|race' }),
      ),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array.from({ length: 19 }, () => 200), 201])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('a condition that is not understood in every part is refused, whatever is preferred, and so is an empty one', async () => {
    const refused = async (condition: string) =>
      issueKeys(
        (await gp('POST', '/Organization', team('x'), { 'If-None-Exist': condition, Prefer: 'handling=lenient' })).body,
      )
    expect(await refused('shoe-size=9')).toEqual(['search-parameter-unknown'])
    expect(await refused('identifier=urn:test|x&shoe-size=9')).toEqual(['search-parameter-unknown'])
    expect(await refused('identifier=urn:test|x&_count=1')).toEqual(['condition-not-supported'])
    expect(await refused('?')).toEqual(['if-none-exist-empty'])
  })
})

describe('read and vread (http.html#read)', () => {
  test('304 for a version that the caller has, with its ETag and no body (http.html#cread)', async () => {
    const { id } = await created()
    const { status, text, headers } = await gp('GET', `/Goal/${id}`, undefined, { 'If-None-Match': 'W/"1"' })
    expect([status, text, headers.get('etag')]).toEqual([304, '', 'W/"1"'])
    expect((await gp('GET', `/Goal/${id}`, undefined, { 'If-None-Match': 'W/"2"' })).status).toBe(200)
  })

  test('304 for If-Modified-Since with the Last-Modified that came', async () => {
    const { id } = await created()
    const { headers } = await gp('GET', `/Goal/${id}`)
    const since = headers.get('last-modified') ?? ''
    expect((await gp('GET', `/Goal/${id}`, undefined, { 'If-Modified-Since': since })).status).toBe(304)
    expect(
      (await gp('GET', `/Goal/${id}`, undefined, { 'If-Modified-Since': 'Thu, 12 Mar 2020 14:30:05 GMT' })).status,
    ).toBe(200)
  })

  test('each version stays readable as it was', async () => {
    const first = await created('One.')
    await gp('PUT', `/Goal/${first.id}`, { ...first, description: { text: 'Two.' } })
    expect((await gp<Goal>('GET', `/Goal/${first.id}/_history/1`)).body.description.text).toBe('One.')
    const second = await gp<Goal>('GET', `/Goal/${first.id}/_history/2`)
    expect(second.body.description.text).toBe('Two.')
    expect(second.headers.get('etag')).toBe('W/"2"')
    expect((await gp('GET', `/Goal/${first.id}/_history/3`)).status).toBe(404)
  })

  test('404 for what never was, 410 for what was deleted, and the versions before it stay', async () => {
    const { id } = await created()
    expect((await gp('GET', `/Goal/${randomUUID()}`)).status).toBe(404)
    expect((await gp('DELETE', `/Goal/${id}`)).status).toBe(204)
    expect((await gp('GET', `/Goal/${id}`)).status).toBe(410)
    expect((await gp('GET', `/Goal/${id}/_history/1`)).status).toBe(200)
    expect((await gp('GET', `/Goal/${id}/_history/2`)).status).toBe(410)
  })

  test('HEAD answers as GET does, without the body', async () => {
    const { id } = await created()
    const { status, text, headers } = await gp('HEAD', `/Goal/${id}`)
    expect([status, text, headers.get('etag')]).toEqual([200, '', 'W/"1"'])
  })

  test('_pretty indents, and says the same', async () => {
    const goal = await created()
    const { text, body } = await gp<Goal>('GET', `/Goal/${goal.id}?_pretty=true`)
    expect(text).toContain('\n  "resourceType": "Goal"')
    expect(body).toEqual(goal)
  })

  test('parameters that mean nothing are refused', async () => {
    const { id } = await created()
    expect(issueKeys((await gp('GET', `/Goal/${id}?_summary=true`)).body)).toEqual(['parameter-not-supported'])
  })

  test('a body is refused', async () => {
    const { id } = await created()
    expect(issueKeys((await gp('DELETE', `/Goal/${id}`, {})).body)).toEqual(['body-not-expected'])
  })
})

describe('formats (http.html#mime-type)', () => {
  test('Turtle is refused with words, not with Turtle', async () => {
    const { status, body, headers } = await gp('GET', '/metadata', undefined, { Accept: 'text/turtle' })
    expect(status).toBe(406)
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8')
    expect(issueKeys(body)).toEqual(['format-not-served'])
    expect((await gp('GET', '/metadata?_format=turtle')).status).toBe(406)
    expect((await gp('GET', '/metadata?_format=yaml')).status).toBe(406)
  })

  test('a body in Turtle is refused with 415', async () => {
    const { status, body } = await gp('POST', '/Goal', '<Goal/>', { 'Content-Type': 'text/turtle' })
    expect([status, issueKeys(body)]).toEqual([415, ['content-type-not-read']])
  })

  test('_format=json is taken, with the plus sign of the full name too', async () => {
    expect((await gp('GET', '/metadata?_format=json', undefined, { Accept: 'text/turtle' })).status).toBe(200)
    expect((await gp('GET', '/metadata?_format=application/fhir+json')).status).toBe(200)
  })

  test('a search form may say its format as its URL may, and not both may (search.html#post)', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const { status, text } = await gp('POST', '/Goal/_search', '_format=xml&_count=1', form)
    expect([status, text]).toEqual([200, expect.stringContaining('<Bundle xmlns="http://hl7.org/fhir">')])
    expect((await gp('POST', '/Goal/_search', '_pretty=true', form)).text).toContain('\n')
    expect((await gp('POST', '/Goal/_search', '_format=turtle', form)).status).toBe(406)
    const twice = await gp('POST', '/Goal/_search?_format=json', '_format=xml', form)
    expect([twice.status, issueKeys(twice.body)]).toEqual([400, ['parameter-repeated']])
  })
})

describe('update (http.html#update, #concurrency)', () => {
  test('gives the next version', async () => {
    const goal = await created()
    const { status, headers, body } = await gp<Goal>(
      'PUT',
      `/Goal/${goal.id}`,
      { ...goal, priority: { text: 'high' } },
      { 'If-Match': 'W/"1"' },
    )
    expect([status, headers.get('etag'), body.meta?.versionId]).toEqual([200, 'W/"2"', '2'])
    expect(headers.get('location')).toBeNull()
  })

  test('412 for a version that is no longer the newest, with the newest in ETag', async () => {
    const goal = await created()
    await gp('PUT', `/Goal/${goal.id}`, goal)
    const { status, headers } = await gp('PUT', `/Goal/${goal.id}`, goal, { 'If-Match': 'W/"1"' })
    expect([status, headers.get('etag')]).toEqual([412, 'W/"2"'])
  })

  test('412 for a well-formed entity tag that is none of ours, 400 for one that is malformed', async () => {
    const goal = await created()
    expect((await gp('PUT', `/Goal/${goal.id}`, goal, { 'If-Match': 'W/"abc"' })).status).toBe(412)
    expect((await gp('PUT', `/Goal/${goal.id}`, goal, { 'If-Match': '1' })).status).toBe(400)
  })

  test('428 for a CarePlan without If-Match (RFC 6585)', async () => {
    const draft = {
      resourceType: 'CarePlan',
      status: 'draft',
      intent: 'plan',
      subject: { reference: `Patient/${patient}` },
    }
    const { body } = await gp('POST', '/CarePlan', draft)
    const { status, body: outcome } = await gp('PUT', `/CarePlan/${body.id}`, body)
    expect([status, issueKeys(outcome)]).toEqual([428, ['if-match-required']])
    expect((await gp('PUT', `/CarePlan/${body.id}`, body, { 'If-Match': 'W/"1"' })).status).toBe(200)
  })

  test('creates under an id of the caller, once with If-None-Match: *', async () => {
    const id = randomUUID()
    const first = await gp('PUT', `/Goal/${id}`, goal('Mine.', { id }), { 'If-None-Match': '*' })
    expect([first.status, first.headers.get('location')]).toEqual([
      201,
      `${service.baseUrl}/fhir/Goal/${id}/_history/1`,
    ])
    expect((await gp('PUT', `/Goal/${id}`, goal('Mine.', { id }), { 'If-None-Match': '*' })).status).toBe(412)
  })

  test('refuses a resource without the id of the path', async () => {
    const goal = await created()
    expect(issueKeys((await gp('PUT', `/Goal/${randomUUID()}`, goal)).body)).toEqual(['id-mismatch'])
    const { id, ...without } = goal
    expect(issueKeys((await gp('PUT', `/Goal/${id}`, without)).body)).toEqual(['id-mismatch'])
  })

  test('one of 10 that update the same version wins, the others get 412 or 409', async () => {
    const goal = await created()
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        gp('PUT', `/Goal/${goal.id}`, { ...goal, description: { text: `${index}` } }, { 'If-Match': 'W/"1"' }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.every((status) => [200, 409, 412].includes(status))).toBe(true)
  })
})

describe('delete (http.html#delete)', () => {
  test('answers 204 with the version of the deletion, and again when repeated', async () => {
    const { id } = await created()
    const first = await gp('DELETE', `/Goal/${id}`)
    expect([first.status, first.text, first.headers.get('etag')]).toEqual([204, '', 'W/"2"'])
    expect((await gp('DELETE', `/Goal/${id}`)).status).toBe(204)
  })

  test('keeps to If-Match', async () => {
    const { id } = await created()
    expect((await gp('DELETE', `/Goal/${id}`, undefined, { 'If-Match': 'W/"7"' })).status).toBe(412)
    expect((await gp('GET', `/Goal/${id}`)).status).toBe(200)
  })

  test('says what there is to say where that is preferred', async () => {
    const { id } = await created()
    const { status, body } = await gp<OperationOutcome>('DELETE', `/Goal/${id}`, undefined, {
      Prefer: 'return=OperationOutcome',
    })
    expect([status, body.resourceType]).toEqual([200, 'OperationOutcome'])
  })
})

describe('history (http.html#history)', () => {
  test('lists every version, newest first, a deletion and a return among them', async () => {
    const goal = await created('One.')
    const path = `/Goal/${goal.id}`
    await gp('PUT', path, { ...goal, description: { text: 'Two.' } })
    await gp('DELETE', path)
    await gp('PUT', path, goal)
    const { status, body } = await gp<Bundle<Goal>>('GET', `${path}/_history`)
    expect(status).toBe(200)
    expect([body.type, body.total]).toEqual(['history', 4])
    expect(
      body.entry?.map(({ request, response, resource }) => [
        request?.method,
        response?.status,
        response?.etag,
        resource?.meta?.versionId,
      ]),
    ).toEqual([
      ['PUT', '201 Created', 'W/"4"', '4'],
      ['DELETE', '204 No Content', 'W/"3"', undefined],
      ['PUT', '200 OK', 'W/"2"', '2'],
      ['PUT', '201 Created', 'W/"1"', '1'],
    ])
  })

  test('404 for what never was', async () => {
    expect((await gp('GET', `/Goal/${randomUUID()}/_history`)).status).toBe(404)
  })
})

describe('search (http.html#search)', () => {
  test('by patient, a page at a time, until there is no next link', async () => {
    const other = await register(gp, person('wales'))
    const subject = { subject: { reference: `Patient/${other}` } }
    for (let number = 0; number < 5; number += 1) await gp('POST', '/Goal', goal(`${number}`, subject))
    let path: string | undefined = `/Goal?patient=Patient/${other}&_count=2`
    const pages: string[][] = []
    while (path !== undefined) {
      const { body }: { body: Bundle<Goal> } = await gp<Bundle<Goal>>('GET', path)
      expect(body.type).toBe('searchset')
      expect(body.link?.[0]).toMatchObject({ relation: 'self' })
      pages.push((body.entry ?? []).map(({ resource }) => resource?.description.text ?? ''))
      path = body.link?.find(({ relation }) => relation === 'next')?.url.slice(`${service.baseUrl}/fhir`.length)
    }
    expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
    expect(pages.flat().sort()).toEqual(['0', '1', '2', '3', '4'])
  })

  test('entries name their resource and are matches', async () => {
    const { id } = await created()
    const { body } = await gp<Bundle>('GET', `/Goal?_id=${id}`)
    expect(body.entry).toHaveLength(1)
    expect(body.entry?.[0]).toMatchObject({ fullUrl: `${service.baseUrl}/fhir/Goal/${id}`, search: { mode: 'match' } })
    expect(body.link).toEqual([{ relation: 'self', url: `${service.baseUrl}/fhir/Goal?_id=${id}` }])
  })

  test('by POST, without the identifier of a person in any link', async () => {
    const { identifier: [identifier] = [] } = person('margaret').patient
    const { status, body, text } = await gp<Bundle<Patient>>(
      'POST',
      '/Patient/_search',
      new URLSearchParams({ identifier: `${identifier?.system}|${identifier?.value}` }).toString(),
      { 'Content-Type': 'application/x-www-form-urlencoded' },
    )
    expect(status).toBe(200)
    expect(body.entry?.map(({ resource }) => resource?.id)).toEqual([patient])
    expect(JSON.stringify(body.link)).not.toContain(identifier?.value)
    expect(body.link).toEqual([{ relation: 'self', url: `${service.baseUrl}/fhir/Patient` }])
    expect(text.split(identifier?.value ?? '')).toHaveLength(2)
  })

  test('by POST, page by page, without what names a person in any link', async () => {
    const identified = { identifier: [{ system: 'urn:test', value: 'shared' }] }
    const ids = [
      await gp('POST', '/Goal', goal('a', identified)),
      await gp('POST', '/Goal', goal('b', identified)),
    ].map(({ body }) => body.id)
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const first = await gp<Bundle>('POST', '/Goal/_search', 'identifier=urn:test%7Cshared&_count=1', form)
    expect(first.body.link?.map(({ relation }) => relation)).toEqual(['self', 'next'])
    expect(JSON.stringify(first.body.link)).not.toMatch(/urn:test|shared/)
    const next = first.body.link?.[1]?.url.slice(`${service.baseUrl}/fhir`.length) ?? ''
    const second = await gp<Bundle>('GET', next)
    expect(second.body.link?.map(({ relation }) => relation)).toEqual(['self'])
    expect([first, second].map(({ body }) => body.entry?.map(({ resource }) => resource?.id))).toEqual(
      ids.map((id) => [id]),
    )
  })

  test('an unknown parameter is refused, and only reported when leniency is preferred', async () => {
    const strict = await gp('GET', '/Goal?colour=blue')
    expect([strict.status, issueKeys(strict.body)]).toEqual([400, ['search-parameter-unknown']])
    const lenient = await gp<Bundle<FhirResource>>('GET', '/Goal?colour=blue&_count=1', undefined, {
      Prefer: 'handling=lenient',
    })
    expect(lenient.status).toBe(200)
    expect(issueKeys(lenient.body.entry?.at(-1)?.resource)).toEqual(['search-parameter-unknown'])
    expect(lenient.body.link?.[0]?.url).not.toContain('colour')
  })

  test('a search that finds nothing has no entry at all (an empty array is not FHIR)', async () => {
    const { text, status } = await gp('GET', `/Organization?_id=${randomUUID()}`)
    expect(status).toBe(200)
    expect(text).not.toContain('"entry"')
  })

  test.each(['Patient', 'CarePlan', 'Goal', 'Consent', 'Provenance'])(
    'a search for %s that finds nothing says that this does not mean that there is no plan',
    async (type) => {
      const { body } = await gp<Bundle<FhirResource>>('GET', `/${type}?_id=${randomUUID()}`)
      expect(body.entry?.map(({ search }) => search?.mode)).toEqual(['outcome'])
      const outcome = body.entry?.[0]?.resource as OperationOutcome
      expect(outcome.issue).toMatchObject([{ severity: 'information', code: 'informational' }])
      expect(issueKeys(outcome)).toEqual(['nothing-shown'])
      expect(outcome.issue[0]?.diagnostics).toContain('not a statement that there is no plan')
    },
  )
})

describe('who may ask', () => {
  test('without a token 401, with WWW-Authenticate; metadata needs none', async () => {
    const nobody = await service.fhir()
    const { status, headers, body } = await nobody('GET', `/Patient/${patient}`)
    expect([status, issueKeys(body)]).toEqual([401, ['token-missing']])
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect((await nobody('GET', '/metadata')).status).toBe(200)
  })

  test('a large body without a token is refused unread', async () => {
    const nobody = await service.fhir()
    expect((await nobody('POST', '', 'x'.repeat(10_000_000))).status).toBe(401)
  })

  test('a scope for reading does not write', async () => {
    const reader = await service.fhir('gp-practice', 'system/Goal.r')
    const { status, body } = await reader('POST', '/Goal', goal())
    expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
  })
})

describe('every failure is an OperationOutcome', () => {
  test.each([
    ['GET', '/nothing', 404],
    ['GET', '/Encounter', 404],
    ['GET', '/Goal/a_b', 400],
    ['GET', '/Goal/%zz', 400],
    ['POST', '/Goal/1', 405],
    ['PATCH', '/Goal/1', 400],
    ['POST', '/metadata', 405],
    ['GET', '/Patient/$emergency-view', 405],
  ])('%s %s: %i', async (method, path, expected) => {
    const { status, body, headers } = await gp(method, path, undefined, {
      'X-Request-ID': 'a3bb189e-8bf9-4a13-8b0f-1c1f7a0e2d11',
    })
    expect([status, body.resourceType]).toEqual([expected, 'OperationOutcome'])
    expect(headers.get('x-request-id')).toBe('a3bb189e-8bf9-4a13-8b0f-1c1f7a0e2d11')
    if (expected === 405) expect(headers.get('allow')).toBeTruthy()
  })
})
