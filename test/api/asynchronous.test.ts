import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { type Answer, type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

const LATER = { Prefer: 'respond-async' }

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  const england = person('england')
  patient = await register(gp, england)
  for (const conversation of england.conversations) await submit(gp, patient, conversation)
})

afterAll(() => service.stop())

const goal = (text: string): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text },
  subject: { reference: `Patient/${patient}` },
})

const bundle = (type: 'batch' | 'transaction', ...entry: object[]): object => ({ resourceType: 'Bundle', type, entry })

const create = (text: string): object => ({ resource: goal(text), request: { method: 'POST', url: 'Goal' } })

/** Below the base. */
const placeOf = ({ headers }: Answer<unknown>): string =>
  (headers.get('content-location') ?? '').slice(`${service.baseUrl}/fhir`.length)

/** The answer, once there is one. */
const answered = <Body = Bundle<FhirResource>>(ask: FhirRequest, place: string): Promise<Answer<Body>> =>
  until(
    () => ask<Body>('GET', place),
    ({ status }) => status !== 202,
    60,
  )

const accept = async (ask: FhirRequest, method: string, path: string, body?: object): Promise<string> => {
  const kickOff = await ask(method, path, body, LATER)
  if (kickOff.status !== 202) throw new Error(`Not accepted: ${kickOff.status} ${kickOff.text}`)
  return placeOf(kickOff)
}

const idOf = (place: string): string => place.slice(place.lastIndexOf('/') + 1)

type Kept = { request: string; body: string }

/** A job as a process leaves it that is lost while it performs it: leased, and not finished. */
const heldByAnother = async (client: string, until = '1 hour'): Promise<string> => {
  const id = randomUUID()
  await service.database.query(
    `insert into job (id, client, scopes, request_id, request, body, attempt, leased_until)
      values ($1, $2, '{}', $1, '{}', '', 1, now() + $3::interval)`,
    [id, client, until],
  )
  return id
}

/** Puts a job back to where its process is lost after all was done, but before the answer was kept. */
const lostBeforeItAnswered = async (place: string, { request, body }: Kept): Promise<void> => {
  await service.database.query(
    `update job set finished_at = null, answer = null, result = null, disclosed = null, request = $2, body = $3, leased_until = now()
      where id = $1`,
    [idOf(place), request, body],
  )
}

const asKept = (method: string, path: string, body?: object): Kept => ({
  request: JSON.stringify({ method, path, query: [], shown: [], conditions: {}, prefer: { lenient: false } }),
  body: body === undefined ? '' : JSON.stringify(body),
})

describe('Asynchronous requests (http://hl7.org/fhir/R4/async.html)', () => {
  test('$everything is accepted with 202 and Content-Location, and answered there as it is at once', async () => {
    const path = `/Patient/${patient}/$everything`
    const kickOff = await crew('GET', `${path}?_count=500`, undefined, LATER)
    expect([kickOff.status, kickOff.text, kickOff.headers.get('preference-applied')]).toEqual([
      202,
      '',
      'respond-async',
    ])
    expect(kickOff.headers.get('content-location')).toMatch(/\/fhir\/_async\/[0-9a-f-]{36}$/)
    const answer = await answered(crew, placeOf(kickOff))
    const atOnce = await crew<Bundle>('GET', `${path}?_count=500`)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(atOnce.body)
    expect(Date.parse(answer.headers.get('expires') ?? '') - Date.now()).toBeGreaterThan(3_000_000)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    // The same again: it is kept.
    expect((await crew('GET', placeOf(kickOff))).body).toEqual(atOnce.body)
  })

  test('while it is performed the answer is 202, with X-Progress and Retry-After', async () => {
    const id = await heldByAnother('ambulance')
    const { status, headers, text } = await crew('GET', `/_async/${id}`)
    expect([status, text, headers.get('x-progress')]).toEqual([202, '', 'Being performed'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('a transaction and a batch are answered with the outcome of each entry', async () => {
    const transaction = await accept(gp, 'POST', '', bundle('transaction', create('later 1'), create('later 2')))
    const batch = await accept(
      gp,
      'POST',
      '',
      bundle('batch', create('later 3'), { request: { method: 'GET', url: 'Goal/none' } }),
    )
    const statuses = async (place: string) =>
      (await answered(gp, place)).body.entry?.map(({ response }) => response?.status)
    expect(await statuses(transaction)).toEqual(['201 Created', '201 Created'])
    expect(await statuses(batch)).toEqual(['201 Created', '404 Not Found'])
  })

  test('what fails is answered as it would be at once', async () => {
    const refused = await answered(gp, await accept(gp, 'POST', '', bundle('transaction', create(''))))
    expect([refused.status, refused.body.resourceType]).toEqual([400, 'OperationOutcome'])
    const unknown = await answered(gp, await accept(gp, 'GET', '/Patient/none/$everything'))
    expect([unknown.status, issueKeys(unknown.body)]).toEqual([404, ['not-found']])
  })

  test('it is ended by DELETE: 202, and 404 afterwards', async () => {
    const place = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, place)
    const held = `/_async/${await heldByAnother('ambulance')}`
    for (const one of [place, held]) {
      expect((await crew('DELETE', one)).status).toBe(202)
      const after = await crew('GET', one)
      expect([after.status, issueKeys(after.body)]).toEqual([404, ['job-unknown']])
      expect((await crew('DELETE', one)).status).toBe(404)
    }
  })

  test('an answer is kept for an hour', async () => {
    const place = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, place)
    await service.database.query(`update job set finished_at = now() - interval '61 minutes' where id = $1`, [
      idOf(place),
    ])
    expect((await crew('GET', place)).status).toBe(404)
  })

  test('where it is not served the preference is passed over (RFC 7240 section 2)', async () => {
    const { status, headers } = await crew('GET', `/Patient/${patient}`, undefined, LATER)
    expect([status, headers.get('preference-applied')]).toEqual([200, null])
  })

  test("somebody else's is not found, and needs a token", async () => {
    const place = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, place)
    for (const method of ['GET', 'DELETE']) {
      const other = await gp(method, place)
      expect([other.status, issueKeys(other.body)]).toEqual([404, ['job-unknown']])
    }
    expect((await (await service.fhir())('GET', place)).status).toBe(401)
    expect((await crew('GET', place)).status).toBe(200)
  })

  test('an answer is withheld from a token that allows less than the one that it was asked with', async () => {
    const place = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, place)
    const narrow = await service.fhir('ambulance', 'system/Patient.r')
    const answer = await narrow('GET', place)
    expect([answer.status, issueKeys(answer.body)]).toEqual([403, ['scope-missing']])
  })

  test('an objection to sharing that comes in between withholds the answer, and the request that is performed after it', async () => {
    const objecting = person('objection')
    const id = await register(gp, objecting)
    const path = `/Patient/${id}/$everything`
    const place = await accept(crew, 'GET', path)
    expect((await answered(crew, place)).status).toBe(200)
    for (const conversation of objecting.conversations) await submit(gp, id, conversation)
    const withheld = await crew('GET', place)
    expect([withheld.status, issueKeys(withheld.body)]).toEqual([403, ['sharing-withheld']])

    const before = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, before)
    await lostBeforeItAnswered(before, asKept('GET', path))
    const decidedAnew = await answered(crew, before)
    expect([decidedAnew.status, issueKeys(decidedAnew.body)]).toEqual([403, ['sharing-withheld']])
  })

  test('that an answer was fetched is on record, with whose records it is about', async () => {
    const place = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, place)
    const fetches = async (): Promise<number> => {
      const rows = await service.database.query(
        `select id from audit_event where client = 'ambulance' and interaction = 'answer' and outcome = 'permit' and patient = $1`,
        [patient],
      )
      return rows.length
    }
    const before = await fetches()
    await crew('GET', place)
    expect(await fetches()).toBe(before + 1)
  })

  test("a lost process's request is performed by another", async () => {
    const place = await accept(crew, 'GET', `/Patient/${patient}/$everything`)
    await answered(crew, place)
    await lostBeforeItAnswered(place, asKept('GET', `/Patient/${patient}/$everything`))
    const again = await answered(crew, place)
    expect(again.status).toBe(200)
    const [row] = await service.database.query<{ attempt: number }>('select attempt from job where id = $1', [
      idOf(place),
    ])
    expect(row?.attempt).toBe(2)
  })

  test.each(['transaction', 'batch'] as const)(
    'what a lost process committed of a %s is not committed again',
    async (type) => {
      const text = `once by ${type}`
      const sent = bundle(type, create(text))
      const place = await accept(gp, 'POST', '', sent)
      expect((await answered(gp, place)).status).toBe(200)
      await lostBeforeItAnswered(place, asKept('POST', '', sent))
      const again = await answered(gp, place)
      expect(again.text).toContain('committed-already')
      const rows = await service.database.query(`select id from resource where type = 'Goal' and body like $1`, [
        `%${text}%`,
      ])
      expect(rows).toHaveLength(1)
    },
  )

  test('what was cancelled before it was committed is not committed', async () => {
    const id = await heldByAnother('gp-practice')
    expect((await gp('DELETE', `/_async/${id}`)).status).toBe(202)
    const { records } = service.services
    const cx = {
      requestId: randomUUID(),
      caller: {
        kind: 'system',
        clientId: 'gp-practice',
        role: 'gp-practice',
        organization: 'x',
        scopes: ['system/*.cruds'],
      },
      purpose: 'care',
      now: new Date(),
      once: id,
    } as const
    const organization = { resourceType: 'Organization', name: 'Never' } as const
    await expect(records.transact(cx, [{ do: 'create', resource: organization }])).rejects.toMatchObject({
      kind: 'conflict',
      issues: [{ key: 'committed-already' }],
    })
  })

  test('a client has only so many that are not answered', async () => {
    const hospital = await service.fhir('hospital')
    const held = await Promise.all(Array.from({ length: 10 }, () => heldByAnother('hospital')))
    const path = `/Patient/${patient}/$everything`
    const refused = await hospital('GET', path, undefined, LATER)
    expect([refused.status, issueKeys(refused.body)]).toEqual([429, ['too-many-jobs']])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    await hospital('DELETE', `/_async/${held[0]}`)
    expect((await hospital('GET', path, undefined, LATER)).status).toBe(202)
  })
})
