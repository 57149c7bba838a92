import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CapabilityStatement, CapabilityStatementRestResource, FhirResource } from 'fhir/r4.js'
import { COMPOSED, PUBLISHED } from '../../src/definitions/served.ts'
import { SYSTEM } from '../../src/plan/codes.ts'
import { person } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let statement: CapabilityStatement
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('integrator')
  statement = (await gp<CapabilityStatement>('GET', '/metadata')).body
  patient = (await gp('POST', '/Patient', person('margaret').patient)).body.id as string
})

afterAll(() => service.stop())

/** The least content of each type that is served: what R4 and KeyPlan's rules demand, and an identifier where there is one. */
const least = (type: string): object => {
  const subject = { reference: `Patient/${patient}` }
  const code = { text: 'x' }
  const content: Record<string, object> = {
    Patient: person('england').patient,
    CarePlan: { status: 'draft', intent: 'plan', subject },
    Consent: {
      status: 'proposed',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'advance-refusal' }] }],
      patient: subject,
      policy: [{ uri: 'urn:test' }],
    },
    Goal: { lifecycleStatus: 'proposed', description: code, subject },
    Observation: { status: 'final', code, subject },
    RelatedPerson: { patient: subject },
    CareTeam: { subject },
    QuestionnaireResponse: { status: 'completed', subject },
    Provenance: { target: [subject], recorded: '2026-03-01T12:00:00Z', agent: [{ who: { display: 'x' } }] },
    MedicationRequest: { status: 'active', intent: 'plan', medicationCodeableConcept: code, subject },
    Flag: { status: 'active', code, subject },
    DocumentReference: { status: 'current', content: [{ attachment: { title: 'x' } }], subject },
    Task: { status: 'requested', intent: 'plan', for: subject },
    Organization: { name: 'x' },
    Endpoint: {
      status: 'active',
      connectionType: {
        system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
        code: 'hl7-fhir-rest',
      },
      payloadType: [code],
      address: 'https://recipient.example/fhir',
    },
    Practitioner: {},
    PractitionerRole: { active: true },
    Bundle: { type: 'collection' },
  }
  const { resourceType: _, id: _id, ...known } = (content[type] ?? {}) as Record<string, unknown>
  return { resourceType: type, ...known }
}

/** A FHIRPath Patch that does nothing. */
const NO_CHANGE = {
  resourceType: 'Parameters',
  parameter: [
    {
      name: 'operation',
      part: [
        { name: 'type', valueCode: 'delete' },
        { name: 'path', valueString: 'Goal.language' },
      ],
    },
  ],
}

const described = (): CapabilityStatementRestResource[] => statement.rest?.[0]?.resource ?? []
const isDefinition = ({ type }: CapabilityStatementRestResource): boolean => PUBLISHED.includes(type)
const resources = () => described().filter((resource) => !isDefinition(resource) && !COMPOSED.includes(resource.type))
const definitions = () => described().filter(isDefinition)

describe('what the CapabilityStatement claims holds', () => {
  test('for every type: each interaction, the versions, the conditions, each search parameter', async () => {
    for (const resource of resources()) {
      const { type, interaction = [], versioning } = resource
      const claimed = interaction.map(({ code }) => code)
      const at = (what: string, answer: { status: number; text: string }) =>
        `${type} ${what}: ${answer.status} ${answer.status < 400 ? '' : answer.text}`
      const all = [
        'create',
        'delete',
        'history-instance',
        'history-type',
        'patch',
        'read',
        'search-type',
        'update',
        'vread',
      ]
      // What records who did what, or was asked to, is never deleted.
      const isKept = ['Provenance', 'Task'].includes(type)
      expect([type, claimed.sort()]).toEqual([type, all.filter((code) => code !== 'delete' || !isKept)])

      const create = await gp('POST', `/${type}`, least(type))
      expect(at('create', create)).toBe(`${type} create: 201 `)
      const path = `/${type}/${create.body.id}`
      const read = await gp('GET', path)
      expect(at('read', read)).toBe(`${type} read: 200 `)
      const etag = read.headers.get('etag') ?? ''
      expect((await gp('GET', path, undefined, { 'If-None-Match': etag })).status).toBe(304)
      expect(
        (await gp('GET', path, undefined, { 'If-Modified-Since': read.headers.get('last-modified') ?? '' })).status,
      ).toBe(304)

      const bare = await gp('PUT', path, create.body)
      expect([type, bare.status]).toEqual([type, versioning === 'versioned-update' ? 428 : 200])
      const version = versioning === 'versioned-update' ? 1 : 2
      expect((await gp('PUT', path, create.body, { 'If-Match': 'W/"9"' })).status).toBe(412)
      expect(at('update', await gp('PUT', path, create.body, { 'If-Match': `W/"${version}"` }))).toBe(
        `${type} update: 200 `,
      )
      // readHistory: versions that are no longer the newest can be read.
      expect(at('vread', await gp('GET', `${path}/_history/1`))).toBe(`${type} vread: 200 `)
      const history = await gp<Bundle>('GET', `${path}/_history`)
      expect([type, history.status, history.body.total]).toEqual([type, 200, version + 1])
      expect(at('history of the type', await gp('GET', `/${type}/_history`))).toBe(`${type} history of the type: 200 `)

      // What can be searched by: test/api/search/claims.test.ts.
      const found = await gp<Bundle>('GET', `/${type}?_id=${create.body.id}`)
      expect(found.body.entry).toHaveLength(1)

      let current = version + 1
      const next = (): Record<string, string> => ({ 'If-Match': `W/"${current++}"` })
      const language = JSON.stringify([{ op: 'add', path: '/language', value: 'en' }])
      const patch = { 'Content-Type': 'application/json-patch+json' }
      expect(at('patch', await gp('PATCH', path, language, { ...patch, ...next() }))).toBe(`${type} patch: 200 `)

      const deletes = claimed.includes('delete')
      const { conditionalCreate, conditionalUpdate, conditionalDelete } = resource
      expect([type, conditionalCreate, conditionalUpdate, conditionalDelete]).toEqual([
        type,
        true,
        true,
        deletes ? 'single' : 'not-supported',
      ])
      const condition = `_id=${create.body.id}`
      const again = await gp('POST', `/${type}`, least(type), { 'If-None-Exist': condition })
      expect([at('conditional create', again), again.body.id]).toEqual([
        `${type} conditional create: 200 `,
        create.body.id,
      ])
      const conditional = `/${type}?${condition}`
      expect(at('conditional update', await gp('PUT', conditional, create.body, next()))).toBe(
        `${type} conditional update: 200 `,
      )
      expect(at('conditional patch', await gp('PATCH', conditional, language, { ...patch, ...next() }))).toBe(
        `${type} conditional patch: 200 `,
      )
      expect([type, (await gp('DELETE', conditional)).status]).toEqual([type, deletes ? 204 : 405])
      expect([type, (await gp('DELETE', path)).status]).toEqual([type, deletes ? 204 : 405])
      expect([type, (await gp('GET', path)).status]).toEqual([type, deletes ? 410 : 200])
    }
  })

  test('for every type of definition: to read and to find by each parameter, and nothing else', async () => {
    expect(definitions().map(({ type }) => type)).toEqual(
      expect.arrayContaining(['Questionnaire', 'StructureDefinition']),
    )
    for (const { type, interaction = [], searchParam = [], versioning } of definitions()) {
      expect([type, interaction.map(({ code }) => code), versioning]).toEqual([
        type,
        ['read', 'search-type'],
        'no-version',
      ])
      const all = await gp<Bundle<FhirResource>>('GET', `/${type}`)
      expect([type, all.status, all.body.total]).toEqual([type, 200, all.body.entry?.length])
      const [one] = (all.body.entry ?? []).map(({ resource }) => resource as unknown as Record<string, string>)
      expect((await gp('GET', `/${type}/${one?.['id']}`)).body).toEqual(one)
      for (const { name } of searchParam) {
        const value = one?.[name === '_id' ? 'id' : name] as string
        const found = await gp<Bundle<FhirResource>>('GET', `/${type}?${name}=${encodeURIComponent(value)}`)
        expect([type, name, found.status]).toEqual([type, name, 200])
        expect(found.body.entry?.map(({ resource }) => resource)).toContainEqual(one)
        const none = await gp<Bundle>('GET', `/${type}?${name}=there-is-none`)
        expect([type, name, none.body.total, none.body.entry]).toEqual([type, name, 0, undefined])
      }
      expect((await gp('POST', `/${type}`, one)).status).toBe(405)
      expect((await gp('PUT', `/${type}/${one?.['id']}`, one)).status).toBe(405)
      expect((await gp('DELETE', `/${type}/${one?.['id']}`)).status).toBe(405)
      expect((await gp('GET', `/${type}/there-is-none`)).status).toBe(404)
    }
  })

  test('for every type: updateCreate', async () => {
    for (const { type, updateCreate, interaction } of resources()) {
      const id = randomUUID()
      const body = { ...least(type), id }
      expect([type, updateCreate, (await gp('PUT', `/${type}/${id}`, body)).status]).toEqual([type, true, 201])
      if (interaction?.some(({ code }) => code === 'delete'))
        expect((await gp('DELETE', `/${type}/${id}`)).status).toBe(204)
    }
  })

  test('for every interaction: the scope that it says it needs is the one that is needed', async () => {
    const { type = '', interaction = [] } = resources().find((resource) => resource.type === 'Goal') ?? {}
    const { body: goal } = await gp('POST', '/Goal', least('Goal'))
    const request: Record<string, [string, string, object?]> = {
      read: ['GET', `/Goal/${goal.id}`],
      vread: ['GET', `/Goal/${goal.id}/_history/1`],
      'history-instance': ['GET', `/Goal/${goal.id}/_history`],
      'history-type': ['GET', '/Goal/_history'],
      'search-type': ['GET', '/Goal'],
      create: ['POST', '/Goal', least('Goal')],
      update: ['PUT', `/Goal/${goal.id}`, goal],
      patch: ['PATCH', `/Goal/${goal.id}`, NO_CHANGE],
      delete: ['DELETE', `/Goal/${goal.id}`],
    }
    for (const { code, documentation } of interaction) {
      const letters = documentation?.match(/system\/Goal\.([cruds]+)/)?.[1] ?? ''
      const [method, path, body] = request[code] ?? ['', '']
      for (const letter of letters) {
        const others = [...'cruds'].filter((other) => other !== letter).join('')
        const without = await service.fhir('integrator', `system/${type}.${others}`)
        expect([code, letter, (await without(method, path, body)).status]).toEqual([code, letter, 403])
      }
      const having = await service.fhir('integrator', `system/${type}.${letters}`)
      expect([code, (await having(method, path, body)).status < 300]).toEqual([code, true])
    }
  })

  test('for every format of a patch: it is read, and no other is', async () => {
    const { body: goal } = await gp('POST', '/Goal', least('Goal'))
    const xml =
      '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="delete"/></part><part><name value="path"/><valueString value="Goal.language"/></part></parameter></Parameters>'
    const bodies: Record<string, string> = {
      'application/json-patch+json': '[]',
      'application/fhir+json': JSON.stringify(NO_CHANGE),
      'application/fhir+xml': xml,
    }
    expect(statement.patchFormat).toEqual(Object.keys(bodies))
    for (const format of [...(statement.patchFormat ?? []), 'application/xml-patch+xml', 'text/plain']) {
      const answer = await gp('PATCH', `/Goal/${goal.id}`, bodies[format] ?? 'x', { 'Content-Type': format })
      expect([format, answer.status]).toEqual([format, bodies[format] === undefined ? 415 : 200])
    }
  })

  test('every operation is there, and no other', async () => {
    for (const { type, operation = [] } of described()) {
      for (const { name } of operation) {
        const paths = [`/${type}/$${name}`, `/${type}/1/$${name}`]
        const statuses = await Promise.all(paths.map(async (path) => (await gp('PATCH', path)).status))
        expect([name, statuses.includes(405)]).toEqual([name, true])
      }
    }
    expect((await gp('POST', '/CarePlan/$everything')).status).toBe(404)
  })

  test('transaction and batch are performed, everything is searched and its history read, security is demanded, the base is its own', async () => {
    const [rest] = statement.rest ?? []
    const reads: Record<string, string> = { 'history-system': '/_history', 'search-system': '/?_type=Goal' }
    for (const { code } of rest?.interaction ?? []) {
      const path = reads[code]
      if (path !== undefined) {
        expect([code, (await gp('GET', path)).status]).toEqual([code, 200])
        continue
      }
      const { status, body } = await gp<Bundle>('POST', '', { resourceType: 'Bundle', type: code })
      expect([status, body.type]).toEqual([200, `${code}-response`])
    }
    expect(rest?.security?.service?.[0]?.coding?.[0]?.code).toBe('SMART-on-FHIR')
    const uris = rest?.security?.extension?.[0]?.extension?.map(({ url, valueUri }) => [url, valueUri])
    expect(uris).toEqual([['token', service.services.auth.smartConfiguration().token_endpoint]])
    expect((await (await service.fhir())('GET', '/Goal')).status).toBe(401)
    expect(rest?.security?.description).toContain(`${service.baseUrl}/fhir/.well-known/smart-configuration`)
    expect((await fetch(`${service.baseUrl}/fhir/.well-known/smart-configuration`)).status).toBe(200)
    expect(statement.implementation?.url).toBe(`${service.baseUrl}/fhir`)
  })
})
