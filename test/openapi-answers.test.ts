/**
 * Every operation of the contract is exercised: once for what it is for, in JSON and in XML, and once for each way to fail that belongs to
 * its kind. Each answer is held against the schema that the contract has for its operation, status and format.
 */
import { request as httpRequest } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Parameters, ParametersParameter, QuestionnaireResponse } from 'fhir/r4.js'
import { readXml, xmlOf } from '../src/api/xml.ts'
import { type Documented, documented, faultsOf } from './support/contract.ts'
import { database } from './support/database.ts'
import { person, question, register, submission, submit } from './support/people.ts'
import { recipientsFile } from './support/recipients.ts'
import { type FhirRequest, startService, type TestService } from './support/service.ts'
import { until } from './support/until.ts'

type Request = Readonly<{
  /** Below the base of the service; for FHIR with `/fhir`. */
  path: string
  body?: object | string
  type?: string
  headers?: Readonly<Record<string, string>>
  client?: string
  scope?: string
}>

type Answer = Readonly<{ status: number; headers: Headers; text: string }>

let service: TestService
let recipient: TestService
let recipients: Awaited<ReturnType<typeof recipientsFile>>
let gp: FhirRequest
let patient: string
let plan: CarePlan
let goal: string

const margaret = person('margaret')
/** That of the client `ambulance`: it may say what this recipient holds. */
const AMBULANCE_ORGANIZATION = 'ZZ902'
const tokens = new Map<string, string>()

const tokenOf = async (client: string, scope?: string): Promise<string> => {
  const key = `${client} ${scope}`
  const token = tokens.get(key) ?? (await service.token(client, scope))
  tokens.set(key, token)
  return token
}

beforeAll(async () => {
  recipient = await startService()
  recipients = await recipientsFile([
    { id: 'ambulance', address: `${recipient.baseUrl}/fhir`, organization: AMBULANCE_ORGANIZATION },
  ])
  service = await startService({ environment: { KEYPLAN_RECIPIENTS: recipients.file } })
  gp = await service.fhir('gp-practice')
  patient = await register(gp, margaret)
  plan = await submit(gp, patient, margaret.conversations[1])
  goal = await newGoal()
})

afterAll(async () => {
  await service.stop()
  await recipient.stop()
  await recipients.remove()
})

const goalOf = (more: object = {}): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: 'To see the sea.' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const newGoal = async (): Promise<string> => (await gp('POST', '/Goal', goalOf())).body.id as string

const parameters = (...parameter: ParametersParameter[]): Parameters => ({ resourceType: 'Parameters', parameter })

/** The plan in force, which takes the place of the last: each act is for a plan that nobody has touched. */
const nextPlan = async (): Promise<CarePlan> => {
  const { body } = await gp<Bundle<CarePlan>>('GET', `/CarePlan?patient=Patient/${patient}&status=active`)
  const before = body.entry?.find(({ search }) => search?.mode === 'match')?.resource?.id
  plan = await submit(gp, patient, margaret.conversations[1], before === undefined ? undefined : `CarePlan/${before}`)
  return plan
}

const clinician = (...more: ParametersParameter[]): Parameters =>
  parameters(
    {
      name: 'who',
      valueReference: {
        identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '7654321' },
        display: 'Dr Robin Example',
      },
    },
    { name: 'role', valueString: 'Consultant in palliative medicine' },
    ...more,
  )

const atVersion = ({ meta }: CarePlan): Record<string, string> => ({ 'If-Match': `W/"${meta?.versionId}"` })

const conversation = (): QuestionnaireResponse =>
  submission(patient, margaret.conversations[1] as QuestionnaireResponse).parameter?.[0]
    ?.resource as QuestionnaireResponse

const SUBJECT = (): ParametersParameter => ({ name: 'subject', valueReference: { reference: `Patient/${patient}` } })
const FORM = 'application/x-www-form-urlencoded'
const STATUS = 'http://hl7.org/fhir/ValueSet/goal-status'
const GOAL_STATUS = 'http://hl7.org/fhir/goal-status'
const TAG = { name: 'meta', valueMeta: { tag: [{ system: 'urn:test', code: 'seen' }] } }
const patchBody = [{ op: 'replace', path: '/description/text', value: 'To see the hills.' }]

/** What each operation is for: a request that it answers with 2xx. A GET that is not named here is asked for what was stored beforehand. */
const PURPOSES: Readonly<Record<string, (plan: () => Promise<CarePlan>) => Request | Promise<Request>>> = {
  transaction: () => ({
    path: '/fhir',
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: goalOf(), request: { method: 'POST', url: 'Goal' } }],
    },
  }),
  create: () => ({ path: '/fhir/Goal', body: goalOf() }),
  update: () => ({ path: `/fhir/Goal/${goal}`, body: goalOf({ id: goal }) }),
  conditionalUpdate: () => ({ path: `/fhir/Goal?_id=${goal}`, body: goalOf() }),
  patch: () => ({ path: `/fhir/Goal/${goal}`, body: patchBody, type: 'application/json-patch+json' }),
  conditionalPatch: () => ({ path: `/fhir/Goal?_id=${goal}`, body: patchBody, type: 'application/json-patch+json' }),
  validate: () => ({ path: '/fhir/$validate?mode=update', body: goalOf({ id: goal }) }),
  validateOfType: () => ({ path: '/fhir/Goal/$validate?mode=update', body: goalOf({ id: goal }) }),
  delete: async () => ({ path: `/fhir/Goal/${await newGoal()}` }),
  conditionalDelete: async () => ({ path: `/fhir/Goal?_id=${await newGoal()}` }),
  searchByPost: () => ({ path: '/fhir/Goal/_search', body: `patient=Patient/${patient}`, type: FORM }),
  submit: async (planOf) => {
    await planOf()
    return {
      path: '/fhir/CarePlan/$submit',
      body: submission(patient, margaret.conversations[2] as QuestionnaireResponse, `CarePlan/${plan.id}`),
    }
  },
  reviewDue: () => ({ path: '/fhir/CarePlan/$review-due', body: parameters() }),
  sign: async (planOf) => ({
    path: `/fhir/CarePlan/${(await planOf()).id}/$sign`,
    body: clinician({ name: 'seniorResponsible', valueBoolean: true }),
    headers: atVersion(plan),
  }),
  confirmReview: async (planOf) => ({
    path: `/fhir/CarePlan/${(await planOf()).id}/$confirm-review`,
    body: clinician(),
    headers: atVersion(plan),
  }),
  revoke: async (planOf) => ({
    path: `/fhir/CarePlan/${(await planOf()).id}/$revoke`,
    body: parameters({ name: 'reason', valueCode: 'withdrawn' }, { name: 'text', valueString: 'As the person asked.' }),
  }),
  extract: () => ({ path: '/fhir/QuestionnaireResponse/$extract', body: conversation() }),
  extractStored: async () => ({ path: `/fhir/QuestionnaireResponse/${await storedConversation()}/$extract` }),
  extractStoredByPost: async () => ({ path: `/fhir/QuestionnaireResponse/${await storedConversation()}/$extract` }),
  populate: () => ({
    path: '/fhir/Questionnaire/$populate',
    body: parameters(SUBJECT(), {
      name: 'canonical',
      valueUri: 'https://keyplan.example/fhir/Questionnaire/respect-v3',
    }),
  }),
  populateForm: () => ({ path: '/fhir/Questionnaire/respect-v3/$populate', body: parameters(SUBJECT()) }),
  readCodeSystem: async () => ({ path: `/fhir/CodeSystem/${await firstOf('CodeSystem')}` }),
  readConceptMap: async () => ({ path: `/fhir/ConceptMap/${await firstOf('ConceptMap')}` }),
  readImplementationGuide: () => ({ path: '/fhir/ImplementationGuide/keyplan.fhir.r4' }),
  readOperationDefinition: async () => ({ path: `/fhir/OperationDefinition/${await firstOf('OperationDefinition')}` }),
  readQuestionnaire: () => ({ path: '/fhir/Questionnaire/respect-v3' }),
  readStructureDefinition: async () => ({ path: `/fhir/StructureDefinition/${await firstOf('StructureDefinition')}` }),
  readSearchParameter: async () => ({ path: `/fhir/SearchParameter/${await firstOf('SearchParameter')}` }),
  readValueSet: async () => ({ path: `/fhir/ValueSet/${await firstOf('ValueSet')}` }),
  metaAdd: () => ({ path: `/fhir/Goal/${goal}/$meta-add`, body: parameters(TAG) }),
  metaDelete: () => ({ path: `/fhir/Goal/${goal}/$meta-delete`, body: parameters(TAG) }),
  expand: () => ({ path: `/fhir/ValueSet/$expand?url=${STATUS}` }),
  expandByPost: () => ({ path: '/fhir/ValueSet/$expand', body: parameters({ name: 'url', valueUri: STATUS }) }),
  expandOne: async () => ({ path: `/fhir/ValueSet/${await firstOf('ValueSet')}/$expand` }),
  expandOneByPost: async () => ({ path: `/fhir/ValueSet/${await firstOf('ValueSet')}/$expand`, body: parameters() }),
  validateCode: () => ({ path: `/fhir/ValueSet/$validate-code?url=${STATUS}&system=${GOAL_STATUS}&code=active` }),
  validateCodeByPost: () => ({
    path: '/fhir/ValueSet/$validate-code',
    body: parameters(
      { name: 'url', valueUri: STATUS },
      { name: 'coding', valueCoding: { system: GOAL_STATUS, code: 'active' } },
    ),
  }),
  validateCodeOne: async () => ({
    path: `/fhir/ValueSet/${await firstOf('ValueSet')}/$validate-code?system=urn:x&code=a`,
  }),
  validateCodeOneByPost: async () => ({
    path: `/fhir/ValueSet/${await firstOf('ValueSet')}/$validate-code`,
    body: parameters({ name: 'coding', valueCoding: { system: 'urn:x', code: 'a' } }),
  }),
  validateCodeOfSystem: () => ({ path: `/fhir/CodeSystem/$validate-code?url=${GOAL_STATUS}&code=active` }),
  validateCodeOfSystemByPost: () => ({
    path: '/fhir/CodeSystem/$validate-code',
    body: parameters({ name: 'url', valueUri: GOAL_STATUS }, { name: 'code', valueCode: 'active' }),
  }),
  validateCodeOfSystemOne: async () => ({
    path: `/fhir/CodeSystem/${await firstOf('CodeSystem')}/$validate-code?code=a`,
  }),
  validateCodeOfSystemOneByPost: async () => ({
    path: `/fhir/CodeSystem/${await firstOf('CodeSystem')}/$validate-code`,
    body: parameters({ name: 'code', valueCode: 'a' }),
  }),
  lookup: () => ({ path: `/fhir/CodeSystem/$lookup?system=${GOAL_STATUS}&code=active` }),
  lookupByPost: () => ({
    path: '/fhir/CodeSystem/$lookup',
    body: parameters({ name: 'coding', valueCoding: { system: GOAL_STATUS, code: 'active' } }),
  }),
  searchSystemByPost: () => ({ path: '/fhir/_search', body: '_type=Goal&_count=2', type: FORM }),
  searchSystemByGet: () => ({ path: '/fhir?_type=Goal,Patient&_count=2' }),
  compositionDocument: async (planOf) => {
    await planOf()
    return { path: `/fhir/Composition/${patient}/$document` }
  },
  compositionDocumentByPost: async (planOf) => {
    await planOf()
    return { path: `/fhir/Composition/${patient}/$document`, body: parameters() }
  },
  emergencyView: () => ({
    path: '/fhir/Patient/$emergency-view',
    body: question(margaret.patient.identifier?.[0]),
    client: 'ambulance',
  }),
  keyInformationSummary: async (planOf) => {
    await planOf()
    return { path: `/fhir/Patient/${patient}/$key-information-summary` }
  },
  keyInformationSummaryByPost: () => ({ path: `/fhir/Patient/${patient}/$key-information-summary` }),
  everythingByPost: () => ({ path: `/fhir/Patient/${patient}/$everything` }),
  planConflictsByPost: () => ({ path: `/fhir/Patient/${patient}/$plan-conflicts` }),
  respectDocument: async (planOf) => {
    await planOf()
    return { path: `/fhir/Patient/${patient}/$respect-document` }
  },
  respectDocumentByPost: () => ({ path: `/fhir/Patient/${patient}/$respect-document` }),
  verifyCurrent: () => ({
    path: '/fhir/CarePlan/$verify-current',
    body: parameters(
      { name: 'planId', valueString: plan.identifier?.[0]?.value ?? '' },
      { name: 'version', valuePositiveInt: 1 },
    ),
  }),
  timelinePost: () => ({ path: `/fhir/CarePlan/${plan.id}/$timeline`, body: parameters() }),
  completenessPost: () => ({ path: `/fhir/CarePlan/${plan.id}/$completeness`, body: parameters() }),
  sharingStatusByPost: () => ({ path: `/fhir/Patient/${patient}/$sharing-status` }),
  recipientSharingStatus: () => ({ path: '/fhir/Endpoint/ambulance/$sharing-status', client: 'integrator' }),
  recipientSharingStatusByPost: () => ({
    path: '/fhir/Endpoint/ambulance/$sharing-status',
    body: parameters(),
    client: 'integrator',
  }),
  heldSummaries: () => ({ path: '/fhir/Bundle/$held-summaries', client: 'keyplan', scope: 'system/Bundle.cruds' }),
  sharingAcknowledgement: async () => ({
    path: '/fhir/Endpoint/ambulance/$sharing-acknowledgement',
    client: 'ambulance',
    body: parameters(
      { name: 'patient', valueReference: { reference: `Patient/${patient}` } },
      { name: 'state', valueCode: 'current' },
      ...(await editionReceived()),
      { name: 'level', valueCode: 'stored' },
    ),
  }),
  answerLater: async () => ({ path: await later() }),
  cancelLater: async () => ({ path: await later() }),
  sharingHealthByPost: () => ({ path: '/fhir/Bundle/$sharing-health' }),
}

const storedConversation = async (): Promise<string> => {
  const { body, text } = await gp('POST', '/QuestionnaireResponse', conversation())
  if (body.id === undefined) throw new Error(text)
  return body.id
}

/** Epoch and sequence of a summary that has reached the recipient. */
const editionReceived = async (): Promise<ParametersParameter[]> => {
  const received = await until(
    async () => {
      const { body } = await gp<Parameters>('GET', `/Patient/${patient}/$sharing-status`)
      const row = body.parameter?.find(({ name }) => name === 'recipient')?.part
      return row?.find(({ name }) => name === 'received')?.part
    },
    (part) => part !== undefined,
  )
  const of = (wanted: string): number => received?.find(({ name }) => name === wanted)?.valueUnsignedInt ?? 0
  return [
    { name: 'epoch', valuePositiveInt: of('epoch') },
    { name: 'sequence', valuePositiveInt: of('sequence') },
  ]
}

/** The address of an answer that has been asked for to be fetched later, and is there. */
const later = async (): Promise<string> => {
  const { headers, text } = await gp('GET', `/Patient/${patient}/$everything`, undefined, { Prefer: 'respond-async' })
  const address = headers.get('content-location')
  if (address === null) throw new Error(text)
  const path = address.slice(`${service.baseUrl}/fhir`.length)
  await until(
    async () => (await gp('GET', path)).status,
    (status) => status === 200,
  )
  return `/fhir${path}`
}

const firstOf = async (type: string): Promise<string> => {
  const { body } = await gp<{ entry?: { resource?: FhirResource }[] }>('GET', `/${type}`)
  return body.entry?.[0]?.resource?.id ?? ''
}

/** The path with what was stored beforehand in the place of its variables. */
const filled = (path: string): string =>
  path
    .replace('{type}', 'Goal')
    .replace('{compartment}', 'Goal')
    .replace('{id}', path.includes('/Patient/') ? patient : path.includes('/CarePlan/') ? (plan.id as string) : goal)
    .replace('{vid}', '1')

const purposeOf = async ({ id, path }: Documented, planOf = async () => plan): Promise<Request> =>
  (await PURPOSES[id]?.(planOf)) ?? { path: filled(path) }

const contentOf = ({ body, type = 'application/fhir+json' }: Request) =>
  body === undefined
    ? {}
    : { headers: { 'Content-Type': type }, body: typeof body === 'string' ? body : JSON.stringify(body) }

const exercised = new Set<string>()

/** Sends a request to an operation; its answer has been held against the contract. */
const send = async (
  operation: Documented,
  request: Request,
  authorization?: string,
  base = service.baseUrl,
): Promise<Answer> => {
  const content = contentOf(request)
  const token =
    authorization ??
    (operation.needsToken ? `Bearer ${await tokenOf(request.client ?? 'gp-practice', request.scope)}` : undefined)
  const answer = await fetch(`${base}${request.path}`, {
    method: operation.method,
    ...content,
    headers: {
      ...content.headers,
      ...(token === undefined || token === '' ? {} : { Authorization: token }),
      ...request.headers,
    },
  })
  const told = { status: answer.status, headers: answer.headers, text: await answer.text() }
  expect(await faultsOf(operation, told)).toEqual([])
  exercised.add(`${operation.id} ${told.status}`)
  return told
}

const fhir = documented.filter(({ path }) => path.startsWith('/fhir') && !path.includes('.well-known'))
const all = (operations: readonly Documented[]): [string, Documented][] => operations.map((each) => [each.id, each])
const withStatus = (status: number): [string, Documented][] =>
  all(fhir.filter(({ statuses }) => statuses.includes(status)))

/** Asked by a sender that signs what it says (sync/heartbeat.test.ts), and by a person (journeys/break-glass.test.ts, hidden-from-portals.test.ts). */
const OF_OTHERS: readonly string[] = ['sharingHeartbeat', 'breakGlass', 'endPortalRestriction']

const ofClients = (status: number): [string, Documented][] =>
  withStatus(status).filter(([id]) => !OF_OTHERS.includes(id))

describe('what each operation is for', () => {
  const operations = all(fhir.filter(({ id }) => !OF_OTHERS.includes(id)))

  test.each(operations)('%s', async (_id, operation) => {
    const { status, text } = await send(operation, await purposeOf(operation, nextPlan))
    expect([Math.floor(status / 100), text.slice(0, status < 300 ? 0 : 1_000)]).toEqual([2, ''])
  })

  test.each(operations)('%s, in XML', async (_id, operation) => {
    const request = await purposeOf(operation, nextPlan)
    const isResource = typeof request.body === 'object' && request.type === undefined
    const { status, text, headers } = await send(operation, {
      ...request,
      ...(isResource ? { body: xmlOf(JSON.stringify(request.body), false), type: 'application/fhir+xml' } : {}),
      headers: { ...request.headers, Accept: 'application/fhir+xml' },
    })
    expect([Math.floor(status / 100), text.slice(0, status < 300 ? 0 : 1_000)]).toEqual([2, ''])
    if (text === '') return
    expect(headers.get('content-type')).toBe('application/fhir+xml; charset=utf-8')
    expect((await readXml(text)).resourceType).toMatch(/^[A-Z]/)
  })
})

describe('how each operation refuses', () => {
  test.each(withStatus(401))('401 without a token: %s', async (_id, operation) => {
    expect((await send(operation, await purposeOf(operation), '')).status).toBe(401)
  })

  test.each(ofClients(403))('403 with a token for something else: %s', async (_id, operation) => {
    const token = `Bearer ${await tokenOf('gp-practice', 'system/Practitioner.c')}`
    // What asks for several resources refuses each of them, or finds nothing that may be shown.
    const { status } = await send(operation, await purposeOf(operation), token)
    expect([status, operation.id]).toEqual([403, operation.id])
  })

  test.each(withStatus(400))('400 for _pretty that says neither: %s', async (_id, operation) => {
    const { path, ...request } = await purposeOf(operation)
    const { status } = await send(operation, { ...request, path: `${path}${path.includes('?') ? '&' : '?'}_pretty=x` })
    expect(status).toBe(400)
  })

  test.each(withStatus(406))('406 for Turtle: %s', async (_id, operation) => {
    const request = await purposeOf(operation)
    const { status } = await send(operation, { ...request, headers: { ...request.headers, Accept: 'text/turtle' } })
    expect(status).toBe(406)
  })

  test.each(withStatus(415))('415 for a body in Turtle: %s', async (_id, operation) => {
    const { path } = await purposeOf(operation)
    expect((await send(operation, { path, body: '<a> <b> <c> .', type: 'text/turtle' })).status).toBe(415)
  })

  test.each(withStatus(413))('413 for 30 MB, before they are sent: %s', async (_id, operation) => {
    const { path, type = 'application/fhir+json' } = await purposeOf(operation)
    const token = await tokenOf('gp-practice')
    const answer = await new Promise<Answer>((resolve, reject) => {
      const sent = httpRequest(
        `${service.baseUrl}${path}`,
        {
          method: operation.method,
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': type, 'Content-Length': 30_000_000 },
        },
        (received) => {
          const parts: Buffer[] = []
          received.on('data', (part: Buffer) => parts.push(part))
          received.on('end', () => {
            const headers = new Headers({ 'content-type': received.headers['content-type'] ?? '' })
            resolve({ status: received.statusCode ?? 0, headers, text: Buffer.concat(parts).toString() })
            sent.destroy()
          })
        },
      )
      sent.on('error', reject)
      sent.flushHeaders()
    })
    expect(await faultsOf(operation, answer)).toEqual([])
    expect(answer.status).toBe(413)
    exercised.add(`${operation.id} 413`)
  })

  test.each(ofClients(404).filter(([, { path }]) => path.includes('{id}')))(
    '404 for an id that nothing has: %s',
    async (_id, operation) => {
      const request =
        PURPOSES[operation.id] === undefined ? { path: filled(operation.path) } : await purposeOf(operation)
      // What nobody knows has an empty compartment; what it can be asked for is a matter of types.
      const path = filled(operation.path.replace('{compartment}', 'Basic').replace('{id}', 'nothing'))
      const { body } = request
      const renamed = body !== undefined && typeof body === 'object' && 'id' in body ? { ...body, id: 'nothing' } : body
      const query = request.path.split('?')[1]
      const { status } = await send(operation, {
        ...request,
        path: query === undefined ? path : `${path}?${query}`,
        ...(renamed === undefined ? {} : { body: renamed }),
      })
      expect([status, operation.id]).toEqual([404, operation.id])
    },
  )

  test.each(withStatus(404).filter(([, { path }]) => path.includes('{type}') && !path.includes('{id}')))(
    '404 for a type that is not served: %s',
    async (_id, operation) => {
      expect((await send(operation, { path: operation.path.replace('{type}', 'Basic') })).status).toBe(404)
    },
  )
})

/** Answers that need a state, each with what brings it about. */
const STATES: readonly [status: number, id: string, ask: () => Request | Promise<Request>][] = [
  [304, 'read', () => ({ path: `/fhir/Patient/${patient}`, headers: { 'If-None-Match': 'W/"1"' } })],
  [304, 'vread', () => ({ path: `/fhir/Patient/${patient}/_history/1`, headers: { 'If-None-Match': 'W/"1"' } })],
  [200, 'create', () => ({ path: '/fhir/Goal', body: goalOf(), headers: { 'If-None-Exist': `_id=${goal}` } })],
  [201, 'update', () => ({ path: '/fhir/Goal/named-by-the-client', body: goalOf({ id: 'named-by-the-client' }) })],
  [
    201,
    'conditionalUpdate',
    () => ({ path: '/fhir/Goal?_id=named-by-a-condition', body: goalOf({ id: 'named-by-a-condition' }) }),
  ],
  [
    200,
    'delete',
    async () => ({ path: `/fhir/Goal/${await newGoal()}`, headers: { Prefer: 'return=OperationOutcome' } }),
  ],
  [
    200,
    'conditionalDelete',
    async () => ({ path: `/fhir/Goal?_id=${await newGoal()}`, headers: { Prefer: 'return=OperationOutcome' } }),
  ],
  [404, 'expand', () => ({ path: '/fhir/ValueSet/$expand?url=urn:nothing' })],
  [404, 'validateCode', () => ({ path: '/fhir/ValueSet/$validate-code?url=urn:nothing&system=urn:x&code=a' })],
  [
    404,
    'populate',
    () => ({
      path: '/fhir/Questionnaire/$populate',
      body: parameters(
        { name: 'subject', valueReference: { reference: 'Patient/nothing' } },
        { name: 'canonical', valueUri: 'https://keyplan.example/fhir/Questionnaire/respect-v3' },
      ),
    }),
  ],
  [409, 'delete', () => ({ path: `/fhir/Patient/${patient}` })],
  [
    409,
    'sign',
    async () => ({
      path: `/fhir/CarePlan/${(await nextPlan()).id}/$sign`,
      body: clinician(),
      headers: atVersion(plan),
    }),
  ],
  [
    409,
    'submit',
    () => ({
      path: '/fhir/CarePlan/$submit',
      body: submission(patient, margaret.conversations[1] as QuestionnaireResponse),
    }),
  ],
  [410, 'read', async () => ({ path: `/fhir/Goal/${await removedGoal()}` })],
  [410, 'vread', async () => ({ path: `/fhir/Goal/${await removedGoal()}/_history/2` })],
  [
    410,
    'patch',
    async () => ({ path: `/fhir/Goal/${await removedGoal()}`, body: patchBody, type: 'application/json-patch+json' }),
  ],
  [410, 'meta', async () => ({ path: `/fhir/Goal/${await removedGoal()}/$meta` })],
  [
    412,
    'update',
    () => ({ path: `/fhir/Goal/${goal}`, body: goalOf({ id: goal }), headers: { 'If-Match': 'W/"99"' } }),
  ],
  [412, 'delete', () => ({ path: `/fhir/Goal/${goal}`, headers: { 'If-Match': 'W/"99"' } })],
  [
    412,
    'patch',
    () => ({
      path: `/fhir/Goal/${goal}`,
      body: patchBody,
      type: 'application/json-patch+json',
      headers: { 'If-Match': 'W/"99"' },
    }),
  ],
  [
    412,
    'metaAdd',
    () => ({ path: `/fhir/Goal/${goal}/$meta-add`, body: parameters(TAG), headers: { 'If-Match': 'W/"99"' } }),
  ],
  [
    412,
    'sign',
    () => ({
      path: `/fhir/CarePlan/${plan.id}/$sign`,
      body: clinician({ name: 'seniorResponsible', valueBoolean: true }),
      headers: { 'If-Match': 'W/"99"' },
    }),
  ],
  [
    412,
    'confirmReview',
    () => ({ path: `/fhir/CarePlan/${plan.id}/$confirm-review`, body: clinician(), headers: { 'If-Match': 'W/"99"' } }),
  ],
  [
    422,
    'create',
    () => ({
      path: '/fhir/Patient',
      body: { ...margaret.patient, identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765918' }] },
    }),
  ],
  [
    422,
    'transaction',
    () => ({
      path: '/fhir',
      body: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          {
            resource: {
              ...margaret.patient,
              identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765918' }],
            },
            request: { method: 'POST', url: 'Patient' },
          },
        ],
      },
    }),
  ],
  [428, 'update', () => ({ path: `/fhir/Patient/${patient}`, body: { ...margaret.patient, id: patient } })],
  [
    428,
    'patch',
    () => ({
      path: `/fhir/Patient/${patient}`,
      body: [{ op: 'add', path: '/active', value: true }],
      type: 'application/json-patch+json',
    }),
  ],
  [428, 'sign', () => ({ path: `/fhir/CarePlan/${plan.id}/$sign`, body: clinician() })],
  [428, 'confirmReview', () => ({ path: `/fhir/CarePlan/${plan.id}/$confirm-review`, body: clinician() })],
]

const removedGoal = async (): Promise<string> => {
  const id = await newGoal()
  await gp('DELETE', `/Goal/${id}`)
  return id
}

describe('what depends on what is stored', () => {
  test.each(STATES)('%i of %s', async (status, id, ask) => {
    const operation = documented.find((each) => each.id === id) as Documented
    const answer = await send(operation, await ask())
    expect([answer.status, answer.text.slice(0, answer.status === status ? 0 : 1_000)]).toEqual([status, ''])
  })
})

describe('429, of every operation that needs a token', () => {
  test('for a client that asked too much', async () => {
    const limited = await startService({ environment: { KEYPLAN_RATE_LIMIT: '1', KEYPLAN_EMERGENCY_RATE_LIMIT: '1' } })
    try {
      const token = `Bearer ${await limited.token('gp-practice')}`
      for (const [, operation] of withStatus(429)) {
        const ask = () => send(operation, { path: filled(operation.path) }, token, limited.baseUrl)
        // One request a second is let through, so that one of several at once is too many, unless they take seconds: then once more.
        const statuses = await until(
          async () => (await Promise.all(Array.from({ length: 12 }, ask))).map(({ status }) => status),
          (answers) => answers.includes(429),
        )
        expect([operation.id, statuses]).toEqual([operation.id, expect.arrayContaining([429])])
      }
    } finally {
      await limited.stop()
    }
  }, 240_000)
})

/** A way to a database that can be cut: what goes over it ends, and nothing new is let in. */
const proxyTo = async (databaseUrl: string): Promise<{ url: string; cut(): Promise<void> }> => {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const onward = connect(Number(target.port), target.hostname)
    for (const each of [socket, onward]) sockets.add(each.on('error', () => each.destroy()))
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    cut: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

describe('503, of every operation that asks the database', () => {
  test('while the database cannot be reached', async () => {
    const own = await database()
    const way = await proxyTo(own.url)
    const cut = await startService({ database: own, environment: { DATABASE_URL: way.url } })
    try {
      const token = `Bearer ${await cut.token('gp-practice')}`
      await way.cut()
      for (const [id, operation] of ofClients(503)) {
        const { status } = await send(operation, await purposeOf(operation), token, cut.baseUrl)
        // Definitions lie in the process; these say 503 only while it starts (app.test.ts).
        const needsDatabase = !operation.tags.includes('Definitions') && id !== 'extract' && !OF_OTHERS.includes(id)
        expect([id, status]).toEqual([id, needsDatabase ? 503 : expect.any(Number)])
      }
    } finally {
      await cut.stop()
      await own.drop()
    }
  }, 240_000)
})

/** What comes of what is stored is provoked of one operation at least; which others can answer it, their own tests show. */
const OF_STATE: ReadonlySet<number> = new Set([202, 409, 410, 412, 422, 428])
/** What is submitted again and is all there already (operations.test.ts). */
const ELSEWHERE: readonly string[] = ['submit 200']

describe('every status that the contract documents', () => {
  test('has been an answer, of each operation or, where it comes of what is stored, of one', () => {
    const needed = fhir.flatMap(({ id, path, tags, statuses }) =>
      statuses
        .filter(
          (status) => !OF_STATE.has(status) && !(status === 503 && (tags.includes('Definitions') || id === 'extract')),
        )
        .filter((status) => !(status === 404 && !path.includes('{')))
        .filter(() => !OF_OTHERS.includes(id))
        .map((status) => `${id} ${status}`),
    )
    expect(needed.filter((each) => !exercised.has(each) && !ELSEWHERE.includes(each))).toEqual([])
    const seen = new Set([...exercised].map((each) => Number(each.split(' ')[1])))
    const documentedStatuses = new Set(fhir.flatMap(({ statuses }) => statuses))
    expect([...documentedStatuses].filter((status) => !seen.has(status))).toEqual([])
  })
})
