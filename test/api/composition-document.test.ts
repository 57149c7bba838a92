import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

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

const compositionOf = (bundle: Bundle<FhirResource>): FhirResource | undefined => bundle.entry?.[0]?.resource

describe('Composition/[id]/$document (composition-operation-document.html)', () => {
  test('the Key Information Summary, by the id of its Composition: as it is by its own name', async () => {
    const { body: summary } = await crew<Bundle>('GET', `/Patient/${patient}/$key-information-summary`)
    const { id } = compositionOf(summary as Bundle<FhirResource>) ?? {}
    for (const [method, path] of [
      ['GET', `/Composition/${id}/$document?persist=false`],
      ['POST', `/Composition/${id}/$document`],
    ] as const)
      expect((await crew<Bundle>(method, path)).body).toEqual(summary)
    const page = await crew('GET', `/Composition/${id}/$document`, undefined, { Accept: 'text/html' })
    expect(page.headers.get('content-type')).toContain('text/html')
  })

  test('the document of an emergency care plan, by the id of its Composition', async () => {
    const { body: document } = await crew<Bundle<FhirResource>>('GET', `/Patient/${patient}/$respect-document`)
    const { id } = compositionOf(document) ?? {}
    expect((await crew('GET', `/CarePlan/${id}`)).status).toBe(200)
    const answer = await crew<Bundle>('GET', `/Composition/${id}/$document`)
    expect([answer.status, answer.body]).toEqual([200, document])
  })

  test('is never kept; graph is not served; what is not there is not found; what is withheld stays so', async () => {
    const refused = await crew('GET', `/Composition/${patient}/$document?persist=true`)
    expect([refused.status, issueKeys(refused.body)]).toEqual([400, ['persist-not-supported']])
    expect((await crew('GET', `/Composition/${patient}/$document?graph=x`)).status).toBe(400)
    expect((await crew('GET', '/Composition/none/$document')).status).toBe(404)
    const narrow = await service.fhir('ambulance', 'system/Patient.r')
    expect((await narrow('GET', `/Composition/${patient}/$document`)).status).toBe(403)
    const objecting = await register(gp, person('objection'))
    for (const conversation of person('objection').conversations) await submit(gp, objecting, conversation)
    const withheld = await crew('GET', `/Composition/${objecting}/$document`)
    expect([withheld.status, issueKeys(withheld.body)]).toEqual([403, ['sharing-withheld']])
  })
})
