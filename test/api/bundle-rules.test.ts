import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type {
  Bundle,
  CareTeam,
  DocumentReference,
  FhirResource,
  Goal,
  OperationOutcome,
  Organization,
} from 'fhir/r4.js'
import { person, register } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

const goal = (words: string, more: object = {}): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: words },
  subject: { reference: `Patient/${patient}` },
  ...more,
})
const created = async (words = 'To be at home.'): Promise<Goal> => (await gp<Goal>('POST', '/Goal', goal(words))).body
const organization = (value: string, more: object = {}): Organization => ({
  resourceType: 'Organization',
  name: 'A practice',
  identifier: [{ system: 'urn:test:rules', value }],
  ...more,
})
const exists = async (path: string): Promise<boolean> => (await gp('GET', path)).status === 200

type Request = { method: string; url: string; ifMatch?: string; ifNoneExist?: string; ifNoneMatch?: string }
type Entry = { fullUrl?: string; resource?: object; request: Request }
const entry = (
  method: string,
  url: string,
  resource?: object,
  more: Partial<Request> & { fullUrl?: string } = {},
): Entry => {
  const { fullUrl, ...request } = more
  return {
    ...(fullUrl === undefined ? {} : { fullUrl }),
    ...(resource === undefined ? {} : { resource }),
    request: { method, url, ...request },
  }
}
const send = (type: 'batch' | 'transaction', entries: readonly Entry[], headers: Record<string, string> = {}) =>
  gp<Bundle<FhirResource>>('POST', '', { resourceType: 'Bundle', type, entry: entries }, headers)
const transact = (...entries: Entry[]) => send('transaction', entries)
const statuses = (body: Bundle): (string | undefined)[] => (body.entry ?? []).map(({ response }) => response?.status)
const resourceAt = <R>(body: Bundle, index: number): R => body.entry?.[index]?.resource as R
const idAt = (body: Bundle, index: number): string => body.entry?.[index]?.response?.location?.split('/')[1] ?? ''
/** `412 multiple-matches Bundle.entry[0].request.url` */
const refusal = ({ status, body }: { status: number; body: unknown }): string =>
  `${status} ${issueKeys(body).join()} ${(body as OperationOutcome).issue.map(({ expression }) => expression).join()}`

const jsonPatch = (operations: object) => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify(operations)).toString('base64'),
})
const fhirPathPatch = (words: string) => ({
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'replace' },
        { name: 'path', valueString: 'Goal.description.text' },
        { name: 'value', valueString: words },
      ],
    },
  ],
})

describe('links between entries (http.html#trules)', () => {
  test.each([
    ['urn:uuid', `urn:uuid:${randomUUID()}`],
    ['urn:oid', 'urn:oid:1.2.3.4.5'],
    ['an address of our own', ''],
  ])(
    '%s is replaced by the id that KeyPlan gives, in references, elements of type url and narratives',
    async (_kind, name) => {
      const fullUrl = name === '' ? `${service.baseUrl}/fhir/RelatedPerson/theirs` : name
      const reference = name === '' ? 'RelatedPerson/theirs' : name
      const { status, body } = await transact(
        entry('POST', 'DocumentReference', {
          resourceType: 'DocumentReference',
          status: 'current',
          subject: { reference: `Patient/${patient}` },
          author: [{ reference }],
          text: {
            status: 'generated',
            div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${fullUrl}">who</a></div>`,
          },
          content: [{ attachment: { contentType: 'text/plain', url: fullUrl } }],
        }),
        entry(
          'POST',
          'RelatedPerson',
          { resourceType: 'RelatedPerson', patient: { reference: `Patient/${patient}` } },
          { fullUrl },
        ),
      )
      expect([status, statuses(body)]).toEqual([200, ['201 Created', '201 Created']])
      const related = `RelatedPerson/${idAt(body, 1)}`
      const { body: stored } = await gp<DocumentReference>('GET', `/DocumentReference/${idAt(body, 0)}`)
      expect(stored.author?.[0]?.reference).toBe(related)
      const links = [stored.content[0]?.attachment.url, /href="([^"]*)"/.exec(stored.text?.div ?? '')?.[1]]
      // Only a reference can be relative to our base; what is an address in full stays one, unless it is the name of the entry.
      expect(links).toEqual(name === '' ? [fullUrl, fullUrl] : [related, related])
    },
  )

  test('a relative reference in an entry of another server never means a resource of ours (bundle.html#references)', async () => {
    const foreign = 'https://other.example/fhir'
    const one = await transact(entry('POST', 'Goal', goal('Whose?'), { fullUrl: `${foreign}/Goal/1` }))
    expect(refusal(one)).toContain('person-required Bundle.entry[0].resource.subject')
    const { system, value } = { system: 'urn:test:rules', value: randomUUID() }
    const two = await transact(
      entry('POST', 'Organization', organization('parent', { identifier: [{ system, value }] }), {
        fullUrl: `${foreign}/Organization/1`,
      }),
      entry('POST', 'Organization', organization('child', { partOf: { reference: 'Organization/1' } }), {
        fullUrl: `${foreign}/Organization/2`,
      }),
    )
    expect(two.status).toBe(200)
    const { body } = await gp<Organization>('GET', `/Organization/${idAt(two.body, 1)}`)
    expect(body.partOf?.reference).toBe(`Organization/${idAt(two.body, 0)}`)
  })

  test('a reference that names nothing in the Bundle refuses it whole', async () => {
    for (const reference of ['urn:uuid:1', 'URN:uuid:1'])
      expect(refusal(await transact(entry('POST', 'Goal', goal('x', { expressedBy: { reference } }))))).toContain(
        '400 reference-unresolved',
      )
  })

  test('a uuid that is the fullUrl of an entry cannot become its address: it is refused, and another is stored', async () => {
    const fullUrl = `urn:uuid:${randomUUID()}`
    const naming = (valueUuid: string) =>
      transact(
        entry('POST', 'Organization', organization('named'), { fullUrl }),
        entry('POST', 'Organization', organization('naming', { extension: [{ url: 'urn:x', valueUuid }] })),
      )
    expect(refusal(await naming(fullUrl))).toBe('400 link-without-place Bundle.entry[1]')
    expect((await naming(`urn:uuid:${randomUUID()}`)).status).toBe(200)
  })
})

describe('conditional references (http.html#trules)', () => {
  const child = (condition: string) => organization(randomUUID(), { partOf: { reference: condition } })
  const partOf = async (body: Bundle, index: number) =>
    (await gp<Organization>('GET', `/Organization/${idAt(body, index)}`)).body.partOf?.reference

  test('lead to the one resource that matches', async () => {
    const { body: parent } = await gp('POST', '/Organization', organization('resolved'))
    const { status, body } = await transact(
      entry('POST', 'Organization', child('Organization?identifier=urn:test:rules|resolved')),
    )
    expect(status).toBe(200)
    expect(await partOf(body, 0)).toBe(`Organization/${parent.id}`)
  })

  test('lead to one that the same transaction creates, and to none that it deletes: they are resolved last', async () => {
    const { body: old } = await gp('POST', '/Organization', organization('replaced'))
    const { status, body } = await transact(
      entry('POST', 'Organization', child('Organization?identifier=urn:test:rules|replaced')),
      entry('POST', 'Organization', organization('replaced')),
      entry('DELETE', `Organization/${old.id}`),
    )
    expect(status).toBe(200)
    expect(await partOf(body, 0)).toBe(`Organization/${idAt(body, 1)}`)
  })

  test.each([
    ['none', 'Organization?identifier=urn:test:rules|nobody', '412 reference-unresolved'],
    ['many', 'Organization?identifier=urn:test:rules|twice', '412 reference-unresolved'],
    ['by a parameter that is not known', 'Organization?colour=red', '400 search-parameter-unknown'],
    ['by nothing', 'Organization?_count=1', '400 condition-not-supported'],
  ])('that match %s refuse the whole transaction, and are named', async (_about, reference, expected) => {
    for (let count = 0; count < 2; count += 1) await gp('POST', '/Organization', organization('twice'))
    const id = randomUUID()
    const refused = await transact(
      entry('PUT', `Goal/${id}`, goal('Fine.', { id })),
      entry('POST', 'PractitionerRole', { resourceType: 'PractitionerRole', organization: { reference } }),
    )
    expect(refusal(refused)).toBe(`${expected} Bundle.entry[1].resource.organization`)
    expect(await exists(`/Goal/${id}`)).toBe(false)
  })

  test('to a type that the transaction writes are by identifier: what else it will match is not known yet', async () => {
    const refused = await transact(
      entry('POST', 'Organization', organization(randomUUID())),
      entry('POST', 'Organization', child('Organization?name=A')),
    )
    expect(refusal(refused)).toBe('412 reference-unresolved Bundle.entry[1].resource.partOf')
  })

  test('keep to the scopes: who may not search cannot ask by them', async () => {
    const writer = await service.fhir('gp-practice', 'system/Organization.c system/Goal.cruds')
    const { status, body } = await writer('POST', '', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [entry('POST', 'Organization', child('Organization?identifier=urn:test:rules|resolved'))],
    })
    expect([status, issueKeys(body)]).toEqual([403, ['scope-missing']])
  })
})

describe('conditional entries (http.html#transaction)', () => {
  test('update, patch and delete the one resource that matches, or create it', async () => {
    const [first, second, third, fourth] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
    const condition = (value: string) => `Organization?identifier=urn:test:rules|${value}`
    const { body: updated } = await gp('POST', '/Organization', organization(first))
    const { body: patched } = await gp('POST', '/Organization', organization(second))
    const { body: deleted } = await gp('POST', '/Organization', organization(third))
    const { status, body } = await transact(
      entry('PATCH', condition(second), jsonPatch([{ op: 'replace', path: '/name', value: 'Patched' }])),
      entry('PUT', condition(first), organization(first, { name: 'Updated' })),
      entry('PUT', condition(fourth), organization(fourth, { name: 'New' })),
      entry('DELETE', condition(third)),
      entry('DELETE', condition(randomUUID())),
    )
    expect([status, statuses(body)]).toEqual([
      200,
      ['200 OK', '200 OK', '201 Created', '204 No Content', '204 No Content'],
    ])
    const nameOf = async (id: string | undefined) => (await gp<Organization>('GET', `/Organization/${id}`)).body.name
    expect([await nameOf(updated.id), await nameOf(patched.id), await nameOf(idAt(body, 2))]).toEqual([
      'Updated',
      'Patched',
      'New',
    ])
    expect((await gp('GET', `/Organization/${deleted.id}`)).status).toBe(410)
  })

  test('patch by JSON Patch in a Binary and by FHIRPath Patch (http.html#patch)', async () => {
    const one = await created()
    const two = await created()
    const { body } = await transact(
      entry('PATCH', `Goal/${one.id}`, jsonPatch([{ op: 'replace', path: '/description/text', value: 'By JSON.' }])),
      entry('PATCH', `Goal/${two.id}`, fhirPathPatch('By FHIRPath.'), { ifMatch: 'W/"1"' }),
    )
    expect(statuses(body)).toEqual(['200 OK', '200 OK'])
    for (const [id, words] of [
      [one.id, 'By JSON.'],
      [two.id, 'By FHIRPath.'],
    ])
      expect((await gp<Goal>('GET', `/Goal/${id}`)).body.description.text).toBe(words)
  })

  test.each([
    [
      'a deletion by an unknown parameter (lessons: it matched arbitrary rows)',
      'DELETE',
      'Goal?colour=red',
      '400 search-parameter-unknown Bundle.entry[1].request.url',
    ],
    ['a deletion by nothing but _count', 'DELETE', 'Goal?_count=1', '400 condition-not-supported'],
    [
      'a deletion that matches many',
      'DELETE',
      'Goal?lifecycle-status=proposed',
      '412 multiple-matches Bundle.entry[1]',
    ],
    ['an update whose version has moved on', 'PUT', 'Goal/ID', '412 version-mismatch Bundle.entry[1].request.ifMatch'],
    ['a patch of what is not there', 'PATCH', 'Goal/not-there', '404 not-found Bundle.entry[1]'],
  ])('%s fails the whole transaction, and is named', async (_about, method, url, expected) => {
    const one = await created()
    await created()
    const id = randomUUID()
    const resource =
      method === 'PUT' ? one : method === 'PATCH' ? jsonPatch([{ op: 'remove', path: '/note' }]) : undefined
    const refused = await transact(
      entry('PUT', `Goal/${id}`, goal('Fine.', { id })),
      entry(method, url.replace('ID', one.id ?? ''), resource, method === 'PUT' ? { ifMatch: 'W/"9"' } : {}),
    )
    expect(refusal(refused)).toContain(expected)
    expect(await exists(`/Goal/${id}`)).toBe(false)
    expect(await exists(`/Goal/${one.id}`)).toBe(true)
  })

  test('a resource that two entries mean, one by its id and one by a condition, refuses the whole (lessons)', async () => {
    const value = randomUUID()
    const { body: one } = await gp('POST', '/Organization', organization(value))
    const refused = await transact(
      entry('PUT', `Organization/${one.id}`, organization(value, { id: one.id, name: 'By id' })),
      entry('PUT', `Organization?identifier=urn:test:rules|${value}`, organization(value, { name: 'By condition' })),
    )
    expect(refusal(refused)).toContain('400 duplicate-change Bundle.entry[1]')
    const creation = await transact(
      entry('DELETE', `Organization/${one.id}`),
      entry('POST', 'Organization', organization(value), { ifNoneExist: `identifier=urn:test:rules|${value}` }),
    )
    expect(refusal(creation)).toContain('400 duplicate-change Bundle.entry[1]')
    expect(await exists(`/Organization/${one.id}`)).toBe(true)
  })
})

describe('reads in a transaction (http.html#transaction)', () => {
  test('see what it wrote, and come in every form; HEAD has no body', async () => {
    const one = await created('Old.')
    const { status, body } = await transact(
      entry('GET', `Goal/${one.id}`),
      entry('HEAD', `Goal/${one.id}`),
      entry('GET', `Goal?_id=${one.id}`),
      entry('GET', `Goal/${one.id}/_history`),
      entry('GET', `Goal/${one.id}/_history/1`, undefined, { ifNoneMatch: 'W/"1"' }),
      entry('GET', `Patient/${patient}/$everything?_type=Goal&_count=1`),
      entry('PUT', `Goal/${one.id}`, { ...one, description: { text: 'New.' } }),
    )
    expect([status, statuses(body)]).toEqual([
      200,
      ['200 OK', '200 OK', '200 OK', '200 OK', '304 Not Modified', '200 OK', '200 OK'],
    ])
    expect(resourceAt<Goal>(body, 0).description.text).toBe('New.')
    expect(body.entry?.[1]?.resource).toBeUndefined()
    expect(body.entry?.[1]?.response?.etag).toBe('W/"2"')
    expect(resourceAt<Bundle>(body, 3).total).toBe(2)
  })

  test('of a resource that it creates under an id succeed', async () => {
    const id = randomUUID()
    const { body } = await transact(entry('GET', `Goal/${id}`), entry('PUT', `Goal/${id}`, goal('New.', { id })))
    expect(statuses(body)).toEqual(['200 OK', '201 Created'])
  })

  test.each([
    ['of what is not there', () => 'Goal/not-there'],
    ['with a parameter that is not known', () => 'Goal?colour=red'],
    ['of what is not served', () => 'Encounter/1'],
    ['of what it deletes', (id: string) => `Goal/${id}`],
  ])('%s fail it whole, before anything is stored', async (_about, url) => {
    const one = await created()
    const refused = await transact(entry('DELETE', `Goal/${one.id}`), entry('GET', url(one.id ?? '')))
    expect(refusal(refused)).toBe('400 read-failed Bundle.entry[1].request.url')
    expect(await exists(`/Goal/${one.id}`)).toBe(true)
  })

  test('what a Bundle wrote is what is read next (lessons: a cache that Bundles did not clear)', async () => {
    const one = await created('Old.')
    await gp('GET', `/Goal/${one.id}`)
    await transact(entry('PUT', `Goal/${one.id}`, { ...one, description: { text: 'New.' } }))
    expect((await gp<Goal>('GET', `/Goal/${one.id}`)).body.description.text).toBe('New.')
  })

  test('a PUT in a Bundle is validated as any other (lessons)', async () => {
    const one = await created()
    for (const type of ['batch', 'transaction'] as const) {
      const { body } = await send(type, [entry('PUT', `Goal/${one.id}`, { ...one, lifecycleStatus: 'nonsense' })])
      const outcome = type === 'batch' ? body.entry?.[0]?.response?.outcome : body
      expect([type, (outcome as OperationOutcome).issue[0]?.severity]).toEqual([type, 'error'])
    }
    expect((await gp<Goal>('GET', `/Goal/${one.id}`)).body.meta?.versionId).toBe('1')
  })
})

describe.each(['batch', 'transaction'] as const)('Prefer in a %s (http.html#ops)', (type) => {
  const all = async (): Promise<Entry[]> => {
    const [updated, patched, deleted] = [await created(), await created(), await created()]
    return [
      entry('POST', 'Goal', goal('New.')),
      entry('PUT', `Goal/${updated.id}`, { ...updated, description: { text: 'Updated.' } }),
      entry(
        'PATCH',
        `Goal/${patched.id}`,
        jsonPatch([{ op: 'replace', path: '/description/text', value: 'Patched.' }]),
      ),
      entry('DELETE', `Goal/${deleted.id}`),
    ]
  }
  const told = async (prefer: string | undefined) => {
    const { body } = await send(type, await all(), prefer === undefined ? {} : { Prefer: `return=${prefer}` })
    return (body.entry ?? []).map(({ resource, response }) => [resource?.resourceType, response?.outcome?.resourceType])
  }

  test.each([
    [undefined, undefined, undefined],
    ['minimal', undefined, undefined],
    ['representation', 'Goal', undefined],
    ['OperationOutcome', undefined, 'OperationOutcome'],
  ])('return=%s', async (prefer, resource, outcome) => {
    const written = [resource, outcome]
    expect(await told(prefer)).toEqual([written, written, written, [undefined, outcome]])
  })

  test('each entry tells its status, ETag, time, and where what is new is', async () => {
    const { body } = await send(type, await all())
    expect(statuses(body)).toEqual(['201 Created', '200 OK', '200 OK', '204 No Content'])
    const response = (body.entry ?? []).map(({ response }) => response)
    expect(response.map((one) => one?.etag)).toEqual(['W/"1"', 'W/"2"', 'W/"2"', 'W/"2"'])
    expect(response[0]?.location).toMatch(/^Goal\/[^/]+\/_history\/1$/)
    const { body: stored } = await gp<Goal>('GET', `/Goal/${idAt(body, 0)}`)
    expect(response[0]?.lastModified).toBe(stored.meta?.lastUpdated)
    expect(
      response.every((one) => Date.parse(one?.lastModified ?? '') >= Date.parse(stored.meta?.lastUpdated ?? '')),
    ).toBe(true)
  })

  test('handling=lenient holds for its searches', async () => {
    const search = [entry('GET', 'Goal?colour=red&_count=1')]
    const lenient = await send(type, search, { Prefer: 'handling=lenient' })
    expect(statuses(lenient.body)).toEqual(['200 OK'])
    const strict = await send(type, search)
    expect(strict.status === 200 ? statuses(strict.body) : strict.status).toEqual(
      type === 'batch' ? ['400 Bad Request'] : 400,
    )
  })

  test('a batch within it is refused', async () => {
    const nested = entry('POST', '/', { resourceType: 'Bundle', type: 'batch' })
    const { status, body } = await send(type, [nested])
    const outcome = type === 'batch' ? body.entry?.[0]?.response?.outcome : body
    expect([status, issueKeys(outcome)]).toEqual([type === 'batch' ? 200 : 400, ['entry-not-supported']])
  })

  test('an element of the Bundle that is not known refuses it', async () => {
    const { status, body } = await gp('POST', '', { resourceType: 'Bundle', type, total: 1, entry: [] })
    expect([status, issueKeys(body)]).toEqual([400, ['entry-malformed']])
  })
})

describe('a large transaction', () => {
  const goals = (count: number): Entry[] =>
    Array.from({ length: count }, (_, index) =>
      entry('POST', 'Goal', goal(`Goal ${index}`), { fullUrl: `urn:uuid:${randomUUID()}` }),
    )

  test('takes as many statements as a small one (lessons: count statements per request)', async () => {
    const [small, large] = [goals(2), goals(50)]
    const few = await statements(service, () => send('transaction', small))
    expect(await statements(service, () => send('transaction', large))).toBe(few)
  })

  test('of 5,000 entries is stored whole, and others are answered meanwhile', async () => {
    const crew = await service.fhir('ambulance')
    let ended = false
    const sent = send('transaction', goals(5_000)).finally(() => {
      ended = true
    })
    let answered = 0
    while (!ended) {
      expect((await crew('GET', '/metadata')).status).toBe(200)
      if (!ended) answered += 1
    }
    const { status, body } = await sent
    expect([status, body.entry?.length]).toEqual([200, 5_000])
    expect(new Set(statuses(body))).toEqual(new Set(['201 Created']))
    expect(answered).toBeGreaterThan(1)
    const [first, last] = [idAt(body, 0), idAt(body, 4_999)]
    for (const id of [first, last]) expect(await exists(`/Goal/${id}`)).toBe(true)
  }, 180_000)

  test('of 5,000 entries of which the last is wrong stores nothing, and names it', async () => {
    const id = randomUUID()
    const entries = [
      ...goals(4_998),
      entry('PUT', `Goal/${id}`, goal('Fine.', { id })),
      entry('POST', 'Goal', { resourceType: 'Goal' }),
    ]
    const refused = await send('transaction', entries)
    expect(refusal(refused)).toContain('Bundle.entry[4999].resource')
    expect(refused.status).toBe(400)
    expect(await exists(`/Goal/${id}`)).toBe(false)
  }, 180_000)
})

describe('CareTeam members by name of the entry', () => {
  test('the order of entries does not matter: what refers may come first', async () => {
    const fullUrl = `urn:uuid:${randomUUID()}`
    const team: CareTeam = {
      resourceType: 'CareTeam',
      status: 'active',
      subject: { reference: `Patient/${patient}` },
      participant: [{ member: { reference: fullUrl } }],
    }
    const { body } = await transact(
      entry('POST', 'CareTeam', team),
      entry(
        'POST',
        'RelatedPerson',
        { resourceType: 'RelatedPerson', patient: { reference: `Patient/${patient}` } },
        { fullUrl },
      ),
    )
    const { body: stored } = await gp<CareTeam>('GET', `/CareTeam/${idAt(body, 0)}`)
    expect(stored.participant?.[0]?.member?.reference).toBe(`RelatedPerson/${idAt(body, 1)}`)
  })
})
