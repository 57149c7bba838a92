import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, Consent, FhirResource, Goal, Patient } from 'fhir/r4.js'
import { generateKeyPair, SignJWT } from 'jose'
import { assertionOf } from '../support/assertion.ts'
import { person, question, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let patient: string
let other: string
const margaret = person('margaret')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, margaret)
  other = await register(gp, person('england'))
})

afterAll(async () => {
  // Whatever came in, the service stands and answers as before.
  expect((await gp('GET', `/Patient/${patient}`)).status).toBe(200)
  await service.stop()
})

const goal = (more: object = {}): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: 'To be at home.' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const resourceCount = async (): Promise<number> => {
  const [row] = await service.database.query<{ count: number }>('select count(*)::integer as count from resource')
  return row?.count ?? -1
}

/** The plan of the first ReSPECT conversation, as the Bundle that it is extracted to. */
const extracted = async (): Promise<Bundle<FhirResource>> => {
  const response = submission(patient, margaret.conversations[1] as never).parameter?.[0]?.resource as object
  const { body } = await gp<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', response)
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: (body.entry ?? []).map(({ request: _request, ...entry }) => entry),
  }
}

describe('what is refused leaves nothing behind, and says what was wrong and where', () => {
  let before: number
  beforeAll(async () => {
    before = await resourceCount()
  })
  afterAll(async () => expect(await resourceCount()).toBe(before))

  test('malformed JSON', async () => {
    const { status, body, text } = await gp('POST', '/Goal', '{"resourceType": "Goal", ')
    expect(status).toBe(400)
    expect(issueKeys(body)).toEqual(['json-malformed'])
    expect(text).toMatch(/line 1/)
  })

  test('a resource of another type than the path says', async () => {
    const { status, body } = await gp('POST', '/Goal', margaret.patient)
    expect(status).toBe(400)
    expect(body.resourceType).toBe('OperationOutcome')
  })

  test('200 levels of nesting', async () => {
    const deep = `${'{"extension":['.repeat(200)}{}${']}'.repeat(200)}`
    const { status, body } = await gp('POST', '/Goal', `{"resourceType":"Goal","extension":[${deep}]}`)
    expect(status).toBe(400)
    expect(issueKeys(body)).toEqual(['json-too-deep'])
  })

  test('a body of 20 MB', async () => {
    const { status, body } = await gp(
      'POST',
      '/Goal',
      JSON.stringify(goal({ note: [{ text: 'x'.repeat(20_000_000) }] })),
    )
    expect(status).toBe(413)
    expect(body.resourceType).toBe('OperationOutcome')
  })

  test('an endless body, without its memory', async () => {
    const token = await service.token('gp-practice')
    const used = process.memoryUsage().rss
    const status = await new Promise<number | string>((settle) => {
      const endless = request(`${service.baseUrl}/fhir/Goal`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/fhir+json',
          'Transfer-Encoding': 'chunked',
        },
      })
      const chunk = Buffer.alloc(1_000_000, 'x')
      let sent = 0
      const more = (): void => {
        while (!endless.destroyed && sent < 300 && endless.write(chunk)) sent += 1
        if (sent >= 300) endless.end()
      }
      endless.on('drain', more)
      endless.on('response', (answer) => settle(answer.statusCode ?? 0))
      endless.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'error'))
      more()
    })
    expect([413, 'EPIPE', 'ECONNRESET']).toContain(status)
    expect(process.memoryUsage().rss - used).toBeLessThan(150_000_000)
  })

  test('a CHI number with a wrong check digit', async () => {
    const { patient: wales } = person('wales')
    const chi = margaret.patient.identifier?.[0]?.value ?? ''
    const wrong = chi.slice(0, 9) + String((Number(chi[9]) + 1) % 10)
    const { id: _id, ...content } = wales
    const { status, body, text } = await gp('POST', '/Patient', {
      ...content,
      identifier: [{ ...margaret.patient.identifier?.[0], value: wrong }],
    })
    expect(status).toBe(422)
    expect(issueKeys(body)).toContain('identifier-check-digit')
    expect(text).toContain('Patient.identifier[0].value')
    expect(text).not.toContain(wrong)
  })

  test('an emergency view by a number that cannot be right, which is not "not found"', async () => {
    const chi = margaret.patient.identifier?.[0]?.value ?? ''
    const wrong = { ...margaret.patient.identifier?.[0], value: chi.slice(0, 9) + String((Number(chi[9]) + 1) % 10) }
    const { status, body, text } = await gp('POST', '/Patient/$emergency-view', question(wrong))
    expect(status).toBe(400)
    expect(issueKeys(body)).toEqual(['identifier-check-digit'])
    expect(text).not.toContain(wrong.value)
  })

  test("a reference to another person's resource", async () => {
    const { body: theirs } = await gp<Goal>('POST', '/Goal', goal({ subject: { reference: `Patient/${other}` } }))
    before += 1
    const { status, body } = await gp('POST', '/CarePlan', {
      resourceType: 'CarePlan',
      status: 'draft',
      intent: 'plan',
      subject: { reference: `Patient/${patient}` },
      goal: [{ reference: `Goal/${theirs.id}` }],
    })
    expect(status).toBe(422)
    expect(issueKeys(body)).toEqual(['reference-refused'])
  })

  test("a plan that is made of another person's resource (INV-2)", async () => {
    const bundle = await extracted()
    const consent = bundle.entry?.find(({ resource }) => resource?.resourceType === 'Consent')?.resource as Consent
    consent.patient = { reference: `Patient/${other}` }
    const { status, body } = await gp('POST', '/CarePlan/$submit', bundle)
    expect([409, 422]).toContain(status)
    expect(body.resourceType).toBe('OperationOutcome')
  })

  test('two CPR recommendations (RSP-1)', async () => {
    const bundle = await extracted()
    const cpr = bundle.entry?.find(
      ({ resource }) => resource?.resourceType === 'Consent' && JSON.stringify(resource).includes('89666000'),
    )
    bundle.entry?.push({
      fullUrl: 'urn:uuid:6f0e3c39-0f5b-4a5a-9d1a-2d8f5f3f0001',
      resource: structuredClone(cpr?.resource) as FhirResource,
    })
    const { status, body } = await gp('POST', '/CarePlan/$submit', bundle)
    expect(status).toBe(422)
    expect(issueKeys(body)).toContain('RSP-1')
  })

  test('all that is wrong is said at once', async () => {
    const { status, body } = await gp('POST', '/Goal', {
      resourceType: 'Goal',
      lifecycleStatus: 'perhaps',
      subject: { reference: `Patient/${patient}` },
      colour: 'blue',
    })
    expect(status).toBe(400)
    expect(issueKeys(body).toSorted()).toEqual(['code-not-in-value-set', 'required-element', 'unknown-element'])
  })

  test('a security label that nobody gives', async () => {
    const { status, body } = await gp(
      'POST',
      '/Goal',
      goal({ meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }] } }),
    )
    expect(status).toBe(422)
    expect(issueKeys(body)).toEqual(['label-unknown'])
  })
})

describe('versions', () => {
  test('a stale If-Match gets 412 with the current version', async () => {
    const { body: stored } = await gp<Goal>('POST', '/Goal', goal())
    await gp('PUT', `/Goal/${stored.id}`, { ...stored, description: { text: 'Again.' } }, { 'If-Match': 'W/"1"' })
    const { status, headers } = await gp('PUT', `/Goal/${stored.id}`, stored, { 'If-Match': 'W/"1"' })
    expect(status).toBe(412)
    expect(headers.get('etag')).toBe('W/"2"')
  })

  test('an update of a CarePlan without If-Match is refused', async () => {
    const { body: stored } = await gp<CarePlan>('POST', '/CarePlan', {
      resourceType: 'CarePlan',
      status: 'draft',
      intent: 'plan',
      subject: { reference: `Patient/${patient}` },
    })
    const { status, body } = await gp('PUT', `/CarePlan/${stored.id}`, stored)
    expect([412, 428]).toContain(status)
    expect(issueKeys(body)).toEqual(['if-match-required'])
  })

  test('a resource cannot be moved to another person', async () => {
    const { body: stored } = await gp<Goal>('POST', '/Goal', goal())
    const { status, body } = await gp('PUT', `/Goal/${stored.id}`, {
      ...stored,
      subject: { reference: `Patient/${other}` },
    })
    expect(status).toBe(422)
    expect(issueKeys(body)).toContain('person-changed')
  })
})

describe('a plan in force', () => {
  test('cannot be edited or deleted, neither the plan nor what it is made of', async () => {
    const plan = await submit(gp, patient, margaret.conversations[1])
    const consentId = plan.supportingInfo
      ?.map(({ reference }) => reference)
      .find((reference) => reference?.startsWith('Consent/'))
    const { body: consent } = await gp<Consent>('GET', `/${consentId}`)
    const edits: [string, object][] = [
      [`/CarePlan/${plan.id}`, { ...plan, title: 'Another title' }],
      [`/${consentId}`, { ...consent, dateTime: '2026-01-01' }],
    ]
    for (const [path, content] of edits) {
      const { status, body } = await gp('PUT', path, content, { 'If-Match': 'W/"1"' })
      expect([path, status]).toEqual([path, 409])
      expect(issueKeys(body)).toContain('plan-content-fixed')
      expect((await gp('DELETE', path)).status).toBe(409)
    }
  })

  test('a second one of its kind gets 409 that names the one in force (RSP-14)', async () => {
    const { status, body, text } = await gp(
      'POST',
      '/CarePlan/$submit',
      submission(patient, margaret.conversations[2] as never),
    )
    expect(status).toBe(409)
    expect(issueKeys(body)).toContain('RSP-14')
    expect(text).toMatch(/CarePlan\/[0-9a-f-]{36}/)
  })
})

describe('tokens', () => {
  const ask = async (token: string): Promise<[number, string | null]> => {
    const answer = await fetch(`${service.baseUrl}/fhir/Patient/${patient}`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    return [answer.status, answer.headers.get('www-authenticate')]
  }

  test('a foreign, a malformed and a missing token get 401 that says how to sign in', async () => {
    const { privateKey } = await generateKeyPair('ES384')
    const foreign = await new SignJWT({ scope: 'system/*.cruds' })
      .setProtectedHeader({ alg: 'ES384', kid: 'foreign', typ: 'at+jwt' })
      .setIssuer(service.baseUrl)
      .setAudience(`${service.baseUrl}/fhir`)
      .setSubject('gp-practice')
      .setExpirationTime('5m')
      .sign(privateKey)
    for (const token of [foreign, 'nonsense', '']) {
      const [status, challenge] = await ask(token)
      expect(status).toBe(401)
      expect(challenge).toMatch(/^Bearer/)
    }
  })

  test('a token without the scope gets 403, and the refusal is audited', async () => {
    const reader = await service.fhir('gp-practice', 'system/Goal.r')
    const { status, body } = await reader('GET', `/Patient/${patient}`)
    expect(status).toBe(403)
    expect(issueKeys(body)).toEqual(['scope-missing'])
    const rows = await service.database.query(
      `select 1 from audit_event where outcome = 'deny' and reason = 'scope-missing'`,
    )
    expect(rows.length).toBeGreaterThan(0)
  })

  test('one assertion used 50 times at once gives one token (trust, section 1)', async () => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'system/*.cruds',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertionOf('gp-practice', `${service.baseUrl}/auth/token`),
    })
    const statuses = await Promise.all(
      Array.from(
        { length: 50 },
        async () => (await fetch(`${service.baseUrl}/auth/token`, { method: 'POST', body: form })).status,
      ),
    )
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  })
})

test('no log line holds what belongs to a person', () => {
  const lines = JSON.stringify(service.logged)
  for (const { patient: somebody } of [margaret, person('england')]) {
    expect(lines).not.toContain((somebody as Patient).identifier?.[0]?.value)
    expect(lines).not.toContain((somebody as Patient).name?.[0]?.family)
  }
})
