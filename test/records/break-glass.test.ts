import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Consent, Task } from 'fhir/r4.js'
import type { PersonCaller, RequestContext } from '../../src/context.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { EXTENSION, PROFILE, SYSTEM } from '../../src/plan/codes.ts'
import type { Records } from '../../src/records/door.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let records: Records
let gp: FhirRequest
let margaret: string
let other: string

beforeAll(async () => {
  service = await startService()
  records = service.services.records
  gp = await service.fhir('gp-practice')
  margaret = await register(gp, person('margaret'))
  const respect = person('margaret').conversations.find(({ questionnaire }) => questionnaire?.includes('respect'))
  await submit(gp, margaret, respect)
  other = await register(gp, person('england'))
})
afterAll(() => service.stop())

const HOSPICE = 'ZZ950'
const REASON = 'Found unconscious at home; her plan may say what to do.'
let nurses = 0

/** A nurse of a hospice that nothing connects with anybody here, who has never broken a glass. */
const nurse = (): PersonCaller => {
  nurses += 1
  return {
    kind: 'person',
    clientId: 'viewer',
    user: { system: 'https://identity.example', value: `nurse-${nurses}` },
    role: 'hospice',
    assurance: 'high',
    organization: HOSPICE,
    scopes: ['user/*.cruds'],
  }
}

/** The caller in a session that never ends: with what they have opened. */
const signedIn = async (caller: PersonCaller, now: Date): Promise<PersonCaller> => {
  const { sessions } = service.services.store.people
  const session = randomBytes(32)
  const { user, role, organization, assurance, clientId } = caller
  const person = { issuer: user.system, subject: user.value, name: '', role, organization, assurance, idToken: '' }
  await sessions.begin(
    session,
    { ...person, began: new Date().toISOString(), ends: minutes(600).toISOString() },
    undefined,
  )
  const glass = (await sessions.use(session, clientId, now, new Date(0)))?.glass
  return glass == null ? caller : { ...caller, glass: { ...glass, until: new Date(glass.until) } }
}

/** A request of this caller, as the edge makes it. */
const request = async (who: PersonCaller, now = new Date()): Promise<RequestContext> => {
  const caller = await signedIn(who, now)
  const breakGlass = await records.openGlass(caller, now)
  return {
    requestId: crypto.randomUUID(),
    caller,
    purpose: 'care',
    now,
    ...(breakGlass === undefined ? {} : { breakGlass }),
  }
}

/** Key of the refusal, or the type of what was read. */
const outcomeOf = (work: Promise<{ type: string }>): Promise<string> =>
  work.then(
    ({ type }) => type,
    (error: unknown) => (error instanceof Problem ? (error.issues[0]?.key as string) : String(error)),
  )
const refusalOf = (work: Promise<unknown>): Promise<string> => outcomeOf(work.then(() => ({ type: 'done' })))

const minutes = (count: number): Date => new Date(Date.now() + count * 60_000)

const plansOf = async (caller: PersonCaller, patient: string, now?: Date): Promise<string[]> => {
  const cx = await request(caller, now)
  const found = await records.search(cx, { types: ['CarePlan'], parameters: [['patient', patient]] })
  return found.resources.map(({ type }) => type)
}

describe('breaking the glass (a person, one patient, a reason, 60 minutes, reading only)', () => {
  test('opens what was closed, for reads and searches, of this one patient', async () => {
    const caller = nurse()
    expect(await outcomeOf(records.read(await request(caller), 'Patient', margaret))).toBe('no-relationship')
    expect(await plansOf(caller, margaret)).toEqual([])
    const { until } = await records.breakGlass(await request(caller), margaret, REASON)
    expect(Math.round((until.getTime() - Date.now()) / 60_000)).toBe(60)
    expect(await outcomeOf(records.read(await request(caller), 'Patient', margaret))).toBe('Patient')
    expect(await plansOf(caller, margaret)).toEqual(['CarePlan'])
    expect(await outcomeOf(records.read(await request(caller), 'Patient', other))).toBe('no-relationship')
  })

  test('ends after 60 minutes', async () => {
    const caller = nurse()
    await records.breakGlass(await request(caller), margaret, REASON)
    expect(await outcomeOf(records.read(await request(caller, minutes(59)), 'Patient', margaret))).toBe('Patient')
    expect(await outcomeOf(records.read(await request(caller, minutes(61)), 'Patient', margaret))).toBe(
      'no-relationship',
    )
  })

  test('is for nobody but who broke it', async () => {
    const caller = nurse()
    await records.breakGlass(await request(caller), margaret, REASON)
    expect(await outcomeOf(records.read(await request(nurse()), 'Patient', margaret))).toBe('no-relationship')
  })

  test('is for reading: nothing can be changed', async () => {
    const caller = nurse()
    await records.breakGlass(await request(caller), margaret, REASON)
    const note = {
      resourceType: 'Goal',
      lifecycleStatus: 'active',
      description: { text: 'A goal that nobody with a broken glass may add.' },
      subject: { reference: `Patient/${margaret}` },
    } as unknown as Resource
    expect(
      await refusalOf(request(caller).then((cx) => records.transact(cx, [{ do: 'create', resource: note }], 'create'))),
    ).toBe('not-found')
  })

  test('of one person at a time: who opens another’s record has closed the first', async () => {
    const caller = nurse()
    await records.breakGlass(await request(caller), margaret, REASON)
    await records.breakGlass(await request(caller), other, REASON)
    expect(await outcomeOf(records.read(await request(caller), 'Patient', other))).toBe('Patient')
    expect(await outcomeOf(records.read(await request(caller), 'Patient', margaret))).toBe('no-relationship')
  })

  test('again while it is open is the same use, and is told once', async () => {
    const caller = nurse()
    const first = await records.breakGlass(await request(caller), margaret, REASON)
    expect(await records.breakGlass(await request(caller), margaret, REASON)).toEqual(first)
  })

  test('for what reads a plan, whatever it is made of', async () => {
    const caller = nurse()
    const [plan] = (await gp<Bundle>('GET', `/CarePlan?patient=Patient/${margaret}&status=active`)).body.entry ?? []
    const id = plan?.resource?.id as string
    const complete = async () =>
      records.completeness(await request(caller), id).then(
        () => 'told',
        (error: Problem) => error.issues[0]?.key,
      )
    expect(await complete()).toBe('no-relationship')
    await records.breakGlass(await request(caller), margaret, REASON)
    expect(await complete()).toBe('told')
  })

  test('at no other application, for no other organisation and in no other role: the report of what was seen would not have it', async () => {
    const caller = nurse()
    await records.breakGlass(await request(caller), margaret, REASON)
    const others = [{ clientId: 'another' }, { organization: 'ZZ951' }, { role: 'community-nurse' }] as const
    for (const other of others)
      expect(await outcomeOf(records.read(await request({ ...caller, ...other }), 'Patient', margaret))).toBe(
        'no-relationship',
      )
    expect(await outcomeOf(records.read(await request(caller), 'Patient', margaret))).toBe('Patient')
  })

  test('is refused to systems, to roles that do not treat, and where nothing is closed', async () => {
    const caller = nurse()
    const system: RequestContext = {
      ...(await request(caller)),
      caller: {
        kind: 'system',
        clientId: 'hospice',
        role: 'hospice',
        organization: HOSPICE,
        scopes: ['system/*.cruds'],
      },
    }
    expect(await refusalOf(records.breakGlass(system, margaret, REASON))).toBe('break-glass-not-allowed')
    for (const role of ['privacy-officer', 'auditor', 'care-home', 'social-care', 'patient', 'proxy'] as const)
      expect(await refusalOf(request({ ...caller, role }).then((cx) => records.breakGlass(cx, margaret, REASON)))).toBe(
        'break-glass-not-allowed',
      )
    expect(
      await refusalOf(request({ ...caller, role: 'ambulance' }).then((cx) => records.breakGlass(cx, margaret, REASON))),
    ).toBe('glass-not-needed')
    expect(await refusalOf(request(caller).then((cx) => records.breakGlass(cx, 'nobody', REASON)))).toBe('not-found')
  })
})

describe('who has to know is told', () => {
  const tasksAbout = async (review: string): Promise<Task[]> => {
    const use = review.replace('Task/break-glass-', '')
    const { body } = await gp<Bundle<Task>>('GET', `/Task?_id=break-glass-${use},break-glass-notice-${use}`)
    return (body.entry ?? []).flatMap(({ resource }) => resource ?? [])
  }

  test('by a Task of the person for the organisation that registered them, and one that names nobody for the privacy officer', async () => {
    const caller = nurse()
    const { review } = await records.breakGlass(await request(caller), margaret, REASON)
    const [first, second] = (await tasksAbout(review)).sort((one, two) => (one.id ?? '').length - (two.id ?? '').length)
    expect([
      first?.status,
      first?.for?.reference,
      first?.code?.coding?.[0]?.code,
      first?.requester?.identifier,
    ]).toEqual(['requested', `Patient/${margaret}`, 'break-glass-review', caller.user])
    expect(first?.input?.map(({ valueString, valueCode }) => valueString ?? valueCode)).toEqual([
      HOSPICE,
      'hospice',
      REASON,
    ])
    expect([second?.for, second?.owner?.identifier?.value, second?.performerType?.[0]?.text]).toEqual([
      undefined,
      HOSPICE,
      'Privacy officer',
    ])
    expect(JSON.stringify(second)).not.toContain(margaret)
    expect(JSON.stringify(second)).not.toContain(REASON)
  })

  test('the report tells the person, the custodian and the privacy officer who, why and what was seen; others nothing', async () => {
    const caller = nurse()
    const opened = new Date()
    await records.breakGlass(await request(caller, opened), margaret, REASON)
    await records.read(await request(caller), 'Patient', margaret)
    await plansOf(caller, margaret)
    const asked = { since: opened, count: 10 }
    const told = async (who: Partial<PersonCaller>): Promise<(readonly [string, readonly string[]])[]> => {
      const { uses } = await records.breakGlassReport(await request({ ...nurse(), ...who }), asked)
      return uses
        .filter(({ userValue }) => userValue === caller.user.value)
        .map(({ reason, seen }) => [reason, seen.map((key) => key.split('/')[0] as string)])
    }
    const whole = [[REASON, ['CarePlan', 'Patient']]]
    const [{ custodian } = { custodian: '' }] = await service.database.query<{ custodian: string }>(
      'select custodian from person where id = $1',
      [margaret],
    )
    expect(await told({ role: 'privacy-officer' })).toEqual(whole)
    expect(await told({ role: 'gp-practice', organization: custodian })).toEqual(whole)
    expect(await told({ role: 'patient', organization: '', patient: margaret })).toEqual(whole)
    expect(await told({ role: 'patient', organization: '', patient: other })).toEqual([])
    expect(await told({ role: 'hospice' })).toEqual([])
    expect(await told({ role: 'privacy-officer', organization: 'ZZ951' })).toEqual([])
    for (const who of [
      { role: 'privacy-officer' } as const,
      { role: 'gp-practice', organization: custodian } as const,
    ]) {
      expect(await told({ ...who, patient: margaret })).toEqual(whole)
      expect(await told({ ...who, patient: other })).toEqual([])
    }
    const explained = async (patient: string) =>
      records
        .explainAccess(await request({ ...nurse(), role: 'auditor', organization: custodian, patient }), margaret)
        .then(({ sharing }) => sharing, String)
    expect(await explained(margaret)).toBe('permitted')
    expect(await explained(other)).not.toBe('permitted')
  })

  test('page by page, the newest first', async () => {
    const officer = { ...nurse(), role: 'privacy-officer' as const }
    for (let count = 0; count < 3; count += 1) await records.breakGlass(await request(nurse()), margaret, REASON)
    const cx = await request(officer)
    const all = (await records.breakGlassReport(cx, { since: new Date(0), count: 100 })).uses.map(({ id }) => id)
    const paged: string[] = []
    let after: Awaited<ReturnType<Records['breakGlassReport']>>['next']
    do {
      const page = await records.breakGlassReport(cx, { since: new Date(0), count: 2, after })
      paged.push(...page.uses.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    expect(paged).toEqual(all)
    expect(all.length).toBeGreaterThan(3)
  })
})

test('a person can decide that nobody breaks the glass of their record, at any time', async () => {
  const later = await register(gp, person('wales'))
  const before = await register(gp, person('child'))
  const caller = nurse()
  await records.breakGlass(await request(caller), later, REASON)
  expect(await outcomeOf(records.read(await request(caller), 'Patient', later))).toBe('Patient')
  for (const id of [later, before]) {
    const { status, text } = await gp('POST', '/Consent', forbidding(id))
    expect([status, text]).toEqual([201, expect.anything()])
  }
  expect(await outcomeOf(records.read(await request(caller), 'Patient', later))).toBe('no-relationship')
  expect(await refusalOf(request(nurse()).then((cx) => records.breakGlass(cx, before, REASON)))).toBe(
    'break-glass-forbidden',
  )
})

/** No objection to sharing, and none may break the glass. */
const forbidding = (patient: string): Consent => ({
  resourceType: 'Consent',
  meta: { profile: [PROFILE.sharing] },
  extension: [
    {
      url: EXTENSION.sharingDecision,
      valueCode: 'no-objection',
    },
  ],
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-01-20',
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    provision: [
      {
        type: 'deny',
        purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'BTG' }],
      },
    ],
  },
})

test('the audit log names the person behind the app, and two persons of one app are told apart', async () => {
  const [one, two] = [nurse(), nurse()]
  for (const caller of [one, two]) await records.breakGlass(await request(caller), margaret, REASON)
  const cx = await request(one)
  await records.read(cx, 'Patient', margaret)
  const rows = await service.database.query<{ client: string }>(
    'select client from audit_event where request_id = $1',
    [cx.requestId],
  )
  expect(rows.map(({ client }) => client)).toEqual([`viewer ${one.user.system}|${one.user.value}`])
  const officer = await request({ ...nurse(), role: 'privacy-officer' })
  const { uses } = await records.breakGlassReport(officer, { since: new Date(0), count: 100 })
  const seen = ({ user }: PersonCaller) => uses.find(({ userValue }) => userValue === user.value)?.seen
  expect([seen(one), seen(two)]).toEqual([[`Patient/${margaret}`], []])
})
