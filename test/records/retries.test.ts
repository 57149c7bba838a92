/** What is tried again, how often, and what is said in the end (http://hl7.org/fhir/R4/http.html#concurrency). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Bundle, Organization } from 'fhir/r4.js'
import { person, register } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest

/** PostgreSQL fails a commit that writes an organisation called "Contested" so many times, with such a code. A sequence counts past a rollback. */
const failing = async (times: number, code: string): Promise<void> => {
  await service.database.query(`create or replace function contested() returns trigger language plpgsql as $$
    begin
      if nextval('contests') <= ${times} then raise exception using errcode = '${code}', message = 'contested'; end if;
      return new;
    end $$`)
  await service.database.query(`alter sequence contests restart`)
}

const tried = async (): Promise<number> => {
  const [row] = await service.database.query<{ count: string }>('select last_value as count from contests')
  return Number(row?.count)
}

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  await service.database.query('create sequence contests')
  await service.database.query(
    'create function contested() returns trigger language plpgsql as $$ begin return new; end $$',
  )
  await service.database.query(`create trigger contested before insert or update on resource for each row
    when (new.body like '%"Contested"%') execute function contested()`)
})

beforeEach(() => failing(0, '40001'))

afterAll(() => service.stop())

const organization = (name: string, more: object = {}): Organization => ({
  resourceType: 'Organization',
  name,
  ...more,
})

describe('retry 40001 and 40P01 with jitter; then 409 with Retry-After, never 500', () => {
  test.each(['40001', '40P01'])('%s three times is not noticed', async (code) => {
    await failing(3, code)
    expect((await gp('POST', '/Organization', organization('Contested'))).status).toBe(201)
    expect(await tried()).toBe(4)
  })

  test('a change, a patch, a conditional change and a transaction are tried again alike', async () => {
    const { body } = await gp(
      'POST',
      '/Organization',
      organization('x', { identifier: [{ system: 'urn:r', value: '1' }] }),
    )
    const contested = { ...body, name: 'Contested' }
    const path = `/Organization/${body.id}`
    const requests: readonly Parameters<FhirRequest>[] = [
      ['PUT', path, contested],
      [
        'PATCH',
        path,
        '[{"op":"add","path":"/alias","value":["a"]}]',
        { 'Content-Type': 'application/json-patch+json' },
      ],
      ['PUT', '/Organization?identifier=urn:r%7C1', contested],
      [
        'POST',
        '',
        {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [{ resource: contested, request: { method: 'PUT', url: `Organization/${body.id}` } }],
        },
      ],
    ]
    for (const request of requests) {
      await failing(2, '40P01')
      expect([request[0], (await gp(...request)).status, await tried()]).toEqual([request[0], 200, 3])
    }
    const { body: history } = await gp<Bundle>('GET', `${path}/_history`)
    expect(history.entry).toHaveLength(5)
  })

  test('where it never ends: 409 with Retry-After, nothing stored, and a row in the audit', async () => {
    const { body } = await gp('POST', '/Organization', organization('Quiet'))
    await failing(1_000, '40001')
    const path = `/Organization/${body.id}`
    const { status, headers, body: outcome } = await gp('PUT', path, { ...body, name: 'Contested' })
    expect([status, issueKeys(outcome), headers.get('retry-after')]).toEqual([409, ['busy'], '1'])
    expect((await gp('GET', path)).body).toEqual(body)
    const rows = await service.database.query(
      `select interaction, outcome, reason, entities from audit_event where entities = array[$1] and outcome = 'conflict'`,
      [path.slice(1)],
    )
    expect(rows).toEqual([{ interaction: 'update', outcome: 'conflict', reason: 'busy', entities: [path.slice(1)] }])
  })
})

describe('version races leave no resource that could never be updated again', () => {
  test('20 updates without If-Match at the same time: each is a version of its own, and the next one follows', async () => {
    const { body } = await gp('POST', '/Organization', organization('Raced'))
    const path = `/Organization/${body.id}`
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => gp('PUT', path, { ...body, name: `Name ${index}` })),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(answers.map(({ body }) => Number(body.meta?.versionId)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 2),
    )
    expect((await gp('PUT', path, body)).body.meta?.versionId).toBe('22')
  })
})

describe('what others forestalled is on record (trust, section 3)', () => {
  test('409 and 412 leave a row that names the act, the reason, and the resource and person where they are known', async () => {
    const wales = person('wales')
    const patient = await register(gp, wales)
    const { body: goal } = await gp('POST', '/Goal', {
      resourceType: 'Goal',
      lifecycleStatus: 'proposed',
      description: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
    })
    const { id: _id, ...content } = wales.patient
    const [{ value: last } = { value: 0 }] = await service.database.query<{ value: number }>(
      'select coalesce(max(id), 0)::integer as value from audit_event',
    )
    expect((await gp('PUT', `/Goal/${goal.id}`, goal, { 'If-Match': 'W/"7"' })).status).toBe(412)
    expect((await gp('DELETE', `/Goal/${goal.id}`, undefined, { 'If-Match': 'W/"7"' })).status).toBe(412)
    expect((await gp('PUT', `/Goal/${goal.id}`, goal, { 'If-None-Match': '*' })).status).toBe(412)
    expect((await gp('POST', '/Patient', content)).status).toBe(409)
    expect((await gp('DELETE', `/Patient/${patient}`)).status).toBe(409)
    const rows = await service.database.query(
      'select interaction, outcome, reason, patient, entities from audit_event where id > $1 order by id',
      [last],
    )
    const row = (interaction: string, reason: string, about: string[], of: string | null) => ({
      interaction,
      outcome: 'conflict',
      reason,
      patient: of,
      entities: about,
    })
    expect(rows).toEqual([
      row('update', 'version-mismatch', [`Goal/${goal.id}`], patient),
      row('delete', 'version-mismatch', [`Goal/${goal.id}`], patient),
      row('update', 'version-mismatch', [`Goal/${goal.id}`], patient),
      row('create', 'identifier-in-use', [], null),
      row('delete', 'still-referenced', [`Patient/${patient}`], null),
    ])
  })
})
