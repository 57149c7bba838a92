/** A draft is nobody's but its author's, with all that came with it, until it comes into force (trust, section 2, 7). */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource } from 'fhir/r4.js'
import { person, register, submission } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let hospital: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
})

afterAll(() => service.stop())

/** What clients see of a person, by type and id, with the Tasks that ask somebody to do something. */
const seen = async (client: FhirRequest, patient: string): Promise<string[]> => {
  const { body } = await client<Bundle<FhirResource>>('GET', `/Patient/${patient}/*?_count=500`)
  const keys = (body.entry ?? []).flatMap(({ resource }) =>
    // Of an empty answer something is said that is none of the record.
    resource?.id === undefined ? [] : `${resource.resourceType}/${resource.id}`,
  )
  return keys.sort()
}

test('of a draft and its parts others find nothing, the custodian neither, until it is signed', async () => {
  const england = person('england')
  const patient = await register(gp, england)
  const earlier = await seen(gp, patient)
  const form = submission(patient, england.conversations[1] as never).parameter?.[0]?.resource
  const { body: extracted } = await hospital<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', form)
  const entry = (extracted.entry ?? []).filter(({ resource }) => resource?.resourceType !== 'Provenance')
  const submitted = await hospital<Bundle<FhirResource>>('POST', '/CarePlan/$submit', {
    resourceType: 'Parameters',
    parameter: [
      { name: 'resource', resource: { ...extracted, entry } },
      { name: 'activate', valueBoolean: false },
    ],
  })
  expect([submitted.status, submitted.text.slice(0, submitted.status === 201 ? 0 : 1_000)]).toEqual([201, ''])
  const plan = submitted.body.entry?.flatMap(({ resource }) =>
    resource?.resourceType === 'CarePlan' ? [resource] : [],
  )[0] as CarePlan
  expect(plan.status).toBe('draft')

  const own = await seen(hospital, patient)
  expect(own).toContain(`CarePlan/${plan.id}`)
  expect(own.filter((key) => key.startsWith('Consent/')).length).toBeGreaterThan(2)
  const acts = async (client: FhirRequest): Promise<unknown> =>
    (await client<{ total: number }>('GET', `/Provenance?target=CarePlan/${plan.id}&_summary=count`)).body.total
  expect([await acts(hospital), await acts(gp)]).toEqual([1, 0])
  expect(await seen(gp, patient)).toEqual(earlier)
  for (const key of own.filter((one) => !earlier.includes(one)))
    expect([key, (await gp('GET', `/${key}`)).status, (await gp('GET', `/${key}/_history`)).status]).toEqual([
      key,
      404,
      404,
    ])
  const version = { 'If-Match': `W/"${plan.meta?.versionId}"` }
  const clinician = {
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'who',
        valueReference: {
          identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' },
          display: 'Dr Robin Example',
        },
      },
      { name: 'role', valueString: 'Consultant in palliative medicine' },
      { name: 'when', valueInstant: '2026-04-24T09:00:00Z' },
    ],
  }
  expect((await gp('POST', `/CarePlan/${plan.id}/$sign`, clinician, version)).status).toBe(404)

  const signed = await hospital('POST', `/CarePlan/${plan.id}/$sign`, clinician, version)
  expect([signed.status, signed.text.slice(0, signed.status === 200 ? 0 : 1_000)]).toEqual([200, ''])
  expect(await seen(gp, patient)).toEqual(await seen(hospital, patient))
  expect(await seen(gp, patient)).toEqual(expect.arrayContaining(own))
  expect(await service.database.query('select * from marked_resource')).toEqual([])
})
