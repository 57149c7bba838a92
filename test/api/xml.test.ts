import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CapabilityStatement, Goal, OperationOutcome, Parameters } from 'fhir/r4.js'
import { readXml, xmlOf } from '../../src/api/xml.ts'
import { stringifyFhirJson } from '../../src/fhir/json.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { person, question, register, submission } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const XML = 'application/fhir+xml'

let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

const goal = (more: object = {}): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: 'To see the sea & the "hills".' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const asXml = (resource: object): string => xmlOf(stringifyFhirJson(resource), false)

/** Sends a resource as XML and wants the answer as XML. */
const xml = async (method: string, path: string, body?: object | string, headers: Record<string, string> = {}) => {
  const sent = typeof body === 'object' ? asXml(body) : body
  const answer = await gp(method, path, sent, {
    ...(sent === undefined ? {} : { 'Content-Type': XML }),
    Accept: XML,
    ...headers,
  })
  const type = answer.headers.get('content-type')
  return { ...answer, type, resource: answer.text === '' ? undefined : ((await readXml(answer.text)) as Resource) }
}

const keysOf = (resource: Resource | undefined): string[] => issueKeys(resource as OperationOutcome)

describe('what can be read as JSON can be read as XML (http.html#mime-type)', () => {
  test.each([
    ['_format=xml', '?_format=xml', {}],
    ['_format=application/fhir+xml', '?_format=application/fhir%2Bxml', {}],
    ['Accept: application/fhir+xml', '', { Accept: XML }],
    ['Accept: application/xml', '', { Accept: 'application/xml' }],
    ['Accept: text/xml', '', { Accept: 'text/xml' }],
  ])('a Patient by %s', async (_about, query, headers) => {
    const json = await gp('GET', `/Patient/${patient}`)
    const answer = await gp('GET', `/Patient/${patient}${query}`, undefined, headers)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, `${XML}; charset=utf-8`])
    expect(await readXml(answer.text)).toEqual(json.body)
    expect(answer.headers.get('etag')).toBe(json.headers.get('etag'))
    expect(answer.headers.get('last-modified')).toBe(json.headers.get('last-modified'))
  })

  test('the CapabilityStatement, which names both formats', async () => {
    const { resource, status } = await xml('GET', '/metadata')
    expect(status).toBe(200)
    expect((resource as CapabilityStatement).format).toEqual(['json', 'xml'])
    expect(resource).toEqual((await gp('GET', '/metadata')).body)
  })

  test('a searchset and a history', async () => {
    await gp('POST', '/Goal', goal())
    for (const path of [`/Goal?patient=Patient/${patient}`, `/Patient/${patient}/_history`]) {
      const { resource, status } = await xml('GET', path)
      expect([path, status]).toEqual([path, 200])
      expect((resource as Bundle).entry?.length).toBeGreaterThan(0)
      expect((resource as Bundle).entry).toEqual((await gp<Bundle>('GET', path)).body.entry)
    }
  })

  test('whoever asked by _format goes on in it from page to page (search.html#return)', async () => {
    const { id } = (await gp<Goal>('POST', '/Goal', goal())).body
    await gp('POST', '/Goal', goal())
    await gp('PUT', `/Goal/${id}`, goal({ id, lifecycleStatus: 'active' }))
    for (const path of [`/Goal?patient=Patient/${patient}&_count=1`, `/Goal/${id}/_history?_count=1`]) {
      const { text } = await gp('GET', `${path}&_format=xml&_pretty=true`)
      const next = ((await readXml(text)) as Bundle).link?.find(({ relation }) => relation === 'next')?.url ?? ''
      expect([path, next]).toEqual([path, expect.stringContaining('_format=xml&_pretty=true')])
      const page = await gp('GET', next.slice(`${service.baseUrl}/fhir`.length))
      expect([page.status, page.headers.get('content-type')]).toEqual([200, `${XML}; charset=utf-8`])
    }
  })

  test('the definitions that are published', async () => {
    const { resource } = await xml('GET', '/ValueSet')
    expect((resource as Bundle).entry?.length).toBeGreaterThan(10)
    expect((resource as Bundle).entry).toEqual((await gp<Bundle>('GET', '/ValueSet')).body.entry)
  })

  test('HEAD has the length of what GET sends, and no body', async () => {
    const get = await xml('GET', `/Patient/${patient}`)
    const head = await xml('HEAD', `/Patient/${patient}`)
    expect([head.status, head.text, head.type]).toEqual([200, '', get.type])
    expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(get.text)))
  })

  test('304 where the version is known, whatever the format it came in (http.html#cread)', async () => {
    const etag = (await gp('GET', `/Patient/${patient}`)).headers.get('etag') as string
    const { status, text } = await xml('GET', `/Patient/${patient}`, undefined, { 'If-None-Match': etag })
    expect([status, text]).toEqual([304, ''])
  })

  test('indented with _pretty (http.html#pretty)', async () => {
    const { text, resource } = await xml('GET', `/Patient/${patient}?_pretty=true`)
    expect(text).toContain(`\n  <id value="${patient}"/>\n`)
    expect(resource).toEqual((await gp('GET', `/Patient/${patient}`)).body)
  })
})

describe('what can be sent as JSON can be sent as XML (http.html#mime-type)', () => {
  test.each([XML, 'application/xml', 'text/xml; charset=utf-8'])('a create and an update as %s', async (type) => {
    const made = await xml('POST', '/Goal', goal(), { 'Content-Type': type })
    expect([made.status, made.type]).toEqual([201, `${XML}; charset=utf-8`])
    const { id = '' } = made.resource as Goal
    expect(made.headers.get('location')).toBe(`${service.baseUrl}/fhir/Goal/${id}/_history/1`)
    expect((await gp('GET', `/Goal/${id}`)).body).toEqual(made.resource)

    const next = await xml('PUT', `/Goal/${id}`, goal({ id, lifecycleStatus: 'active' }), { 'Content-Type': type })
    expect([next.status, (next.resource as Goal).lifecycleStatus]).toEqual([200, 'active'])
  })

  test('what is sent as XML is stored as JSON with every digit, id and extension (datatypes.html#decimal)', async () => {
    const weight = `<Observation xmlns="http://hl7.org/fhir"><status value="final"/><code><text value="x"/></code><subject><reference value="Patient/${patient}"/></subject><effectiveDateTime value="2026-03-01"><extension url="urn:a"><valueString value="about"/></extension></effectiveDateTime><valueQuantity id="v"><value value="1.00"/></valueQuantity></Observation>`
    const { status, text } = await gp('POST', '/Observation', weight, { 'Content-Type': XML })
    expect(status).toBe(201)
    expect(text).toContain('"valueQuantity":{"id":"v","value":1.00}')
    expect(text).toContain('"_effectiveDateTime":{"extension":[{"url":"urn:a","valueString":"about"}]}')
  })

  test('a transaction, its answer in XML (http.html#transaction)', async () => {
    const { status, resource } = await xml(
      'POST',
      '',
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          {
            fullUrl: 'urn:uuid:6f5e1f1e-3b1e-4a56-9f3c-3d3f7a0c1a01',
            resource: goal(),
            request: { method: 'POST', url: 'Goal' },
          },
          { request: { method: 'GET', url: `Patient/${patient}` } },
        ],
      },
      { Prefer: 'return=representation' },
    )
    const { type, entry = [] } = resource as Bundle
    expect([status, type]).toEqual([200, 'transaction-response'])
    expect(entry.map(({ response }) => response?.status)).toEqual(['201 Created', '200 OK'])
    expect(entry.map((each) => each.resource?.resourceType)).toEqual(['Goal', 'Patient'])
  })

  test('a FHIRPath Patch (http.html#patch)', async () => {
    const { id } = (await gp<Goal>('POST', '/Goal', goal())).body
    const { status, resource } = await xml('PATCH', `/Goal/${id}`, {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'operation',
          part: [
            { name: 'type', valueCode: 'replace' },
            { name: 'path', valueString: 'Goal.description.text' },
            { name: 'value', valueString: 'To see the hills.' },
          ],
        },
      ],
    })
    expect([status, (resource as Goal).description.text]).toEqual([200, 'To see the hills.'])
  })

  test('the input and answer of operations', async () => {
    const conversation = person('margaret').conversations[0]
    const submitted = await xml('POST', '/CarePlan/$submit', submission(patient, conversation as never))
    expect([submitted.status, submitted.type]).toEqual([201, `${XML}; charset=utf-8`])

    const ambulance = await service.fhir('ambulance')
    const asked = question(person('margaret').patient.identifier?.[0])
    const json = await ambulance<Parameters>('POST', '/Patient/$emergency-view', asked)
    const answer = await ambulance('POST', '/Patient/$emergency-view', asXml(asked), {
      'Content-Type': XML,
      Accept: XML,
    })
    expect(answer.status).toBe(200)
    expect(await readXml(answer.text)).toEqual(json.body)
  })

  test('an entry of a batch is answered in the format of its Bundle, and cannot ask for another', async () => {
    const { body } = await gp<Bundle>('POST', '', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: ['json', 'xml'].map((format) => ({
        request: { method: 'GET', url: `Patient/${patient}?_format=${format}` },
      })),
    })
    expect(body.entry?.map(({ response }) => response?.status)).toEqual(['200 OK', '406 Not Acceptable'])
  })
})

describe('errors are told in the format that was asked for (http.html#Status-Codes)', () => {
  test.each<[number, string, () => Promise<{ status: number; type: string | null; resource: Resource | undefined }>]>([
    [404, 'not-found', () => xml('GET', '/Goal/none')],
    [404, 'unknown-type', () => xml('GET', '/Nothing/1')],
    [405, 'method-not-allowed', () => xml('PUT', '/metadata', goal())],
    [
      400,
      'xml-element-unknown',
      () => xml('POST', '/Goal', '<Goal xmlns="http://hl7.org/fhir"><colour value="red"/></Goal>'),
    ],
    [400, 'xml-doctype', () => xml('POST', '/Goal', '<!DOCTYPE Goal><Goal xmlns="http://hl7.org/fhir"/>')],
    [415, 'content-type-not-read', () => xml('POST', '/Goal', '<Goal/>', { 'Content-Type': 'text/turtle' })],
  ])('%i %s', async (status, key, ask) => {
    const answer = await ask()
    expect([answer.status, answer.type]).toEqual([status, `${XML}; charset=utf-8`])
    expect(keysOf(answer.resource)).toEqual([key])
  })

  test('401 before anything else is known', async () => {
    const nobody = await service.fhir()
    const { status, headers, text } = await nobody('GET', `/Patient/${patient}?_format=xml`)
    expect([status, headers.get('content-type')]).toEqual([401, `${XML}; charset=utf-8`])
    expect(keysOf(await readXml(text))).toHaveLength(1)
  })

  test('the findings of validation are those that the same resource has in JSON', async () => {
    const wrong = goal({
      lifecycleStatus: 'sometime',
      text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml"><script>a</script></div>' },
    })
    const inXml = await xml('POST', '/Goal', wrong)
    const inJson = await gp<OperationOutcome>('POST', '/Goal', wrong)
    // They come in the order of the text, and XML has an order of its own.
    const byPlace = ({ issue }: OperationOutcome) =>
      issue.toSorted((one, other) => String(one.expression).localeCompare(String(other.expression)))
    expect([inXml.status, byPlace(inXml.resource as OperationOutcome)]).toEqual([inJson.status, byPlace(inJson.body)])
    expect(keysOf(inXml.resource)).toEqual(['narrative-unsafe', 'code-not-in-value-set'])
  })

  test('XML of 5 MB is refused by its size before it is read, and a long one by its first fault', async () => {
    const long = `<Goal xmlns="http://hl7.org/fhir">${'<extension url="urn:a"><valueString value="x"/></extension>'.repeat(70_000)}<colour/></Goal>`
    expect((await xml('POST', '/Goal', long)).resource).toMatchObject({
      issue: [{ details: { coding: [{ code: 'xml-element-unknown' }] } }],
    })
    expect((await xml('POST', '/Goal', long + ' '.repeat(2_000_000))).status).toBe(413)
  })
})
