/** fhir-kit-client, as it comes, works with the REST interface: no special case on either side. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Goal } from 'fhir/r4.js'
import { Client } from 'fhir-kit-client'
import { person, register } from '../support/people.ts'
import { startService, type TestService } from '../support/service.ts'

let service: TestService
let client: Client
let patient: string

beforeAll(async () => {
  service = await startService()
  patient = await register(await service.fhir('gp-practice'), person('margaret'))
  client = new Client({ baseUrl: `${service.baseUrl}/fhir` })
  client.bearerToken = await service.token('gp-practice')
})

afterAll(() => service.stop())

const goal = (text: string) => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text },
  subject: { reference: `Patient/${patient}` },
  identifier: [{ system: 'urn:kit', value: '1' }],
})

const resourceType = 'Goal'

/** The library's own types are of any FHIR version. */
const asGoal = (resource: unknown): Goal => resource as Goal
const asBundle = (resource: unknown): Bundle<FhirResource> => resource as Bundle<FhirResource>

test('create, read, update, patch, search, history, batch, transaction and delete (http://hl7.org/fhir/R4/http.html)', async () => {
  const statement = await client.capabilityStatement()
  expect(statement).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' })

  const first = asGoal(await client.create({ resourceType, body: goal('first') }))
  const id = first.id as string
  expect(asGoal(await client.read({ resourceType, id }))).toEqual(first)

  const second = asGoal(await client.update({ resourceType, id, body: { ...goal('second'), id } }))
  expect([second.meta?.versionId, second.description.text]).toEqual(['2', 'second'])
  const third = asGoal(
    await client.update({ resourceType, searchParams: { identifier: 'urn:kit|1' }, body: goal('third') }),
  )
  expect([third.id, third.meta?.versionId]).toEqual([id, '3'])
  const fourth = asGoal(
    await client.patch({
      resourceType,
      id,
      jsonPatch: [{ op: 'replace', path: '/description/text', value: 'fourth' }],
    }),
  )
  expect([fourth.meta?.versionId, fourth.description.text]).toEqual(['4', 'fourth'])
  expect(asGoal(await client.vread({ resourceType, id, version: '2' })).description.text).toBe('second')

  const found = asBundle(
    await client.search({
      resourceType,
      searchParams: { identifier: 'urn:kit|1' },
    }),
  )
  expect(found.entry?.map(({ resource }) => resource?.id)).toEqual([id])
  const history = asBundle(await client.history({ resourceType, id }))
  expect(history.entry?.map(({ resource }) => asGoal(resource).description.text)).toEqual([
    'fourth',
    'third',
    'second',
    'first',
  ])

  const bundle = (type: string, text: string) => ({
    resourceType: 'Bundle',
    type,
    entry: [{ resource: { ...goal(text), id }, request: { method: 'PUT', url: `Goal/${id}` } }],
  })
  for (const answer of [
    await client.batch({ body: bundle('batch', 'fifth') }),
    await client.transaction({ body: bundle('transaction', 'sixth') }),
  ])
    expect(asBundle(answer).entry?.map(({ response }) => response?.status?.slice(0, 3))).toEqual(['200'])
  expect(asGoal(await client.read({ resourceType, id })).meta?.versionId).toBe('6')

  await client.delete({ resourceType, id })
  await expect(client.read({ resourceType, id })).rejects.toMatchObject({ response: { status: 410 } })
})

test('what is refused reaches the caller with its status and OperationOutcome', async () => {
  const { id = '' } = asGoal(await client.create({ resourceType, body: goal('x') }))
  const stale = client.update({
    resourceType,
    id,
    body: { ...goal('y'), id },
    options: { headers: { 'If-Match': 'W/"9"' } },
  })
  await expect(stale).rejects.toMatchObject({
    response: { status: 412, data: { resourceType: 'OperationOutcome' } },
  })
})
