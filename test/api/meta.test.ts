import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Meta, Parameters } from 'fhir/r4.js'
import { person, register, submission } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const SYSTEM = 'urn:keyplan:test:tag'
const SECRET = 'only-here'

let service: TestService
let gp: FhirRequest
let hospital: FhirRequest
let patient: string
let goal: string
/** Of a person who objects to sharing. */
let withheldGoal: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
  patient = await register(gp, person('margaret'))
  const { body } = await gp('POST', '/Goal', {
    resourceType: 'Goal',
    meta: { tag: [{ system: SYSTEM, code: 'first' }] },
    lifecycleStatus: 'proposed',
    description: { text: 'x' },
    subject: { reference: `Patient/${patient}` },
  })
  goal = `/Goal/${body.id}`

  const objecting = await register(gp, person('objection'))
  for (const conversation of person('objection').conversations)
    await gp('POST', '/CarePlan/$submit', submission(objecting, conversation))
  const withheld = await gp('POST', '/Goal', {
    resourceType: 'Goal',
    meta: { tag: [{ system: SYSTEM, code: SECRET }] },
    lifecycleStatus: 'proposed',
    description: { text: 'x' },
    subject: { reference: `Patient/${objecting}` },
  })
  withheldGoal = `/Goal/${withheld.body.id}`
})

afterAll(() => service.stop())

const returned = ({ body }: { body: Parameters }): Meta => body.parameter?.[0]?.valueMeta as Meta

const given = (meta: Meta): Parameters => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'meta', valueMeta: meta }],
})

describe('$meta (resource-operation-meta.html)', () => {
  test('of a resource: its meta, by GET and by POST, with the version in the ETag', async () => {
    const answer = await gp<Parameters>('GET', `${goal}/$meta`)
    const read = await gp('GET', goal)
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, read.headers.get('etag')])
    expect(returned(answer)).toEqual(read.body.meta)
    expect(returned(await gp<Parameters>('POST', `${goal}/$meta`))).toEqual(read.body.meta)
    expect((await gp('GET', '/Goal/none/$meta')).status).toBe(404)
  })

  test('of a type and of all: the labels in use, each once', async () => {
    const profile = 'https://keyplan.example/test/profile'
    for (const code of ['second', 'first'])
      await gp('POST', '/Organization', {
        resourceType: 'Organization',
        meta: { profile: [profile], tag: [{ system: SYSTEM, code }, { code: 'bare' }] },
        name: 'x',
      })
    const ofType = returned(await gp<Parameters>('GET', '/Organization/$meta'))
    expect(ofType).toEqual({
      profile: [profile],
      tag: [{ code: 'bare' }, { system: SYSTEM, code: 'first' }, { system: SYSTEM, code: 'second' }],
    })
    const ofAll = returned(await gp<Parameters>('POST', '/$meta'))
    expect(ofAll.profile).toContain(profile)
    expect(ofAll.tag?.filter(({ code }) => code === 'first')).toHaveLength(1)
    // Where there is none there is no parameter: an element of FHIR is never empty (ele-1).
    expect((await gp<Parameters>('GET', '/Endpoint/$meta')).body).toEqual({ resourceType: 'Parameters' })
  })

  test('tells nothing of what the token may not read, nor of a person whose record is not shared with the caller', async () => {
    expect((await gp('GET', '/Goal/$meta')).text).toContain(SECRET)
    for (const path of ['/Goal/$meta', '/$meta']) {
      const answer = await hospital('GET', path)
      expect([answer.status, answer.text.includes(SECRET)]).toEqual([200, false])
    }
    const narrow = await service.fhir('gp-practice', 'system/Organization.r')
    expect((await narrow('GET', '/Goal/$meta')).status).toBe(403)
    expect((await narrow('GET', '/$meta')).text).not.toContain(SECRET)
  })
})

describe('$meta-add and $meta-delete (resource-operation-meta-add.html)', () => {
  test('make a new version, and leave everything else as it was', async () => {
    const before = await gp('GET', goal)
    const added = await gp<Parameters>(
      'POST',
      `${goal}/$meta-add`,
      given({
        tag: [
          { system: SYSTEM, code: 'first', display: 'again' },
          { system: SYSTEM, code: 'new' },
        ],
        profile: ['urn:p'],
      }),
    )
    expect([added.status, added.headers.get('etag')]).toEqual([200, 'W/"2"'])
    expect(returned(added)).toMatchObject({
      versionId: '2',
      profile: ['urn:p'],
      tag: [
        { system: SYSTEM, code: 'first' },
        { system: SYSTEM, code: 'new' },
      ],
    })
    const { meta: _, ...rest } = before.body
    expect((await gp('GET', goal)).body).toMatchObject(rest)
    expect((await gp<Bundle>('GET', `/Goal?_tag=${SYSTEM}|new`)).body.entry).toHaveLength(1)

    const taken = await gp<Parameters>(
      'POST',
      `${goal}/$meta-delete`,
      given({ tag: [{ system: SYSTEM, code: 'new' }], profile: ['urn:p', 'urn:none'] }),
    )
    expect(returned(taken)).toEqual({
      versionId: '3',
      lastUpdated: expect.any(String),
      tag: [{ system: SYSTEM, code: 'first' }],
    })
    expect((await gp<Bundle>('GET', `${goal}/_history`)).body.total).toBe(3)
  })

  test('want If-Match where an update does, and refuse another version', async () => {
    const path = `/Patient/${patient}/$meta-add`
    const asked = given({ tag: [{ code: 'x' }] })
    expect((await gp('POST', path, asked)).status).toBe(428)
    expect((await gp('POST', path, asked, { 'If-Match': 'W/"9"' })).status).toBe(412)
    expect((await gp('POST', path, asked, { 'If-Match': 'W/"1"' })).status).toBe(200)
  })

  test.each([
    ['a security label that is not known', { security: [{ code: 'R' }] }, 422, 'label-unknown'],
    ['the version', { versionId: '9' }, 422, 'meta-not-changed'],
    ['the source', { source: 'urn:x' }, 422, 'meta-not-changed'],
    ['a tag without a code', { tag: [{ system: SYSTEM }] }, 422, 'meta-malformed'],
    ['nothing', {}, 400, 'meta-empty'],
  ])('%s cannot be set', async (_what, meta, status, key) => {
    const { body, ...answer } = await gp('POST', `${goal}/$meta-add`, given(meta as Meta))
    expect([answer.status, issueKeys(body)]).toEqual([status, [key]])
  })

  test('what a plan in force is made of stays as it was signed', async () => {
    const id = await register(gp, person('wales'))
    for (const conversation of person('wales').conversations)
      await gp('POST', '/CarePlan/$submit', submission(id, conversation))
    const plans = await gp<Bundle>('GET', `/CarePlan?subject=Patient/${id}&status=active`)
    const { id: plan, meta } = plans.body.entry?.[0]?.resource ?? {}
    const answer = await gp('POST', `/CarePlan/${plan}/$meta-add`, given({ tag: [{ code: 'x' }] }), {
      'If-Match': `W/"${meta?.versionId}"`,
    })
    expect(answer.status).toBe(409)
    expect(issueKeys(answer.body)).toContain('plan-content-fixed')
  })

  test('nobody changes what is not shared with them, nor without the scope to read and update', async () => {
    const asked = given({ tag: [{ code: 'x' }] })
    expect((await hospital('POST', `${withheldGoal}/$meta-add`, asked)).status).toBe(403)
    expect((await hospital('GET', `${withheldGoal}/$meta`)).status).toBe(403)
    const reader = await service.fhir('gp-practice', 'system/Goal.r')
    expect((await reader('POST', `${goal}/$meta-add`, asked)).status).toBe(403)
  })
})
