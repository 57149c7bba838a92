/** A write that is sent again under its X-Request-ID is answered as the first time, and not done again (trust, section 1). */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Goal, OperationOutcome } from 'fhir/r4.js'
import { person, register, submission } from '../support/people.ts'
import { type Answer, type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

let service: TestService
let gp: FhirRequest
let hospital: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
  patient = await register(gp, person('margaret'))
})
afterAll(() => service.stop())

const goal = (text: string): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text },
  subject: { reference: `Patient/${patient}` },
})

const named = (id: string, more: Record<string, string> = {}) => ({ 'X-Request-ID': id, ...more })

/** All of an answer that tells what became of the request. */
const told = ({ status, headers, text }: Answer<unknown>) => ({
  status,
  text,
  etag: headers.get('etag'),
  location: headers.get('location'),
  modified: headers.get('last-modified'),
})

const goalsCalled = async (text: string): Promise<number> => {
  const { body } = await gp<Bundle<Goal>>('GET', `/Goal?patient=${patient}&_count=500`)
  return (body.entry ?? []).filter(({ resource }) => resource?.description?.text === text).length
}

describe('a write that is sent again under its X-Request-ID', () => {
  test('makes nothing new, and gets the first answer', async () => {
    const id = randomUUID()
    const first = await gp('POST', '/Goal', goal('once'), named(id))
    expect(first.status).toBe(201)
    expect(told(await gp('POST', '/Goal', goal('once'), named(id)))).toEqual(told(first))
    expect(told(await gp('POST', '/Goal', goal('once'), named(id.toUpperCase())))).toEqual(told(first))
    expect(await goalsCalled('once')).toBe(1)
    const rows = await service.database.query(
      `select interaction from audit_event where request_id in ($1, $2) order by id`,
      [id, id.toUpperCase()],
    )
    expect(rows.map(({ interaction }) => interaction)).toEqual(['create', 'repeat', 'repeat'])
  })

  test('gets what was there then, whatever was done since', async () => {
    const [made, changed, ended] = [randomUUID(), randomUUID(), randomUUID()]
    const first = await gp<Goal>('POST', '/Goal', goal('first'), named(made))
    const { id } = first.body
    const update = () => gp('PUT', `/Goal/${id}`, { ...goal('second'), id }, named(changed, { 'If-Match': 'W/"1"' }))
    const second = await update()
    expect([second.status, second.headers.get('etag')]).toEqual([200, 'W/"2"'])
    const third = await gp('DELETE', `/Goal/${id}`, undefined, named(ended))
    expect(third.status).toBe(204)
    expect(told(await gp('POST', '/Goal', goal('first'), named(made)))).toEqual(told(first))
    expect(told(await update())).toEqual(told(second))
    expect(told(await gp('DELETE', `/Goal/${id}`, undefined, named(ended)))).toEqual(told(third))
    expect((await gp<Bundle>('GET', `/Goal/${id}/_history`)).body.total).toBe(3)
  })

  test('is so where it would be refused now, or come to nothing', async () => {
    const [create, update] = [randomUUID(), randomUUID()]
    const identified = { ...goal('identified'), identifier: [{ system: 'urn:repeats', value: '1' }] }
    const creating = () =>
      gp<Goal>('POST', '/Goal', identified, named(create, { 'If-None-Exist': 'identifier=urn:repeats%7C1' }))
    const first = await creating()
    expect(first.status).toBe(201)
    expect(told(await creating())).toEqual(told(first))
    const person = await gp<FhirResource>('GET', `/Patient/${patient}`)
    const changing = () =>
      gp(
        'PUT',
        `/Patient/${patient}`,
        { ...person.body, maritalStatus: { text: 'Widowed' } },
        named(update, { 'If-Match': person.headers.get('etag') ?? '' }),
      )
    const second = await changing()
    expect(second.status).toBe(200)
    expect(told(await changing())).toEqual(told(second))
  })

  test('is done once of ten at the same time, and all get the same answer', async () => {
    const id = randomUUID()
    const answers = await Promise.all(Array.from({ length: 10 }, () => gp('POST', '/Goal', goal('at once'), named(id))))
    expect(new Set(answers.map((one) => JSON.stringify(told(one)))).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect(await goalsCalled('at once')).toBe(1)
  })

  test('is so with transactions, entries of a batch, and operations', async () => {
    const entry = ['one', 'other'].map((text) => ({ resource: goal(text), request: { method: 'POST', url: 'Goal' } }))
    for (const type of ['transaction', 'batch']) {
      const id = randomUUID()
      const ask = () => gp('POST', '', { resourceType: 'Bundle', type, entry }, named(id))
      const first = await ask()
      expect([type, first.status]).toEqual([type, 200])
      expect([type, told(await ask())]).toEqual([type, told(first)])
    }
    expect([await goalsCalled('one'), await goalsCalled('other')]).toEqual([2, 2])

    const id = randomUUID()
    const submitting = () =>
      gp<Bundle<FhirResource>>(
        'POST',
        '/CarePlan/$submit',
        submission(patient, person('margaret').conversations[0] as never),
        named(id),
      )
    const first = await submitting()
    expect([first.status, first.text]).toEqual([201, first.text])
    expect(told(await submitting())).toEqual(told(first))
    const plans = await gp<Bundle>('GET', `/CarePlan?patient=${patient}&status=active&_summary=count`)
    expect(plans.body.total).toBe(1)
  })

  test('may be answered in another way, and says the same', async () => {
    const id = randomUUID()
    const first = await gp<Goal>('POST', '/Goal', goal('briefly'), named(id, { Prefer: 'return=minimal' }))
    const again = await gp<Goal>('POST', '/Goal', goal('briefly'), named(id, { Prefer: 'return=representation' }))
    expect([first.text, again.status, again.headers.get('location')]).toEqual(['', 201, first.headers.get('location')])
    expect(again.body.description?.text).toBe('briefly')
  })
})

describe('an X-Request-ID', () => {
  test('stands for one request: another under it is refused, and nothing is done', async () => {
    const id = randomUUID()
    const first = await gp<Goal>('POST', '/Goal', goal('mine'), named(id))
    const reused = async (answer: ReturnType<FhirRequest>) => {
      const { status, body } = await answer
      return [status, ...issueKeys(body as OperationOutcome)]
    }
    const refused = [422, 'request-id-reused']
    expect(await reused(gp('POST', '/Goal', goal('not mine'), named(id)))).toEqual(refused)
    expect(await reused(gp('POST', '/Observation', goal('mine'), named(id)))).not.toEqual([201])
    expect(
      await reused(gp('PUT', `/Goal/${first.body.id}`, { ...goal('mine'), id: first.body.id }, named(id))),
    ).toEqual(refused)
    expect(await reused(gp('DELETE', `/Goal/${first.body.id}`, undefined, named(id)))).toEqual(refused)
    expect(await goalsCalled('not mine')).toBe(0)
    expect((await gp('GET', `/Goal/${first.body.id}`, undefined, named(id))).status).toBe(200)
  })

  test('is the client’s own: another client does its own under the same', async () => {
    const id = randomUUID()
    const [one, other] = [
      await gp<Goal>('POST', '/Goal', goal('shared id'), named(id)),
      await hospital<Goal>('POST', '/Goal', goal('shared id'), named(id)),
    ]
    expect([one.status, other.status]).toEqual([201, 201])
    expect(one.body.id).not.toBe(other.body.id)
  })

  test('of what failed is free: nothing was done', async () => {
    const id = randomUUID()
    const wrong = { ...goal('mended'), lifecycleStatus: 'wanted' }
    expect((await gp('POST', '/Goal', wrong, named(id))).status).toBe(400)
    expect((await gp('POST', '/Goal', goal('mended'), named(id))).status).toBe(201)
  })

  test('opens nothing to a narrower token, nor what the client may not see any more', async () => {
    const id = randomUUID()
    const made = await hospital<Goal>('POST', '/Goal', goal('seen by some'), named(id))
    const narrow = await service.fhir('hospital', 'system/Goal.rs')
    expect((await narrow('POST', '/Goal', goal('seen by some'), named(id))).status).toBe(403)
    await gp('POST', `/Goal/${made.body.id}/$meta-add`, {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'meta',
          valueMeta: {
            security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }],
          },
        },
      ],
    })
    expect((await hospital('POST', '/Goal', goal('seen by some'), named(id))).status).toBe(404)
  })

  test('counts for a day', async () => {
    const id = randomUUID()
    await gp('POST', '/Goal', goal('yesterday'), named(id))
    await service.database.query(`update performed_request set at = at - interval '25 hours' where id = $1`, [id])
    expect((await gp('POST', '/Goal', goal('yesterday'), named(id))).status).toBe(201)
    expect(await goalsCalled('yesterday')).toBe(2)
    const kept = await service.database.query('select at from performed_request where id = $1', [id])
    expect(kept.length).toBe(1)
  })

  test('costs whoever asks for the first time nothing', async () => {
    expect(await statements(service, () => gp('POST', '/Goal', goal('x')))).toBe(1)
    expect(await statements(service, () => gp('POST', '/Goal', goal('x'), named(randomUUID())))).toBe(1)
  })
})
