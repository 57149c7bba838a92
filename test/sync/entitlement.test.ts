import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Address, Bundle, Consent, Extension, Patient } from 'fhir/r4.js'
import pg from 'pg'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { createLog } from '../../src/log.ts'
import { EXTENSION } from '../../src/plan/codes.ts'
import { searchDefinitions } from '../../src/records/searching/definitions.ts'
import { NO_VALUES } from '../../src/search/values.ts'
import type { Commit } from '../../src/store/resources/commit.ts'
import type { Recipient } from '../../src/store/sharing/recipients.ts'
import { asService } from '../../src/sync/as-service.ts'
import { createSettling } from '../../src/sync/settle.ts'
import { database } from '../support/database.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { createNumbers } from '../support/submissions/numbers.ts'
import { until } from '../support/until.ts'

/** Who should hold what (docs/decisions/0009-sharing.md). The recipients are registered and never reached: what counts is what is wanted. */
let keyplan: TestService
let gp: FhirRequest
const numbers = createNumbers()
const margaret = person('margaret')

const administration = () =>
  ({
    requestId: crypto.randomUUID(),
    caller: { kind: 'internal', task: 'test' },
    purpose: 'administration',
    now: new Date(),
  }) as const

const recipient = (id: string, serving: Partial<Recipient>): Recipient => ({
  id,
  name: id,
  role: 'ambulance',
  organization: 'Z00009',
  channel: 'fhir-rest',
  address: 'http://localhost:1/fhir',
  jurisdictions: ['GB-SCT'],
  postcodes: [],
  registeredOnly: false,
  active: true,
  ...serving,
})

const practice = recipient('practice', { role: 'gp-practice', organization: 'ZZ901', registeredOnly: true })
const otherPractice = recipient('practice-b', { role: 'gp-practice', organization: 'Z00077', registeredOnly: true })
const edinburgh = recipient('ambulance-eh', { postcodes: ['EH'] })
const standrews = recipient('ambulance-ky16', { postcodes: ['KY16'] })
const scotland = recipient('scotland', { role: 'out-of-hours' })
const england = recipient('england', { role: 'hospital', jurisdictions: ['GB-ENG'] })

/** Registers it, and looks at everybody as the dispatcher does. */
const registered = async (one: Recipient): Promise<void> => {
  const { recipients } = keyplan.services.records
  if (!(await recipients.register(administration(), one))) return
  const ended = await recipients.commitsUnderWay()
  await until(ended, (have) => have)
  while ((await recipients.settle(administration(), one.id)) !== undefined);
}

beforeAll(async () => {
  keyplan = await startService()
  gp = await keyplan.fhir('gp-practice')
  await takeEverything()
  for (const one of [practice, otherPractice, edinburgh, standrews, scotland, england]) await registered(one)
})

afterAll(() => keyplan.stop())

const somebody = async (change: Partial<Patient> = {}): Promise<string> =>
  register(gp, { patient: { ...margaret.patient, identifier: numbers(margaret.patient) ?? [], ...change } })

const plan = async (patient: string, replaces?: string): Promise<string> =>
  `CarePlan/${(await submit(gp, patient, margaret.conversations[0], replaces)).id}`

const revoke = async (plan: string): Promise<void> => {
  const { status, text } = await gp('POST', `/${plan}/$revoke`, {
    resourceType: 'Parameters',
    parameter: [
      { name: 'reason', valueCode: 'withdrawn' },
      { name: 'text', valueString: 'They no longer wish it.' },
    ],
  })
  if (status !== 200) throw new Error(text)
}

/** From now on everything is as a dispatcher leaves it that has taken it to send it: nobody knows whether it arrived. */
const takeEverything = () =>
  keyplan.database.query(`create function taken() returns trigger language plpgsql as $$ begin new.lease := new.lease + 1; return new; end $$;
    create trigger taken before insert on delivery for each row execute function taken()`)

/** As before any dispatcher has taken it. */
const leave = (patient: string) => keyplan.database.query('update delivery set lease = 0 where patient = $1', [patient])

const at = (postalCode: string): Address[] => [{ use: 'home', line: ['1 Example Brae'], city: 'Testburgh', postalCode }]

/** What each recipient is to hold of a person, as `recipient state`. */
const wanted = async (patient: string): Promise<string[]> =>
  (
    await keyplan.database.query<{ wanted: string }>(
      `select recipient || ' ' || wanted_state as wanted from delivery where patient = $1 order by 1`,
      [patient],
    )
  ).map((row) => row.wanted)

/** Changes the Patient; answers what is wanted, and whether all that changed was wanted from the commit's own sequence. */
const change = async (patient: string, changed: Partial<Patient>): Promise<string[]> => {
  const before = await gp<Patient>('GET', `/Patient/${patient}`)
  const { status, text } = await gp(
    'PUT',
    `/Patient/${patient}`,
    { ...before.body, ...changed },
    { 'If-Match': before.headers.get('ETag') ?? '' },
  )
  if (status !== 200) throw new Error(text)
  return wanted(patient)
}

describe('a person’s side', () => {
  test('by registration, area and jurisdiction; nobody whom a recipient does not serve', async () => {
    const patient = await somebody({ address: at('EH1 2NG') })
    expect(await wanted(patient)).toEqual([])
    await plan(patient)
    expect(await wanted(patient)).toEqual(['ambulance-eh current', 'practice current', 'scotland current'])
  })

  test('who moves away: the tombstone where they lived, the summary where they live now, of one sequence', async () => {
    const patient = await somebody({ address: at('EH1 2NG') })
    await plan(patient)
    expect(await change(patient, { address: at('KY16 9AB') })).toEqual([
      'ambulance-eh withdrawn',
      'ambulance-ky16 current',
      'practice current',
      'scotland current',
    ])
    const [row] = await keyplan.database.query<{ sequences: number }>(
      'select count(distinct wanted_sequence)::integer as sequences from delivery where patient = $1',
      [patient],
    )
    expect(row?.sequences).toBe(1)
    // And back.
    expect(await change(patient, { address: at('eh12ng') })).toEqual([
      'ambulance-eh current',
      'ambulance-ky16 withdrawn',
      'practice current',
      'scotland current',
    ])
  })

  test.each<[string, Address[], string[]]>([
    ['a district that begins alike', at('KY1 1AA'), []],
    ['an area that begins alike', at('E1 6AN'), []],
    ['no postcode', [{ use: 'home', city: 'Testburgh' }], []],
    ['an old address', [{ ...(at('EH1 2NG')[0] as Address), use: 'old' }], []],
    ['something else in its place', at('EH'), []],
    [
      'two homes',
      [...at('EH1 2NG'), { ...(at('KY16 9AB')[0] as Address), use: 'temp' }],
      ['ambulance-eh', 'ambulance-ky16'],
    ],
  ])('the area of somebody with %s', async (_what, address, areas) => {
    const patient = await somebody({ address })
    await plan(patient)
    expect((await wanted(patient)).filter((one) => one.startsWith('ambulance'))).toEqual(
      areas.map((area) => `${area} current`),
    )
  })

  test('who changes practice: the old one gives the summary up, the new one gets it', async () => {
    const patient = await somebody()
    await plan(patient)
    const named = { identifier: { system: IDENTIFIER_SYSTEM.odsCode, value: 'Z00077' } }
    expect(await change(patient, { generalPractitioner: [named] })).toEqual([
      'practice withdrawn',
      'practice-b current',
      'scotland current',
    ])
    // By reference to the Organization as well.
    expect(await change(patient, { generalPractitioner: [{ reference: 'Organization/practice' }] })).toEqual([
      'practice current',
      'practice-b withdrawn',
      'scotland current',
    ])
  })

  describe('by reference to an Organization whose code changes', () => {
    const settling = (log = createLog('silent')) => {
      const begun = createSettling({ records: keyplan.services.records, log })
      for (const { id } of [practice, otherPractice]) begun.serve(id)
      begun.start()
      return begun
    }
    const surgery = (id: string, code: string) => ({
      resourceType: 'Organization',
      id,
      active: true,
      name: 'A surgery',
      identifier: [{ system: IDENTIFIER_SYSTEM.odsCode, value: code }],
    })
    const put = async (id: string, code: string): Promise<void> => {
      const { status, text } = await gp('PUT', `/Organization/${id}`, surgery(id, code))
      if (status > 201) throw new Error(text)
    }

    test('their patients move with it: the old practice gives the summary up, the new one gets it', async () => {
      await put('surgery', 'ZZ901')
      const patient = await somebody({ generalPractitioner: [{ reference: 'Organization/surgery' }] })
      const elsewhere = await somebody()
      await plan(patient)
      await plan(elsewhere)
      expect(await wanted(patient)).toEqual(['practice current', 'scotland current'])
      const begun = settling()
      try {
        await put('surgery', 'Z00077')
        await until(
          () => wanted(patient),
          (them) => them.join() === 'practice withdrawn,practice-b current,scotland current',
        )
        // And back: who is to hold a summary once more gets a new edition.
        await put('surgery', 'ZZ901')
        await until(
          () => wanted(patient),
          (them) => them.join() === 'practice current,practice-b withdrawn,scotland current',
        )
        expect(await wanted(elsewhere)).toEqual(['practice current', 'scotland current'])
      } finally {
        await begun.stop()
      }
    })

    test('one that loses its code leaves them to the organisation that registered them', async () => {
      await put('closing', 'Z00077')
      const patient = await somebody({ generalPractitioner: [{ reference: 'Organization/closing' }] })
      await plan(patient)
      expect(await wanted(patient)).toEqual(['practice-b current', 'scotland current'])
      const begun = settling()
      try {
        await put('closing', 'Z00999')
        await until(
          () => wanted(patient),
          (them) => them.join() === 'practice-b withdrawn,scotland current',
        )
      } finally {
        await begun.stop()
      }
    })

    test('an Organization that is nobody’s practice, or is changed in another way, has nobody looked at', async () => {
      const unsettled = () => keyplan.services.records.recipients.unsettled([practice.id, otherPractice.id])
      await put('nobodys', 'ZZ901')
      await put('nobodys', 'Z00077')
      await put('surgery', 'ZZ901')
      expect(await unsettled()).toEqual([])
      await put('surgery', 'Z00077')
      expect(await unsettled()).toEqual([practice.id, otherPractice.id])
    })
  })

  test('who comes under another nation’s law', async () => {
    const patient = await somebody({
      identifier: [
        { system: IDENTIFIER_SYSTEM.nhsNumber, value: numbers({ resourceType: 'Patient' })?.[0]?.value ?? '' },
      ],
    })
    await plan(patient)
    const extension = structuredClone(margaret.patient.extension ?? [])
    for (const one of extension)
      if (one.url === EXTENSION.jurisdiction && one.valueCoding) one.valueCoding.code = 'GB-ENG'
    expect(await change(patient, { extension })).toEqual([
      'england current',
      'practice withdrawn',
      'scotland withdrawn',
    ])
  })

  test('who objects to sharing: everybody gives the summary up; who permits it: those who serve them get it', async () => {
    const objecting = person('objection')
    const patient = await register(gp, {
      patient: { ...objecting.patient, identifier: numbers(objecting.patient) ?? [], address: at('EH1 2NG') },
    })
    for (const conversation of objecting.conversations) await submit(gp, patient, conversation)
    expect(await wanted(patient)).toEqual([])
    const { body } = await gp<Bundle<Consent>>('GET', `/Consent?patient=${patient}`)
    const codeOf = (consent: Consent | undefined): Extension | undefined =>
      consent?.extension?.find(({ url }) => url === EXTENSION.sharingDecision)
    let latest = body.entry?.find(({ resource }) => codeOf(resource) !== undefined)?.resource as Consent
    /** A new decision takes the place of the one before. */
    const decide = async (code: string): Promise<string[]> => {
      const { id: _id, meta: _meta, ...before } = latest
      const extension = before.extension?.map((one) =>
        one.url === EXTENSION.sharingDecision ? { ...one, valueCode: code } : one,
      )
      const { status, text, body } = await gp<Bundle>('POST', '/', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [
          {
            resource: { ...latest, status: 'inactive' },
            request: { method: 'PUT', url: `Consent/${latest.id}`, ifMatch: `W/"${latest.meta?.versionId}"` },
          },
          { resource: { ...before, extension }, request: { method: 'POST', url: 'Consent' } },
        ],
      })
      if (status !== 200) throw new Error(text)
      const [, id] = /Consent\/([^/]+)/.exec(body.entry?.[1]?.response?.location ?? '') ?? []
      latest = (await gp<Consent>('GET', `/Consent/${id}`)).body
      return wanted(patient)
    }
    expect(await decide('no-objection')).toEqual(['ambulance-eh current', 'practice current', 'scotland current'])
    expect(await decide('objection')).toEqual(['ambulance-eh withdrawn', 'practice withdrawn', 'scotland withdrawn'])
  })

  test('of whom a recipient was never sent anything it is not told that there was something to withdraw', async () => {
    const patient = await somebody({ address: at('EH1 2NG') })
    const active = await plan(patient)
    await leave(patient)
    // One of them has taken it.
    await keyplan.database.query(`update delivery set lease = 1 where patient = $1 and recipient = 'scotland'`, [
      patient,
    ])
    expect(await change(patient, { address: at('KY16 9AB') })).toEqual([
      'ambulance-ky16 current',
      'practice current',
      'scotland current',
    ])
    await leave(patient)
    await keyplan.database.query(`update delivery set lease = 1 where patient = $1 and recipient = 'scotland'`, [
      patient,
    ])
    await revoke(active)
    expect(await wanted(patient)).toEqual(['scotland withdrawn'])
  })

  test('what may have been sent before a backup was made is withdrawn all the same', async () => {
    const patient = await somebody({ address: at('EH1 2NG') })
    const active = await plan(patient)
    await leave(patient)
    await keyplan.database.query('update installation set raised_at = now()')
    await revoke(active)
    expect(await wanted(patient)).toEqual(['ambulance-eh withdrawn', 'practice withdrawn', 'scotland withdrawn'])
    await keyplan.database.query('update installation set raised_at = null')
  })

  test('a tombstone that is held is not sent again when the plan changes later', async () => {
    const patient = await somebody()
    const first = await plan(patient)
    await change(patient, { generalPractitioner: [{ reference: 'Organization/practice-b' }] })
    await keyplan.database.query(
      `update delivery set confirmed_state = wanted_state, confirmed_epoch = wanted_epoch, confirmed_sequence = wanted_sequence
        where patient = $1 and recipient = 'practice'`,
      [patient],
    )
    await plan(patient, first)
    expect(
      await keyplan.database.query(
        `select recipient, outstanding from delivery where patient = $1 and not outstanding`,
        [patient],
      ),
    ).toEqual([{ recipient: 'practice', outstanding: false }])
  })
})

/** A person whose first plan comes with them, as the store is given it. */
const firstCommit = (id: string): Commit => ({
  at: new Date(),
  definitions: searchDefinitions().version,
  organization: 'ZZ901',
  resources: [
    {
      type: 'Patient',
      id,
      expected: -1,
      version: 1,
      deleted: false,
      patient: id,
      body: JSON.stringify({ resourceType: 'Patient', id }),
      values: NO_VALUES,
      identities: [],
    },
  ],
  persons: [
    {
      id,
      expected: 0,
      custodian: 'Z00001',
      jurisdiction: 'GB-SCT',
      sharing: 'permitted',
      cprHiddenFrom: [],
      hidesAnew: false,
      inForce: [],
      outcome: 'current-plan',
      answer: '{}',
      state: 'current',
      summary: '{}',
      tombstone: '{}',
      nextTurn: null,
    },
  ],
  mustExist: [],
  audit: {
    requestId: crypto.randomUUID(),
    client: 'test',
    role: 'gp-practice',
    purpose: 'care',
    interaction: 'test',
    touched: [{ patient: id, entities: [`Patient/${id}`] }],
  },
})

describe('a recipient’s side', () => {
  test('a recipient that is new is to hold everyone whom it serves; one that serves others gives up and takes on', async () => {
    const [here, there] = [await somebody({ address: at('IV1 1AA') }), await somebody({ address: at('ZE1 0AA') })]
    await plan(here)
    await plan(there)
    const north = recipient('north', { postcodes: ['IV'] })
    await registered(north)
    expect(await wanted(here)).toContain('north current')
    expect((await wanted(there)).join()).not.toContain('north')
    await registered({ ...north, postcodes: ['ZE'] })
    expect(await wanted(here)).toContain('north withdrawn')
    expect(await wanted(there)).toContain('north current')
    // Of one edition the withdrawal is the later word; so what is to be held once more is a new edition.
    const sequence = async (): Promise<number> =>
      (
        await keyplan.database.query<{ sequence: number }>('select sequence::integer from person where id = $1', [here])
      )[0]?.sequence ?? 0
    const before = await sequence()
    const both = { ...north, postcodes: ['IV', 'ZE'] }
    const { store } = keyplan.services
    await store.recipients.register(both)
    expect((await store.recipients.settle('north', 5_000))?.again).toEqual([here])
    // A process that is killed here has forgotten nobody.
    await registered(both)
    expect(await wanted(here)).toContain('north current')
    expect(await sequence()).toBe(before + 1)
    await registered({ ...north, active: false })
    expect([...(await wanted(here)), ...(await wanted(there))].filter((one) => one.startsWith('north'))).toEqual([
      'north withdrawn',
      'north withdrawn',
    ])
  })

  test('what it is to give up while the summary is on its way to it waits for nothing that becomes of the summary', async () => {
    const { deliveries } = keyplan.services.records
    const patient = await somebody({ address: at('EH1 2NG') })
    await plan(patient)
    const asked = { recipient: edinburgh.id, lane: 'current', most: 500, seconds: 60 } as const
    const leased = await deliveries.lease(asService('test', 'sharing'), asked)
    const summary = leased.find((one) => one.patient === patient) as (typeof leased)[number]
    await registered({ ...edinburgh, postcodes: ['ZE'] })
    const failed = { error: 'HTTP 422.', delayMs: 300_000, received: false, refused: true }
    expect(await deliveries.postpone({ ...summary, ...failed })).toBe(true)
    const [row] = await keyplan.database.query(
      `select wanted_state, wanted_sequence::integer = $3 as "isSameEdition", refusals, next_attempt_at <= now() as due
        from delivery where recipient = $1 and patient = $2`,
      [edinburgh.id, patient, summary.sequence],
    )
    await registered(edinburgh)
    expect(row).toEqual({ wanted_state: 'withdrawn', isSameEdition: true, refusals: 0, due: true })
  })

  test('at another address it has confirmed nothing', async () => {
    const patient = await somebody()
    await plan(patient)
    const south = recipient('south', {})
    await registered(south)
    await keyplan.database.query(
      `update delivery set confirmed_state = wanted_state, confirmed_epoch = wanted_epoch, confirmed_sequence = wanted_sequence,
        confirmed_at = now(), confirmed_version = '3' where recipient = 'south'`,
    )
    const outstanding = () =>
      keyplan.database.query(
        `select outstanding, confirmed_version from delivery where recipient = 'south' and patient = $1`,
        [patient],
      )
    await registered({ ...south, name: 'Another name' })
    expect(await outstanding()).toEqual([{ outstanding: false, confirmed_version: '3' }])
    await registered({ ...south, address: 'http://localhost:2/fhir' })
    expect(await outstanding()).toEqual([{ outstanding: true, confirmed_version: null }])
  })

  test('at another address what was acknowledged is compared at once, and unverified until then', async () => {
    const west = recipient('west', {})
    await registered(west)
    await keyplan.services.store.verification.watch('west')
    await keyplan.database.query(
      `update verification set comparison_due = now() + interval '15 minutes', unverified_since = null, unverified_because = null
        where recipient = 'west'`,
    )
    const verification = () =>
      keyplan.database.query(
        `select comparison_due <= now() as due, unverified_since is not null as unverified, unverified_because as because
          from verification where recipient = 'west'`,
      )
    await registered({ ...west, name: 'Another name' })
    expect(await verification()).toEqual([{ due: false, unverified: false, because: null }])
    await registered({ ...west, address: 'http://localhost:2/fhir' })
    expect(await verification()).toEqual([
      { due: true, unverified: true, because: 'not compared since its address changed' },
    ])
  })

  test('a comparison that was begun at the address before says nothing of what stands at the new one', async () => {
    const east = recipient('east', {})
    await registered(east)
    const { verification } = keyplan.services.store
    await verification.watch('east')
    const take = (address: string) => verification.takeComparisons({ recipients: [{ id: 'east', address }], all: true })
    const [comparison] = await take(east.address)
    if (comparison === undefined) throw new Error('There was nothing to compare.')
    await registered({ ...east, address: 'http://localhost:2/fhir' })
    const nothing = { by: 'digest', differing: [], missing: 0, older: 0, unexpected: 0, unverified: null } as const
    const standing = () =>
      keyplan.database.query(
        `select comparison_due <= now() as due, unverified_because as because, comparison_error as error from verification where recipient = 'east'`,
      )
    const isDue = [{ due: true, because: 'not compared since its address changed', error: null }]
    await verification.finish(comparison, nothing)
    expect(await standing()).toEqual(isDue)
    await verification.fail(comparison, 'It does not answer.')
    expect(await standing()).toEqual(isDue)
    // A process that still asks at the address before takes none.
    expect(await take(east.address)).toEqual([])
    expect(await standing()).toEqual(isDue)
    const [next] = await take('http://localhost:2/fhir')
    await verification.finish(next ?? comparison, nothing)
    expect(await standing()).toEqual([{ due: false, because: null, error: null }])
  })

  test('a transaction of another database of the same cluster holds up nobody’s registration', async () => {
    const other = await database()
    const stranger = new pg.Client({ connectionString: other.url })
    await stranger.connect()
    try {
      await stranger.query('begin; select pg_current_xact_id()')
      await registered(recipient('beside-others', {}))
      expect(await keyplan.services.records.recipients.unsettled(['beside-others'])).toEqual([])
    } finally {
      await stranger.end()
      await other.drop()
    }
  })

  test('a commit that was under way when a recipient was registered is waited for, and holds nobody else up', async () => {
    const { store } = keyplan.services
    const patient = crypto.randomUUID()
    const bystander = await somebody()
    const bystanding = await plan(bystander)
    // The commit has set its wanted states and now waits for the audit.
    const holder = new pg.Client({ connectionString: keyplan.database.url })
    await holder.connect()
    try {
      await holder.query('begin; lock table audit_event in share mode')
      const committing = store.commit(firstCommit(patient))
      await until(
        () =>
          keyplan.database.query(
            `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%commit_changes%'`,
          ),
        (waiting) => waiting.length === 1,
      )
      const late = recipient('late', {})
      expect(await store.recipients.register(late)).toBe(true)
      const ended = await store.recipients.commitsUnderWay()
      expect(await ended()).toBe(false)
      // Everybody could be looked at now, and the person who is being committed would be missed.
      while ((await store.recipients.settle('late', 500)) !== undefined);
      expect(await wanted(bystander)).toContain('late current')
      await holder.query('rollback')
      await committing
      await until(ended, (have) => have)
      expect(await wanted(patient)).toContain('scotland current')
      expect(await wanted(patient)).not.toContain('late current')
      await registered({ ...late, organization: 'Z00010' })
      expect(await wanted(patient)).toContain('late current')
      await plan(bystander, bystanding)
      expect(await wanted(bystander)).toContain('late current')
    } finally {
      await holder.end()
    }
  })

  test('nobody who is committed beside the looking is missed, and no commit waits for it to end', async () => {
    const people: string[] = []
    for (let count = 0; count < 30; count += 1) people.push(await somebody())
    let isLooking = true
    const looking = registered(recipient('beside', {})).then(() => {
      isLooking = false
    })
    const changes = people.map(async (patient, index) => {
      const first = await plan(patient)
      if (index % 3 === 0) await change(patient, { address: at('EH1 2NG') })
      if (index % 5 === 0) await plan(patient, first)
    })
    await Promise.all([looking, ...changes])
    expect(isLooking).toBe(false)
    for (const patient of people) expect(await wanted(patient)).toContain('beside current')
    const [wrong] = await keyplan.database.query<{ count: number }>(
      `select count(*)::integer from delivery join person on person.id = patient
        where recipient = 'beside' and wanted_sequence <> person.sequence`,
    )
    expect(wrong?.count).toBe(0)
  })
})

test('the tombstone of an edition whose summary was received and shown is neither, until the recipient says so', async () => {
  const patient = await somebody({ address: at('EH1 2NG') })
  await plan(patient)
  await keyplan.database.query(
    `update delivery set received_epoch = wanted_epoch, received_sequence = wanted_sequence, received_at = now(),
       shown_epoch = wanted_epoch, shown_sequence = wanted_sequence, shown_at = now() where recipient = 'ambulance-eh' and patient = $1`,
    [patient],
  )
  const edition = async () => {
    const [row] = await keyplan.database.query(
      `select wanted_state, (wanted_epoch, wanted_sequence) = (select epoch, sequence from emergency_summary s where s.patient = d.patient) as same,
         received_sequence, received_at, shown_sequence, shown_at from delivery d where recipient = 'ambulance-eh' and patient = $1`,
      [patient],
    )
    return row
  }
  expect(await edition()).toMatchObject({ wanted_state: 'current', same: true, shown_at: expect.any(String) })
  await registered({ ...edinburgh, postcodes: ['ZE'] })
  expect(await edition()).toEqual({
    wanted_state: 'withdrawn',
    same: true,
    received_sequence: null,
    received_at: null,
    shown_sequence: null,
    shown_at: null,
  })
  await registered(edinburgh)
})
