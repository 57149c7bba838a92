/** The FHIR client of Medplum (@medplum/core), as it comes, works with the REST interface: no special case on either side. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MedplumClient } from '@medplum/core'
import type { Bundle, CarePlan, FhirResource, Goal, Parameters } from 'fhir/r4.js'
import { outcomeOf, person, question, register, submission } from '../support/people.ts'
import { startService, type TestService } from '../support/service.ts'

const margaret = person('margaret')

let service: TestService
let client: MedplumClient
let patient: string

beforeAll(async () => {
  service = await startService()
  patient = await register(await service.fhir('gp-practice'), margaret)
  client = new MedplumClient({
    baseUrl: service.baseUrl,
    fhirUrlPath: 'fhir',
    accessToken: await service.token('gp-practice'),
  })
})

afterAll(() => service.stop())

const goal = (value: string, text: string): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text },
  subject: { reference: `Patient/${patient}` },
  identifier: [{ system: 'urn:medplum', value }],
})

const types = ({ entry = [] }: Bundle<FhirResource>) => entry.map(({ resource }) => resource?.resourceType)

test('create, read, update, patch, version, history and delete (http://hl7.org/fhir/R4/http.html)', async () => {
  const first = await client.createResource(goal('one', 'first'))
  expect(await client.readResource('Goal', first.id)).toEqual(first)
  expect(await client.createResourceIfNoneExist(goal('one', 'again'), 'identifier=urn:medplum|one')).toEqual(first)

  const second: Goal = await client.updateResource({ ...first, description: { text: 'second' } })
  expect([second.meta?.versionId, second.description.text]).toEqual(['2', 'second'])
  const third: Goal = await client.upsertResource(goal('one', 'third'), 'identifier=urn:medplum|one')
  expect([third.id, third.meta?.versionId]).toEqual([first.id, '3'])
  const fourth: Goal = await client.patchResource('Goal', first.id, [
    { op: 'replace', path: '/description/text', value: 'fourth' },
  ])
  expect([fourth.meta?.versionId, fourth.description.text]).toEqual(['4', 'fourth'])
  expect(await client.readVersion('Goal', first.id, '1')).toEqual(first)

  const history: Bundle<Goal> = await client.readHistory('Goal', first.id)
  expect(history.entry?.map(({ resource }) => resource?.description.text)).toEqual([
    'fourth',
    'third',
    'second',
    'first',
  ])

  await client.deleteResource('Goal', first.id)
  await expect(client.readResource('Goal', first.id)).rejects.toMatchObject({
    outcome: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'deleted' }] },
  })
})

test('a transaction, and a search whose next links are followed (http://hl7.org/fhir/R4/http.html#paging)', async () => {
  const texts = ['a', 'b', 'c', 'd', 'e']
  const answer: Bundle = await client.executeBatch({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: texts.map((text) => ({ resource: goal('many', text), request: { method: 'POST', url: 'Goal' } })),
  })
  expect(answer.entry?.map(({ response }) => response?.status?.slice(0, 3))).toEqual(texts.map(() => '201'))

  const pages: (string | undefined)[][] = []
  for await (const page of client.searchResourcePages('Goal', {
    identifier: 'urn:medplum|many',
    _sort: '_lastUpdated',
    _count: 2,
  }))
    pages.push(page.map(({ description }: Goal) => description.text))
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
  expect(pages.flat().sort()).toEqual(texts)
})

test('a plan is submitted, found with what it refers to, shown in an emergency and revoked', async () => {
  const submitted: Bundle<FhirResource> = await client.post(
    client.fhirUrl('CarePlan', '$submit'),
    submission(patient, margaret.conversations[1] as never),
  )
  expect(types(submitted)).toContain('CarePlan')

  const found: Bundle<FhirResource> = await client.search('CarePlan', {
    patient: `Patient/${patient}`,
    status: 'active',
    _include: 'CarePlan:subject',
    _revinclude: 'Provenance:target',
  })
  expect(new Set(types(found))).toEqual(new Set(['CarePlan', 'Patient', 'Provenance']))
  const plan = found.entry?.[0]?.resource as CarePlan

  const view = async (): Promise<Parameters> =>
    client.post(client.fhirUrl('Patient', '$emergency-view'), question(margaret.patient.identifier?.[0]))
  expect(outcomeOf(await view())).toBe('current-plan')
  expect(types(await client.readPatientEverything(patient))).toEqual(expect.arrayContaining(['Patient', 'CarePlan']))
  const later: Bundle<FhirResource> = await client.get(client.fhirUrl('Patient', patient, '$everything'), {
    headers: { Prefer: 'respond-async' },
    pollStatusOnAccepted: true,
  })
  expect(types(later)).toEqual(expect.arrayContaining(['Patient', 'CarePlan']))

  const revoked: CarePlan = await client.post(client.fhirUrl('CarePlan', plan.id as string, '$revoke'), {
    resourceType: 'Parameters',
    parameter: [
      { name: 'reason', valueCode: 'withdrawn' },
      { name: 'text', valueString: 'She wants to think about it again.' },
    ],
  })
  expect(revoked.status).toBe('revoked')
  expect(outcomeOf(await view())).toBe('no-plan')
})

test('what is refused reaches the caller with its OperationOutcome', async () => {
  await expect(client.search('Goal', 'no-such-parameter=1')).rejects.toMatchObject({
    outcome: {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', diagnostics: expect.stringContaining('no-such-parameter') }],
    },
  })
})
