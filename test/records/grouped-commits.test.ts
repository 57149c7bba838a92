import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Goal } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let hospital: FhirRequest
let margaret: string
let hamish: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
  margaret = await register(gp, person('margaret'))
  const objecting = person('objection')
  hamish = await register(gp, objecting)
  for (const conversation of objecting.conversations) await submit(gp, hamish, conversation)
})

afterAll(() => service.stop())

const goal = (patient: string, words: string): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: words },
  subject: { reference: `Patient/${patient}` },
})

const stored = async (words: string): Promise<number> => {
  const [row] = await service.database.query<{ count: number }>(
    `select count(*)::integer as count from resource where type = 'Goal' and body like '%' || $1 || '%'`,
    [words],
  )
  return row?.count ?? 0
}

describe('new resources of concurrent requests', () => {
  test('share round trips, and each is stored and audited as a request of its own', async () => {
    const before = service.services.store.statements()
    const requests = Array.from({ length: 20 }, () => crypto.randomUUID())
    const answers = await Promise.all(
      requests.map((id) => gp<Goal>('POST', '/Goal', goal(margaret, 'To be asked.'), { 'X-Request-ID': id })),
    )
    expect(answers.map(({ status }) => status)).toEqual(requests.map(() => 201))
    expect(service.services.store.statements() - before).toBeLessThan(20)
    expect(await stored('To be asked.')).toBe(20)
    const audited = await service.database.query(
      `select request_id, entities, patient from audit_event where request_id = any ($1)`,
      [requests],
    )
    expect(new Set(audited.map((row) => JSON.stringify(row)))).toEqual(
      new Set(
        answers.map(({ body }, index) =>
          JSON.stringify({ request_id: requests[index], entities: [`Goal/${body.id}`], patient: margaret }),
        ),
      ),
    )
    for (const { body } of answers) {
      const read = await gp<Goal>('GET', `/Goal/${body.id}`)
      expect(read.body).toEqual(body)
      expect(read.headers.get('last-modified')).toBe(new Date(body.meta?.lastUpdated as string).toUTCString())
    }
  })

  test('are refused one by one: what is wrong with one of them ends no other', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        if (index === 7) return gp('POST', '/Goal', goal('nobody', 'Side by side.'))
        if (index === 13) return hospital('POST', '/Goal', goal(hamish, 'Side by side.'))
        return (index % 2 === 0 ? gp : hospital)('POST', '/Goal', goal(margaret, 'Side by side.'))
      }),
    )
    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_, index) => (index === 7 ? 422 : index === 13 ? 403 : 201)),
    )
    expect(issueKeys(answers[7]?.body)).toEqual(['reference-refused'])
    expect(issueKeys(answers[13]?.body)).toEqual(['sharing-withheld'])
    expect(await stored('Side by side.')).toBe(18)
    const [denial] = await service.database.query(
      `select outcome, patient from audit_event where request_id = $1 and outcome = 'deny'`,
      [answers[13]?.headers.get('x-request-id')],
    )
    expect(denial).toEqual({ outcome: 'deny', patient: hamish })
  })
})
