/** A person hides the CPR decision from their own portal, or from who speaks for them; all others see it as before (domain model, section 6). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type {
  Bundle,
  CarePlan,
  Composition,
  Consent,
  FhirResource,
  OperationOutcome,
  Parameters,
  Task,
} from 'fhir/r4.js'
import { MAPPING, STAFF } from '../../src/cli/demo/identity/staff.ts'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { asService } from '../../src/sync/as-service.ts'
import { allowed, testApp } from '../auth/people/app.ts'
import { type PeopleService, startPeople } from '../auth/people/support.ts'
import { cprOf, emergencyView, outcomeOf, person, register, submit } from '../support/people.ts'
import { type FhirRequest, fhirClient, issueKeys } from '../support/service.ts'
import { statements } from '../support/statements.ts'
import { answersOf, lasting, surfacesOf } from '../support/surfaces.ts'

const margaret = person('margaret')
const hamish = person('objection')
const chiOf = ({ patient }: typeof margaret): string =>
  patient.identifier?.find(({ system }) => system === IDENTIFIER_SYSTEM.chi)?.value ?? ''

const SYSTEMS = ['gp-practice', 'ambulance', 'out-of-hours', 'hospital'] as const
const CPR = { coding: [{ system: 'http://snomed.info/sct', code: '89666000' }] }
const READER = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }

let people: PeopleService
let gp: FhirRequest
const systems = new Map<string, FhirRequest>()
/** How somebody asks by an app that they let in. */
let portal: FhirRequest
let daughter: FhirRequest
let paramedic: FhirRequest
let patient: string
let plan: CarePlan
/** What tells the decision, as the practice has it. */
let cpr: Consent
let secrets: readonly string[]

const signedIn = async (account: string): Promise<FhirRequest> => {
  const browser = await people.signIn(account)
  return lasting(async () => {
    const app = testApp(people.baseUrl, 'viewer', 'user/*.cruds')
    const { body } = await app.redeem(await allowed(browser, people.baseUrl, app.url()))
    const ask = await fhirClient(people.baseUrl)
    return (method, path, resource, headers) =>
      ask(method, path, resource, { ...headers, Authorization: `Bearer ${body.access_token}` })
  })
}

const sectionOf = async (ask: FhirRequest, code: string) => {
  const { status, body } = await ask<Bundle>('GET', `/Patient/${patient}/$key-information-summary`)
  expect(status).toBe(200)
  const composition = body.entry?.[0]?.resource as Composition
  return composition.section?.find((section) => section.code?.coding?.[0]?.code === code)
}

/** What comes back by every way of asking for something of the person. */
const everySurface = async (ask: FhirRequest): Promise<ReadonlyMap<string, string>> =>
  answersOf(
    ask,
    await surfacesOf(gp, { patient, plan: plan.id as string, identifier: margaret.patient.identifier?.[0] }),
  )

/** The ways by which what was decided came out. */
const telling = (answers: ReadonlyMap<string, string>): string[] =>
  [...answers].flatMap(([asked, text]) => (secrets.some((secret) => text.includes(secret)) ? [asked] : []))

const restriction = (reference: object, lookAgain: string): object => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: SYSTEM.consentScope, code: 'patient-privacy' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'portal-restriction' }] }],
  extension: [
    { url: EXTENSION.restrictionReason, valueString: 'Does not want to come upon it unprepared.' },
    { url: EXTENSION.reviewDate, valueDate: lookAgain },
  ],
  patient: { reference: `Patient/${patient}` },
  dateTime: new Date().toISOString(),
  performer: [{ reference: `Patient/${patient}` }],
  policy: [{ uri: 'https://keyplan.example/fhir/policy/portal-restriction' }],
  provision: { provision: [{ type: 'deny', code: [CPR], actor: [{ role: READER, reference }] }] },
})

const goal = (): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: 'To see the sea' },
  subject: { reference: `Patient/${patient}` },
})

const DAY = 86_400_000
const dayIn = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)

const hide = async (reference: object, lookAgain = dayIn(30), ask = gp): Promise<Consent> => {
  const { status, body, text } = await ask<Consent>('POST', '/Consent', restriction(reference, lookAgain))
  expect([status, text]).toEqual([201, text])
  return body
}

const show = async ({ id, meta, ...content }: Consent): Promise<void> => {
  const ended = { id, ...content, status: 'inactive' }
  const { status } = await gp('PUT', `/Consent/${id}`, ended, { 'If-Match': `W/"${meta?.versionId}"` })
  expect(status).toBe(200)
}

beforeAll(async () => {
  people = await startPeople({
    staff: [
      ...STAFF,
      { account: 'hamish', name: 'Hamish Synthetic', jobRole: 'self', organization: '', chi: chiOf(hamish) },
      { account: 'nobody', name: 'Nobody Synthetic', jobRole: 'self', organization: '', chi: '0101011237' },
      { account: 'daughter', name: 'Daughter Synthetic', jobRole: 'speaks-for', organization: '' },
    ],
    identity: {
      role: { ...MAPPING.role, values: { ...MAPPING.role.values, self: 'patient', 'speaks-for': 'proxy' } },
    },
    apps: [
      {
        kind: 'app',
        clientId: 'viewer',
        name: 'Portal (synthetic)',
        redirectUris: ['http://localhost:1/callback'],
        scopes: ['openid', 'fhirUser', 'launch/patient', 'user/*.cruds', 'patient/*.rs'],
        public: true,
      },
    ],
  })
  for (const name of SYSTEMS)
    systems.set(
      name,
      lasting(() => people.service.fhir(name)),
    )
  gp = systems.get('gp-practice') as FhirRequest
  patient = await register(gp, margaret)
  await register(gp, hamish)
  const [wishes, , september] = margaret.conversations
  await submit(gp, patient, wishes)
  plan = await submit(gp, patient, september)
  const { body: consents } = await gp<Bundle<Consent>>('GET', `/Consent?patient=${patient}&status=active&_count=100`)
  const found = (consents.entry ?? []).flatMap(({ resource }) => resource ?? [])
  cpr = found.find(({ provision }) => JSON.stringify(provision ?? {}).includes('89666000')) as Consent
  const words = JSON.stringify(cpr).match(/"valueString":"([^"]{20,})"/g) ?? []
  secrets = [
    ...words.map((word) => word.slice('"valueString":"'.length, -1)),
    '"dnr"',
    'Do Not Resuscitate',
    'Not for attempted',
    '450476008',
  ]
  expect(words.length).toBeGreaterThan(0)

  const holder = {
    resourceType: 'RelatedPerson',
    patient: { reference: `Patient/${patient}` },
    identifier: [{ system: people.issuer, value: 'daughter' }],
    name: [{ text: 'Daughter Synthetic' }],
    telecom: [{ system: 'phone', value: '01632 960001' }],
  }
  const { body: related } = await gp('POST', '/RelatedPerson', holder)
  daughterId = related.id as string
  const power = {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: SYSTEM.consentScope, code: 'treatment' }] },
    category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'welfare-proxy' }] }],
    extension: [{ url: EXTENSION.proxyAuthority, valueCode: 'welfare-attorney' }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-01-01',
    policy: [{ uri: 'https://keyplan.example/fhir/policy/welfare-proxy' }],
    provision: {
      actor: [{ role: READER, reference: { reference: `RelatedPerson/${related.id}` } }],
    },
  }
  expect((await gp('POST', '/Consent', power)).status).toBe(201)
  const { body: named } = await gp<Bundle>('GET', `/RelatedPerson?patient=${patient}&identifier:missing=true`)
  contact = `RelatedPerson/${named.entry?.[0]?.resource?.id}`
  portal = await signedIn('margaret')
  daughter = await signedIn('daughter')
  paramedic = await signedIn('rory')
}, 180_000)

let daughterId: string
/** Somebody whom the plan names, as it came: without a number. */
let contact: string

afterAll(async () => {
  await people?.stop()
})

describe('a patient who signs in', () => {
  test('sees their own plan, and what was decided about CPR', async () => {
    expect((await portal('GET', `/Patient/${patient}`)).status).toBe(200)
    expect((await portal('GET', `/Consent/${cpr.id}`)).status).toBe(200)
    expect(telling(await everySurface(portal)).length).toBeGreaterThan(8)
  })

  test('and nobody else’s, nor does somebody else see theirs', async () => {
    const other = await signedIn('hamish')
    const { body } = await portal<Bundle>('GET', '/Patient?_count=100')
    expect((body.entry ?? []).flatMap(({ resource }) => resource?.id ?? [])).toEqual([patient])
    for (const path of [`/Patient/${patient}`, `/Consent/${cpr.id}`, `/CarePlan/${plan.id}`])
      expect([path, (await other('GET', path)).status]).toEqual([path, 404])
    expect(telling(await everySurface(other))).toEqual([])
  })

  test('is told who broke the glass of their record: here nobody', async () => {
    const { status, body } = await portal<Parameters>('POST', '/Patient/$break-glass-report')
    expect([status, body.parameter?.filter(({ name }) => name === 'use') ?? []]).toEqual([200, []])
  })

  test('an app that asks for one person gets their own record, without a choice, and knows whose it is', async () => {
    const app = testApp(people.baseUrl, 'viewer', 'openid fhirUser launch/patient patient/*.rs')
    const code = await allowed(await people.signIn('margaret'), people.baseUrl, app.url())
    const { body } = await app.redeem(code)
    expect(body.patient).toBe(patient)
    const [, payload = ''] = (body.id_token ?? '').split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    expect(claims.fhirUser).toBe(`${people.baseUrl}/fhir/Patient/${patient}`)
    const ask = await fhirClient(people.baseUrl)
    const as = { Authorization: `Bearer ${body.access_token}` }
    expect((await ask('GET', `/CarePlan/${plan.id}`, undefined, as)).status).toBe(200)
    expect((await ask('PUT', `/CarePlan/${plan.id}`, plan, as)).status).toBe(403)
  })

  test('whose number nobody here has sees nothing', async () => {
    const { status, body } = await (await signedIn('nobody'))<Bundle>('GET', '/Patient?_count=100')
    expect([status, (body.entry ?? []).map(({ search }) => search?.mode)]).toEqual([200, ['outcome']])
  })

  test('who speaks for them sees it too', async () => {
    expect((await daughter('GET', `/Consent/${cpr.id}`)).status).toBe(200)
  })
})

describe('hidden from their own portal', () => {
  let hidden: Consent
  const before = new Map<string, string>()

  beforeAll(async () => {
    for (const [name, ask] of systems) before.set(name, JSON.stringify(await sectionOf(ask, 'cpr')))
    hidden = await hide({ reference: `Patient/${patient}` })
  })

  test('no surface tells it, and each says that something is withheld', async () => {
    const answers = await everySurface(portal)
    expect(telling(answers)).toEqual([])
    const read = await portal('GET', `/Consent/${cpr.id}`)
    expect([read.status, issueKeys(read.body)]).toEqual([403, ['hidden-by-person']])
    expect(read.text).toContain('Crews and clinicians see it')
    for (const path of ['$respect-document', '$plan-conflicts'])
      expect(issueKeys((await portal('GET', `/Patient/${patient}/${path}`)).body)).toEqual(['hidden-by-person'])
    for (const path of ['$timeline', '$completeness'])
      expect(issueKeys((await portal('GET', `/CarePlan/${plan.id}/${path}`)).body)).toEqual(['hidden-by-person'])
    for (const path of ['/Consent?_count=100', '/Goal', `/Patient/${patient}/$everything`]) {
      const { body } = await portal<Bundle>('GET', path)
      const said = (body.entry ?? []).flatMap(({ resource, search }) => (search?.mode === 'outcome' ? [resource] : []))
      expect([path, said.flatMap((outcome) => issueKeys(outcome as OperationOutcome))]).toEqual([
        path,
        expect.arrayContaining(['hidden-by-person']),
      ])
    }
    // Nor does a search by what may not be seen find anything.
    for (const by of [
      'category=dnr',
      'intervention=89666000',
      'recommendation=not-recommended&_has:Consent:patient:intervention=89666000',
    ]) {
      const { body } = await portal<Bundle>('GET', `/Patient?_has:Consent:patient:${by}`)
      expect([by, (body.entry ?? []).filter(({ search }) => search?.mode === 'match')]).toEqual([by, []])
    }
    const { body: history } = await portal<Bundle>('GET', '/Consent/_history')
    expect(history.meta?.security?.map(({ code }) => code)).toEqual(['REDACTED'])
  })

  test('the summary says of the section that it is withheld; the rest of the plan is there', async () => {
    const section = await sectionOf(portal, 'cpr')
    expect(section?.emptyReason?.coding?.[0]?.code).toBe('withheld')
    expect(section?.text?.div).toContain('the person has decided')
    expect((await sectionOf(portal, 'interventions'))?.emptyReason).toBeUndefined()
    const { body } = await portal<Bundle>('GET', '/Goal')
    expect((body.entry ?? []).filter(({ search }) => search?.mode === 'match').length).toBeGreaterThan(1)
  })

  test('crews, the practice, the night service and the hospital see it as before; recipients are to hold it', async () => {
    expect(cprOf(await emergencyView(systems.get('ambulance') as FhirRequest, margaret))).toBe('not-recommended')
    expect(cprOf(await emergencyView(paramedic, margaret))).toBe('not-recommended')
    for (const [name, ask] of systems) {
      expect([name, JSON.stringify(await sectionOf(ask, 'cpr'))]).toEqual([name, before.get(name)])
      expect([name, (await ask('GET', `/Consent/${cpr.id}`)).status]).toEqual([name, 200])
      const { body } = await ask<Bundle>('GET', '/Consent?_count=1')
      expect(body.entry?.some(({ search }) => search?.mode === 'outcome')).toBe(false)
    }
    const [stored] = await people.service.database.query<{ state: string; summary: string }>(
      'select state, summary from emergency_summary where patient = $1',
      [patient],
    )
    expect(stored?.state).toBe('current')
    expect(stored?.summary).toContain(secrets[0])
  })

  test('and it costs them nothing: a search is one statement still', async () => {
    const crew = systems.get('ambulance') as FhirRequest
    const searching = () => crew('GET', `/Consent?patient=Patient/${patient}`)
    await searching()
    expect(await statements(people.service, searching)).toBe(1)
  })

  test('who may see what says from whom it is hidden', async () => {
    const { body } = await gp<Parameters>('GET', `/Patient/${patient}/$explain-access`)
    const from = body.parameter?.filter(({ name }) => name === 'cprHiddenFrom').map(({ valueString }) => valueString)
    expect(from).toEqual(['patient'])
  })

  test('who speaks for them sees it as before', async () => {
    expect((await daughter('GET', `/Consent/${cpr.id}`)).status).toBe(200)
  })

  test('they change nothing that would tell them by what is wrong with it, and can add what matters to them', async () => {
    const { status, body } = await portal('PUT', `/CarePlan/${plan.id}`, { ...plan, title: 'Mine' })
    expect([status, issueKeys(body)]).toEqual([403, ['kept-by-clinicians']])
    const ended = { ...hidden, status: 'inactive' }
    expect((await portal('PUT', `/Consent/${hidden.id}`, ended)).status).toBe(403)
    expect((await portal('POST', '/Goal', goal())).status).toBe(201)
  })

  test('they can still object to sharing their record, which tells nothing, and decide anew', async () => {
    const { extension: _extension, provision: _provision, ...rest } = hidden
    const { id: _id, meta: _meta, ...content } = rest
    const deciding = (valueCode: string) => ({
      ...content,
      category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
      extension: [{ url: EXTENSION.sharingDecision, valueCode }],
    })
    const objection = deciding('objection')
    const { status, body } = await portal<Consent>('POST', '/Consent', objection)
    expect([status, outcomeOf(await emergencyView(paramedic, margaret))]).toEqual([201, 'withheld'])
    expect(telling(await everySurface(portal))).toEqual([])
    // What matters to them they write all the same, and nobody else in their place.
    expect((await portal('POST', '/Goal', goal())).status).toBe(201)
    expect((await daughter('POST', '/Goal', goal())).status).toBe(403)
    const anew = (ended: Consent) => ({
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: deciding('no-objection'), request: { method: 'POST', url: 'Consent' } },
        {
          resource: { ...ended, status: 'inactive' },
          request: { method: 'PUT', url: `Consent/${ended.id}`, ifMatch: 'W/"1"' },
        },
      ],
    })
    expect((await daughter('POST', '/', anew(body))).status).toBe(403)
    expect(outcomeOf(await emergencyView(paramedic, margaret))).toBe('withheld')
    const decided = await portal('POST', '/', anew(body))
    expect([decided.status, decided.text]).toEqual([200, decided.text])
    expect(cprOf(await emergencyView(paramedic, margaret))).toBe('not-recommended')
    for (const category of ['emergency-recommendation', 'advance-refusal']) {
      const other = { ...objection, category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }] }
      const refused = await portal('POST', '/Consent', other)
      expect([refused.status, issueKeys(refused.body)]).toEqual([403, ['kept-by-clinicians']])
    }
  })

  test('it can be hidden from nobody who treats the person', async () => {
    const { status, body } = await gp('POST', '/Consent', restriction({ reference: 'Organization/x' }, dayIn(30)))
    expect([status, issueKeys(body)]).toEqual([422, expect.arrayContaining(['portal-restriction'])])
  })

  test('on the day to look again the practice is asked, and it goes on', async () => {
    const now = new Date(Date.now() + 31 * DAY)
    await people.service.services.records.rederive({ ...asService('time', 'administration'), now }, [patient])
    const { body } = await gp<Bundle<Task>>('GET', `/Task?patient=${patient}&code=restriction-review`)
    expect(body.entry?.map(({ resource }) => [resource?.status, resource?.focus?.reference])).toEqual([
      ['requested', `Consent/${hidden.id}`],
    ])
    expect((await portal('GET', `/Consent/${cpr.id}`)).status).toBe(403)
  })

  test('when it is ended they see it again, and the practice is no longer asked', async () => {
    const { body } = await gp<Consent>('GET', `/Consent/${hidden.id}`)
    await show(body)
    expect((await portal('GET', `/Consent/${cpr.id}`)).status).toBe(200)
    expect((await sectionOf(portal, 'cpr'))?.emptyReason).toBeUndefined()
    const { body: tasks } = await gp<Bundle<Task>>('GET', `/Task?patient=${patient}&code=restriction-review`)
    expect(tasks.entry?.map(({ resource }) => resource?.status)).toEqual(['completed'])
  })
})

describe('ended by the person themself', () => {
  const SHOW = '/Consent/$end-portal-restriction'
  const themself = () => ({ reference: `Patient/${patient}` })
  const told = async (): Promise<(string | undefined)[]> => {
    const { body } = await gp<Bundle<Task>>('GET', `/Task?patient=${patient}&code=restriction-ended&status=requested`)
    return (body.entry ?? []).map(({ resource }) => resource?.focus?.reference)
  }
  const isShown = async (ask: FhirRequest): Promise<boolean> => (await ask('GET', `/Consent/${cpr.id}`)).status === 200

  test('what they hid they see again at once; the practice is told, and it is on record', async () => {
    const { id } = await hide(themself(), dayIn(30), portal)
    expect([await isShown(portal), await told()]).toEqual([false, []])
    const named = { 'X-Request-ID': '5e3b6f0e-52a4-4d0f-9c55-6a6f0d8f7c11' }
    const { status, body, text } = await portal<Parameters>('POST', SHOW, undefined, named)
    expect([status, text]).toEqual([200, text])
    expect((await portal('POST', SHOW, undefined, named)).text).toBe(text)
    expect(body.parameter).toEqual([
      { name: 'ended', valueReference: { reference: `Consent/${id}` } },
      { name: 'hidden', valueBoolean: false },
    ])
    expect(await isShown(portal)).toBe(true)
    expect((await portal<Consent>('GET', `/Consent/${id}`)).body.status).toBe('inactive')
    expect(await told()).toEqual([`Consent/${id}`])
    const rows = await people.service.database.query(
      `select distinct role, outcome, patient from audit_event where interaction = '$end-portal-restriction'`,
    )
    expect(rows).toEqual([{ role: 'patient', outcome: 'permit', patient }])
    // Asked again there is nothing to end.
    expect((await portal<Parameters>('POST', SHOW)).body.parameter).toEqual([{ name: 'hidden', valueBoolean: false }])
  })

  test('what the practice recorded as their wish is theirs to end', async () => {
    const { id } = await hide(themself())
    const { body: ended } = await portal<Parameters>('POST', SHOW)
    expect(ended.parameter?.[0]?.valueReference?.reference).toBe(`Consent/${id}`)
    expect(await isShown(portal)).toBe(true)
  })

  test('also while they share nothing: it is their own record', async () => {
    const hidden = restriction(themself(), dayIn(30)) as Consent
    const { provision: _, ...content } = hidden
    const deciding = (valueCode: string) => ({
      ...content,
      category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
      extension: [{ url: EXTENSION.sharingDecision, valueCode }],
    })
    const { body: objection } = await portal<Consent>('POST', '/Consent', deciding('objection'))
    await hide(themself(), dayIn(30), portal)
    expect(await isShown(portal)).toBe(false)
    expect((await portal<Parameters>('POST', SHOW)).body.parameter?.at(-1)?.valueBoolean).toBe(false)
    expect([await isShown(portal), await isShown(daughter)]).toEqual([true, false])
    const over = { method: 'PUT', url: `Consent/${objection.id}`, ifMatch: 'W/"1"' }
    const { status, text } = await portal('POST', '/', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { resource: deciding('no-objection'), request: { method: 'POST', url: 'Consent' } },
        { resource: { ...objection, status: 'inactive' }, request: over },
      ],
    })
    expect([status, text]).toEqual([200, text])
    expect(await isShown(daughter)).toBe(true)
  })

  test('what somebody else asked for is not, and that something is hidden still is said', async () => {
    const other = { ...restriction(themself(), dayIn(30)), performer: [{ reference: `RelatedPerson/${daughterId}` }] }
    const { status, body, text } = await gp<Consent>('POST', '/Consent', other)
    expect([status, text]).toEqual([201, text])
    const answer = await portal<Parameters>('POST', SHOW)
    expect([answer.status, answer.body.parameter]).toEqual([200, [{ name: 'hidden', valueBoolean: true }]])
    expect(await isShown(portal)).toBe(false)
    await show(body)
  })

  test('what it hides from others stays hidden from them', async () => {
    const both = restriction(themself(), dayIn(30)) as Consent
    const [provision] = both.provision?.provision ?? []
    const all = { role: READER, reference: { type: 'RelatedPerson', display: 'Anyone who speaks for her' } }
    const { body: hidden } = await portal<Consent>('POST', '/Consent', {
      ...both,
      provision: { provision: [{ ...provision, actor: [...(provision?.actor ?? []), all] }] },
    })
    expect([await isShown(portal), await isShown(daughter)]).toEqual([false, false])
    expect((await portal<Parameters>('POST', SHOW)).body.parameter?.at(-1)?.valueBoolean).toBe(false)
    expect([await isShown(portal), await isShown(daughter)]).toEqual([true, false])
    const { body } = await gp<Consent>('GET', `/Consent/${hidden.id}`)
    expect([body.status, body.provision?.provision?.[0]?.actor]).toEqual(['active', [all]])
    await show(body)
    expect(await isShown(daughter)).toBe(true)
  })

  test('nobody else does it for them: not who speaks for them, nor a system', async () => {
    const hidden = await hide(themself(), dayIn(30), portal)
    for (const ask of [daughter, gp, systems.get('hospital') as FhirRequest, paramedic]) {
      const { status, body } = await ask('POST', SHOW)
      expect([status, issueKeys(body)]).toEqual([403, ['not-themself']])
    }
    expect((await daughter('PUT', `/Consent/${hidden.id}`, { ...hidden, status: 'inactive' })).status).toBe(403)
    expect(await isShown(portal)).toBe(false)
    expect((await portal('POST', SHOW)).status).toBe(200)
  })
})

describe('hidden from who speaks for the person', () => {
  test.each<[who: string, reference: () => object]>([
    ['all of these', () => ({ type: 'RelatedPerson', display: 'Anyone who speaks for her' })],
    ['this one', () => ({ reference: `RelatedPerson/${daughterId}` })],
    ['one who may be this one: no number by which they sign in is on record', () => ({ reference: contact })],
  ])('%s: no surface tells it; the person and crews see it', async (_, reference) => {
    const hidden = await hide(reference())
    expect(telling(await everySurface(daughter))).toEqual([])
    const read = await daughter('GET', `/Consent/${cpr.id}`)
    expect([read.status, issueKeys(read.body as FhirResource)]).toEqual([403, ['hidden-by-person']])
    expect((await portal('GET', `/Consent/${cpr.id}`)).status).toBe(200)
    expect(cprOf(await emergencyView(paramedic, margaret))).toBe('not-recommended')
    await show(hidden)
    expect((await daughter('GET', `/Consent/${cpr.id}`)).status).toBe(200)
  })
})
