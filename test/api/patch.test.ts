import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Goal, Observation, Patient } from 'fhir/r4.js'
import { emergencyView, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let patient: string

const JSON_PATCH = { 'Content-Type': 'application/json-patch+json' }

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

const created = async (more: object = {}): Promise<string> => {
  const { status, body, text } = await gp<Goal>('POST', '/Goal', {
    resourceType: 'Goal',
    lifecycleStatus: 'proposed',
    description: { text: 'To see the sea.' },
    subject: { reference: `Patient/${patient}` },
    ...more,
  })
  if (status !== 201) throw new Error(text)
  return `/Goal/${body.id}`
}

const patched = <Body = Goal>(path: string, operations: unknown, headers: Record<string, string> = {}) =>
  gp<Body>('PATCH', path, JSON.stringify(operations), { ...JSON_PATCH, ...headers })

const words = (text: string) => [{ op: 'replace', path: '/description/text', value: text }]

/** A FHIRPath Patch that sets the words of a goal. */
const parameters = (text: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Goal.description.text' },
        { name: 'value', valueString: text },
      ],
    },
  ],
})

describe('patch (http://hl7.org/fhir/R4/http.html#patch)', () => {
  test('JSON Patch makes the next version, which is answered, read and kept as any other', async () => {
    const path = await created()
    const { status, headers, body, text } = await patched(path, words('To see the hills.'))
    expect([status, body.description.text, body.meta?.versionId]).toEqual([200, 'To see the hills.', '2'])
    expect(headers.get('etag')).toBe('W/"2"')
    expect((await gp('GET', path)).text).toBe(text)
    expect((await gp<Goal>('GET', `${path}/_history/1`)).body.description.text).toBe('To see the sea.')
    expect((await gp<Bundle>('GET', `${path}/_history`)).body.entry).toHaveLength(2)
  })

  test('FHIRPath Patch is a Parameters resource, in JSON or XML (http://hl7.org/fhir/R4/fhirpatch.html)', async () => {
    const path = await created()
    expect((await gp<Goal>('PATCH', path, parameters('In JSON.'))).body.description.text).toBe('In JSON.')
    const xml = `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="replace"/></part><part><name value="path"/><valueString value="Goal.description.text"/></part><part><name value="value"/><valueString value="In XML."/></part></parameter></Parameters>`
    const { status, body } = await gp<Goal>('PATCH', path, xml, { 'Content-Type': 'application/fhir+xml' })
    expect([status, body.description.text]).toEqual([200, 'In XML.'])
  })

  test.each([
    ['minimal', ''],
    ['OperationOutcome', 'OperationOutcome'],
    ['representation', 'Goal'],
  ])('answers Prefer: return=%s with "%s" (http.html#ops)', async (preference, expected) => {
    const { status, body } = await patched(await created(), words('x'), { Prefer: `return=${preference}` })
    expect([status, (body as Goal | undefined)?.resourceType ?? '']).toEqual([200, expected])
  })

  test('a decimal keeps its digits, whether the patch touches it or not (datatypes.html#decimal)', async () => {
    const weight = `{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/${patient}"},"valueQuantity":{"value":1.00},"component":[{"code":{"text":"y"},"valueQuantity":{"value":2.50}}]}`
    const { body } = await gp<Observation>('POST', '/Observation', weight)
    const operations = '[{"op":"replace","path":"/component/0/valueQuantity/value","value":3.700}]'
    const { text } = await gp('PATCH', `/Observation/${body.id}`, operations, JSON_PATCH)
    expect(text).toContain('"valueQuantity":{"value":1.00}')
    expect(text).toContain('"valueQuantity":{"value":3.700}')
    expect((await gp('GET', `/Observation/${body.id}`)).text).toBe(text)
  })

  test('a test that fails, and a place that is not there, are 409, and nothing is changed (RFC 5789 section 2.2)', async () => {
    const path = await created()
    const failed = await patched(path, [...words('x'), { op: 'test', path: '/lifecycleStatus', value: 'active' }])
    expect([failed.status, issueKeys(failed.body)]).toEqual([409, ['patch-test-failed']])
    const absent = await patched(path, [...words('x'), { op: 'remove', path: '/note/0' }])
    expect([absent.status, issueKeys(absent.body)]).toEqual([409, ['patch-conflict']])
    expect((await gp<Goal>('GET', path)).body).toMatchObject({
      description: { text: 'To see the sea.' },
      meta: { versionId: '1' },
    })
  })

  test('a result that is not valid is 422, and the issue names the element', async () => {
    const { status, body } = await patched(await created(), [{ op: 'remove', path: '/lifecycleStatus' }])
    expect(status).toBe(422)
    expect(JSON.stringify(body)).toContain('Goal.lifecycleStatus')
  })

  test('what is the server’s is not changed: 422', async () => {
    const path = await created()
    for (const operation of [
      { op: 'replace', path: '/id', value: 'other' },
      { op: 'replace', path: '/resourceType', value: 'CarePlan' },
      { op: 'replace', path: '/meta/versionId', value: '9' },
      { op: 'remove', path: '/meta/lastUpdated' },
      { op: 'add', path: '/meta/security', value: [{ code: 'R' }] },
    ]) {
      const { status, body } = await patched(path, [operation])
      expect([operation.path, status, issueKeys(body)]).toEqual([operation.path, 422, ['patch-server-owned']])
    }
  })

  test('a patch that is none is 400, one in another format 415 with Accept-Patch', async () => {
    const path = await created()
    expect(issueKeys((await patched(path, { op: 'remove' })).body)).toEqual(['patch-malformed'])
    expect(issueKeys((await gp('PATCH', path, '[{', JSON_PATCH)).body)).toEqual(['json-malformed'])
    expect(issueKeys((await gp('PATCH', path, '[{"op":"remove","op":"add"}]', JSON_PATCH)).body)).toEqual([
      'json-duplicate-key',
    ])
    expect(issueKeys((await gp('PATCH', path, { resourceType: 'Goal' })).body)).toEqual(['patch-malformed'])
    expect(issueKeys((await gp('PATCH', path)).body)).toEqual(['body-missing'])
    const other = await gp('PATCH', path, '<diff/>', { 'Content-Type': 'application/xml-patch+xml' })
    expect([other.status, issueKeys(other.body)]).toEqual([415, ['content-type-not-read']])
    expect(other.headers.get('accept-patch')).toContain('application/json-patch+json')
  })

  test('404 for what never was, 410 for what was deleted', async () => {
    expect((await patched('/Goal/there-is-none', words('x'))).status).toBe(404)
    const path = await created()
    await gp('DELETE', path)
    expect((await patched(path, words('x'))).status).toBe(410)
    expect((await gp('GET', path)).status).toBe(410)
  })

  test('needs the scopes to read and to update: a patch can ask', async () => {
    const path = await created()
    for (const [scope, status] of [
      ['system/Goal.u', 403],
      ['system/Goal.r', 403],
      ['system/Goal.cds', 403],
      ['system/Goal.ru', 200],
    ] as const) {
      const client = await service.fhir('gp-practice', scope)
      const answer = await client('PATCH', path, JSON.stringify(words(scope)), JSON_PATCH)
      expect([scope, answer.status]).toEqual([scope, status])
    }
  })

  test('of a person whose sharing is withheld, says neither that a test holds nor that it fails', async () => {
    const objector = person('objection')
    const id = await register(gp, objector)
    for (const conversation of objector.conversations) await submit(gp, id, conversation)
    const path = await created({ subject: { reference: `Patient/${id}` } })
    const hospital = await service.fhir('hospital')
    for (const value of ['To see the sea.', 'Something else.']) {
      const probe = [{ op: 'test', path: '/description/text', value }]
      const answer = await hospital('PATCH', path, JSON.stringify(probe), JSON_PATCH)
      expect([answer.status, issueKeys(answer.body)]).toEqual([403, ['sharing-withheld']])
    }
  })

  test('is held to the rules of plans as an update is', async () => {
    const england = person('england')
    const id = await register(gp, england)
    const plan = await submit(gp, id, england.conversations[0])
    const goal = plan.goal?.[0]?.reference ?? plan.supportingInfo?.[0]?.reference
    expect(goal).toBeDefined()
    const version = (await gp('GET', `/${goal}`)).headers.get('etag') ?? ''
    const operations = [{ op: 'add', path: '/language', value: 'en' }]
    const answer = await patched(`/${goal}`, operations, { 'If-Match': version })
    const { body } = await gp<Record<string, unknown>>('GET', `/${goal}`)
    const update = await gp('PUT', `/${goal}`, { ...body, language: 'en' }, { 'If-Match': version })
    expect([answer.status, issueKeys(answer.body)]).toEqual([update.status, issueKeys(update.body)])
    expect(answer.status).toBeGreaterThanOrEqual(400)
  })

  test('what is derived follows in the same commit', async () => {
    const scotland = person('child')
    const id = await register(gp, scotland)
    const crew = await service.fhir('ambulance')
    const operations = [{ op: 'replace', path: '/name/0/family', value: 'Newname' }]
    const { status } = await patched<Patient>(`/Patient/${id}`, operations, { 'If-Match': 'W/"1"' })
    expect(status).toBe(200)
    expect(JSON.stringify(await emergencyView(crew, scotland))).toContain('Newname')
  })

  test('leaves a row in the audit, and so does a patch that others forestalled (trust, section 3)', async () => {
    const path = await created()
    await patched(path, words('x'))
    await patched(path, words('y'), { 'If-Match': 'W/"1"' })
    await patched(path, [{ op: 'test', path: '/id', value: 'x' }])
    const rows = await service.database.query(
      `select interaction, outcome, reason, patient from audit_event where entities = array[$1] and interaction = 'patch' order by id`,
      [path.slice(1)],
    )
    expect(rows).toEqual([
      { interaction: 'patch', outcome: 'permit', reason: null, patient },
      { interaction: 'patch', outcome: 'conflict', reason: 'version-mismatch', patient },
      { interaction: 'patch', outcome: 'conflict', reason: 'patch-test-failed', patient },
    ])
  })
})

describe('patch and concurrency (http://hl7.org/fhir/R4/http.html#concurrency)', () => {
  test('If-Match is honoured: 412 names the current version', async () => {
    const path = await created()
    expect((await patched(path, words('a'), { 'If-Match': 'W/"1"' })).status).toBe(200)
    const stale = await patched(path, words('b'), { 'If-Match': 'W/"1"' })
    expect([stale.status, issueKeys(stale.body), stale.headers.get('etag')]).toEqual([
      412,
      ['version-mismatch'],
      'W/"2"',
    ])
  })

  test('If-Match goes before the patch: a stale version is 412, also where a test would fail', async () => {
    const path = await created()
    await patched(path, words('a'))
    const operations = [{ op: 'test', path: '/description/text', value: 'To see the sea.' }]
    expect((await patched(path, operations, { 'If-Match': 'W/"1"' })).status).toBe(412)
  })

  test('a type of versioned-update needs If-Match: 428 (Patient, CarePlan, Consent)', async () => {
    const { status, body } = await patched(`/Patient/${patient}`, [{ op: 'add', path: '/active', value: true }])
    expect([status, issueKeys(body)]).toEqual([428, ['if-match-required']])
    const plan = await gp('POST', '/CarePlan', {
      resourceType: 'CarePlan',
      status: 'draft',
      intent: 'plan',
      subject: { reference: `Patient/${patient}` },
    })
    const title = [{ op: 'add', path: '/title', value: 'x' }]
    expect((await patched(`/CarePlan/${plan.body.id}`, title)).status).toBe(428)
    expect((await patched(`/CarePlan/${plan.body.id}`, title, { 'If-Match': 'W/"1"' })).status).toBe(200)
  })

  test('of 20 patches of one version, one wins and the others get 412', async () => {
    const path = await created()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => patched(path, words(`Words ${index}`), { 'If-Match': 'W/"1"' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 412)])
  })

  test('without If-Match, each of 20 patches is applied to what the others left', async () => {
    const path = await created({ note: [{ text: 'first' }] })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        patched(path, [{ op: 'add', path: '/note/-', value: { text: `note ${index}` } }]),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    const { body } = await gp<Goal>('GET', path)
    expect(body.note?.map(({ text }) => text).sort()).toEqual(
      ['first', ...Array.from({ length: 20 }, (_, index) => `note ${index}`)].sort(),
    )
    expect(body.meta?.versionId).toBe('21')
  })
})
