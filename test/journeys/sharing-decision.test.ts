import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { emergencyView, outcomeOf, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string
const someone = person('objection')

/** Words that stand in the person's record and nowhere else. */
const words = JSON.stringify(someone.conversations).match(/"valueString": ?"([^"]{25,})"/g) ?? []

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, someone)
  for (const conversation of someone.conversations) await submit(gp, patient, conversation)
})

afterAll(() => service.stop())

describe('a person who objects to sharing', () => {
  test('the practice that registered them sees the plan', async () => {
    const { status, body } = await gp<Bundle>('GET', `/CarePlan?patient=${patient}&status=active`)
    expect(status).toBe(200)
    expect(body.entry?.length).toBeGreaterThan(0)
    expect((await gp('GET', `/Patient/${patient}/$key-information-summary`)).status).toBe(200)
  })

  test('a crew is told that the record is withheld, which is neither "no plan" nor "not found", and nothing of it', async () => {
    const answer = await emergencyView(crew, someone)
    expect(outcomeOf(answer)).toBe('withheld')
    expect(words.length).toBeGreaterThan(0)
    for (const word of words) expect(JSON.stringify(answer)).not.toContain(JSON.parse(`{${word}}`).valueString)
  })

  test.each([
    'Patient',
    'CarePlan',
    'Consent',
    'Goal',
    'Observation',
    'QuestionnaireResponse',
    'RelatedPerson',
    'Provenance',
  ])('no %s is found, read or seen in its history by another organisation', async (type) => {
    const query = type === 'Patient' ? `_id=${patient}` : type === 'Provenance' ? '' : `patient=${patient}`
    const mine = await gp<Bundle<FhirResource>>('GET', `/${type}?${query}`)
    const id = mine.body.entry?.[0]?.resource?.id
    expect(id).toBeDefined()
    const theirs = await crew<Bundle>('GET', `/${type}?${query}`)
    expect(theirs.status).toBe(200)
    expect(theirs.body.entry?.map(({ search, resource }) => [search?.mode, ...issueKeys(resource)])).toEqual([
      ['outcome', 'nothing-shown'],
    ])
    for (const path of [`/${type}/${id}`, `/${type}/${id}/_history/1`, `/${type}/${id}/_history`]) {
      const answer = await crew('GET', path)
      expect([path, answer.status]).toEqual([path, 403])
      expect(issueKeys(answer.body)).toEqual(['sharing-withheld'])
    }
  })

  test.each(['$key-information-summary', '$sharing-status'])('%s is refused', async (operation) => {
    const { status, body } = await crew('GET', `/Patient/${patient}/${operation}`)
    expect(status).toBe(403)
    expect(issueKeys(body)).toEqual(['sharing-withheld'])
  })

  test('another organisation cannot write to the record either, nor register the person again', async () => {
    const goal = {
      resourceType: 'Goal',
      lifecycleStatus: 'proposed',
      description: { text: 'x' },
      subject: { reference: `Patient/${patient}` },
    }
    expect((await crew('POST', '/Goal', goal)).status).toBe(403)
    const { id: _id, ...content } = someone.patient
    expect((await crew('POST', '/Patient', content)).status).toBe(409)
  })

  test('each refusal is audited', async () => {
    const rows = await service.database.query(
      `select outcome, reason from audit_event where client = 'ambulance' and outcome = 'deny'`,
    )
    expect(rows.length).toBeGreaterThan(10)
  })
})
