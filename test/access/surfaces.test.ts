/**
 * Whatever is asked, and however: what comes back is all rows, filtered by `decide` (trust, section 2, "Surfaces, all of them"). Persons, consents
 * and marks, callers and questions are drawn; what must come back is computed from the rows as they are stored, and from `decide` alone.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Bundle } from 'fhir/r4.js'
import { type Decision, decide } from '../../src/access/decide.ts'
import type { Facts, Recorded } from '../../src/access/facts.ts'
import { policyOf } from '../../src/access/policy.ts'
import type { Caller, RequestContext } from '../../src/context.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import type { Records } from '../../src/records/door.ts'
import { person, register, submit } from '../support/people.ts'
import { startService, type TestService } from '../support/service.ts'
import { context, type Drawn, glassOf, ORGANIZATIONS, PROXIES, populate, someone, system } from './world.ts'

/** The same each time: a run that fails fails again. Another seed is another world. */
const SEED = 20_261_122
const PERSONS = 10

const organization = fc.constantFrom(...ORGANIZATIONS)
const drawn: fc.Arbitrary<Omit<Drawn, 'hides'>> = fc.record({
  custodian: organization,
  practice: fc.option(organization, { nil: undefined }),
  team: fc.option(organization, { nil: undefined }),
  proxy: fc.option(fc.constantFrom(...PROXIES), { nil: undefined }),
  sharing: fc.constantFrom('none', 'no-objection', 'objection', 'both'),
  draft: fc.option(organization, { nil: undefined }),
  goals: fc.integer({ min: 1, max: 4 }),
  homeAccess: fc.boolean(),
  thirdParty: fc.boolean(),
})
const HIDES: readonly Drawn['hides'][] = ['nobody', 'patient', 'proxies', 'this-proxy']

type Row = Facts & Readonly<{ id: string; key: string; version: number; deleted: boolean; body: string }>

let service: TestService
let records: Records
/** Every current resource, and of what was deleted the last version. */
let rows: readonly Row[]
let current: readonly Row[]
let patients: readonly string[]
let references: ReadonlyMap<string, readonly string[]>
let checks = 0

/** The state of all rows as one text: what may not be seen may not be changed either. */
const fingerprint = async (): Promise<unknown> =>
  (
    await service.database.query(
      `select md5(string_agg(type || id || version || body, '' order by type, id)) as all from resource`,
    )
  )[0]

beforeAll(async () => {
  service = await startService()
  records = service.services.records
  // From whom they hide is not drawn: few hide anything, and each way has to be there.
  const persons = fc
    .sample(drawn, { numRuns: PERSONS, seed: SEED })
    .map((one, number) => ({ ...one, hides: HIDES[number % HIDES.length] as Drawn['hides'] }))
  const made = new Map<string, Drawn>()
  for (const [number, one] of persons.entries()) made.set(await populate(records, one, number), one)
  // Two with plans in force, of whom one objects to sharing.
  const gp = await service.fhir('gp-practice')
  for (const name of ['england', 'objection']) {
    const { patient, conversations } = person(name)
    const id = await register(gp, { patient })
    for (const conversation of conversations) await submit(gp, id, conversation)
  }
  const stored = await service.database.query<Omit<Row, 'key' | 'recorded' | 'hidden'>>(
    `select r.*, p.sharing, p.custodian, m.label, m.author from (
        select type, id, version, patient, false as deleted, body from resource
        union all select type, id, version, patient, deleted, body from resource_history where deleted
      ) r left join person p on p.id = r.patient left join marked_resource m on m.type = r.type and m.id = r.id`,
  )
  rows = stored.map((row) => ({ ...row, key: `${row.type}/${row.id}`, recorded: [], hidden: false }))
  const versions = await service.database.query<{ key: string; body: string }>(
    `select type || '/' || id as key, body from resource union all select type || '/' || id, body from resource_history`,
  )
  telling = new Set(versions.flatMap(({ key, body }) => (TELLING.test(body) ? [key] : [])))
  hidesOf = (patient) => made.get(patient ?? '')?.hides ?? 'nobody'
  const referring = await service.database.query<{ key: string; to: string[] }>(
    `select type || '/' || id as key, array_agg(target_type || '/' || target_id) as to from search_reference where parameter <> '' group by 1`,
  )
  references = new Map(referring.map(({ key, to }) => [key, to]))
  current = rows.filter(({ deleted }) => !deleted)
  patients = current.flatMap(({ type, id }) => (type === 'Patient' ? [id] : []))
  recordedOf = (caller, patient) => {
    const drawnAs = made.get(patient ?? '')
    if (caller.kind !== 'person' || drawnAs === undefined) return []
    return [
      ...(drawnAs.practice === caller.organization ? (['general-practitioner'] as const) : []),
      ...(drawnAs.team === caller.organization ? (['care-team'] as const) : []),
      ...(drawnAs.proxy === caller.user.value ? (['proxy'] as const) : []),
    ]
  }
}, 120_000)

/** What this world says about CPR: a code, some words, and in the two with plans, whatever may say it. */
const TELLING =
  /89666000|resuscitation|cpr|advance-refusal|respect-v3|"data":"|chest compress|heart[^.]{0,40}(?:start|stop|beat)/i
let telling: ReadonlySet<string>
let hidesOf: (patient: string | null) => Drawn['hides']

/** Whether the person hides from this caller what a row, or what is made of all that is in force, tells. */
const isHidden = (actor: Caller, patient: string | null, key: string | undefined): boolean => {
  if (actor.kind !== 'person' || (key !== undefined && !telling.has(key))) return false
  const hides = hidesOf(patient)
  if (actor.role === 'patient') return hides === 'patient'
  if (actor.role !== 'proxy') return false
  return hides === 'proxies' || (hides === 'this-proxy' && recordedOf(actor, patient).includes('proxy'))
}

let recordedOf: (caller: Caller, patient: string | null) => readonly Recorded[]

afterAll(() => service.stop())

const decided = (cx: RequestContext, row: Facts & { key?: string }, act: 'read' | 'change' = 'read'): Decision => {
  checks += 1
  const { caller: actor, purpose, now, breakGlass } = cx
  const recorded = recordedOf(actor, row.patient)
  const hidden = isHidden(actor, row.patient, row.key)
  return decide({ actor, purpose, now, breakGlass, act, record: { ...row, recorded, hidden } })
}

const visibleTo = (cx: RequestContext, among: readonly Row[]): Row[] =>
  among.filter((row) => decided(cx, row).permitted)
const keysOf = (found: readonly Readonly<{ type: string; id: string }>[]): string[] =>
  found.map(({ type, id }) => `${type}/${id}`).sort()
/** What a resource refers to under a search parameter. */
const referencesOf = ({ key }: Row): readonly string[] => references.get(key) ?? []
const parsed = (row: Row): Resource & { meta?: { tag?: { code: string }[] } } => JSON.parse(row.body)

const caller: fc.Arbitrary<Caller> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(...ORGANIZATIONS, 'ZZ999'),
      fc.constantFrom(
        'gp-practice',
        'ambulance',
        'out-of-hours',
        'hospital',
        'hospice',
        'care-home',
        'social-care',
        'community-pharmacy',
        'integrator',
        'undertaker',
      ),
      fc.boolean(),
    )
    .map(([ods, role, clinical]) => system(ods, role, clinical ? { clinical } : {})),
  fc
    .tuple(
      fc.constantFrom(...ORGANIZATIONS, 'ZZ999'),
      fc.constantFrom(
        'gp-practice',
        'ambulance',
        'hospital',
        'hospice',
        'community-nurse',
        'social-care',
        'community-pharmacy',
        'coordinator',
        'auditor',
        'privacy-officer',
        'integrator',
      ),
    )
    .map(([ods, role]) => someone(ods, role)),
  fc.constantFrom(...PROXIES).map((value) => someone('', 'proxy', { user: { system: 'https://id.example', value } })),
  fc.constantFrom(...PROXIES).map((value) => someone('', 'proxy', { user: { system: 'https://id.example', value } })),
  fc.nat().map((n) => someone('', 'patient', { patient: patients[n % patients.length] as string })),
  fc.nat().map((n) => someone('', 'patient', { patient: patients[n % patients.length] as string })),
  fc.nat().map((n) => someone('ZZ904', 'hospital', { patient: patients[n % patients.length] as string })),
)

/** A request of somebody, who may have broken the glass for somebody. */
const asking: fc.Arbitrary<RequestContext> = fc
  .tuple(
    caller,
    fc.option(fc.nat(), { freq: 2, nil: undefined }),
    fc.constantFrom('care', 'care', 'emergency', 'administration'),
  )
  .map(([who, broken, purpose]) =>
    context(who, {
      purpose: purpose as RequestContext['purpose'],
      ...(broken === undefined ? {} : { breakGlass: glassOf(patients[broken % patients.length] as string) }),
    }),
  )

/** What refusals say by themselves, of whatever it is. */
const WORDS: readonly string[] = ['decision']

const FOUND = { status: 'found' } as const
type Outcome = Readonly<{ status: string }> | typeof FOUND

/** What a refusal is, without what it was about: kind, code and text. */
const outcomeOf = async (act: () => Promise<unknown>): Promise<Outcome> => {
  try {
    await act()
    return FOUND
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { status: `${error.kind} ${error.issues.map(({ key }) => key).join()}` }
  }
}

/** The refusal that a decision leads to. */
const refusalOf = (decision: Decision): Outcome =>
  decision.permitted
    ? FOUND
    : decision.hidden
      ? { status: 'not-found not-found' }
      : {
          status: `forbidden ${['sharing-withheld', 'withheld-from-role', 'no-relationship', 'hidden-by-person', 'kept-by-clinicians'].includes(decision.reason) ? decision.reason : 'not-permitted'}`,
        }

const TYPES = [
  'Patient',
  'Goal',
  'Observation',
  'MedicationRequest',
  'CarePlan',
  'CareTeam',
  'RelatedPerson',
  'Consent',
  'Flag',
  'Task',
  'Provenance',
]
const searched = (cx: RequestContext, types: readonly string[], ...parameters: [string, string][]) =>
  records.search(cx, { types, parameters: [...parameters, ['_count', '1000']] })

type Surface = Readonly<{ name: string; looks: (cx: RequestContext, pick: number) => Promise<void> }>
const pickOf = <Item>(items: readonly Item[], pick: number): Item => items[pick % items.length] as Item
/** What is asked about a person and made of all that is in force. */
const personOf = (id: string): Row => current.find(({ key }) => key === `Patient/${id}`) as Row
const madeOf = (id: string): Facts => {
  const { key: _, ...facts } = personOf(id)
  return { ...facts, type: 'CarePlan' }
}

const SURFACES: readonly Surface[] = [
  {
    name: 'read and vread, of what there is and what was',
    looks: async (cx, pick) => {
      for (let number = 0; number < 6; number++) {
        const row = pickOf(rows, pick + number * 7)
        const expected = decided(cx, row)
        const gone = expected.permitted && row.deleted ? { status: 'gone deleted' } : refusalOf(expected)
        expect([row.key, await outcomeOf(() => records.read(cx, row.type, row.id))]).toEqual([row.key, gone])
        expect([row.key, await outcomeOf(() => records.read(cx, row.type, row.id, row.version))]).toEqual([
          row.key,
          gone,
        ])
        // How many versions there are is told to nobody else either.
        const none = expected.permitted ? { status: 'not-found not-found' } : gone
        expect([row.key, await outcomeOf(() => records.read(cx, row.type, row.id, 99))]).toEqual([row.key, none])
      }
    },
  },
  {
    name: 'history of an instance',
    looks: async (cx, pick) => {
      const row = pickOf(rows, pick)
      const wanted = { since: undefined, at: undefined, count: 50, bytes: 1e6, after: undefined }
      const found = await outcomeOf(() => records.history(cx, { type: row.type, id: row.id, ...wanted }))
      expect(found).toEqual(refusalOf(decided(cx, row)))
    },
  },
  {
    name: 'history of a type, and of all',
    looks: async (cx, pick) => {
      const type = pick % 3 === 0 ? undefined : pickOf(TYPES, pick)
      const page = await records.history(cx, {
        type,
        id: undefined,
        since: undefined,
        at: undefined,
        count: 1_000,
        bytes: 1e8,
        after: undefined,
      })
      const expected = visibleTo(
        cx,
        rows.filter((row) => type === undefined || row.type === type),
      )
      expect([...new Set(keysOf(page.versions))].sort()).toEqual([...new Set(keysOf(expected))].sort())
    },
  },
  {
    name: 'search of a type, with its count and total',
    looks: async (cx, pick) => {
      const type = pickOf(TYPES, pick)
      const expected = visibleTo(
        cx,
        current.filter((row) => row.type === type),
      )
      const found = await searched(cx, [type], ['_total', 'accurate'])
      expect(keysOf(found.resources)).toEqual(keysOf(expected))
      expect(found.total).toBe(expected.length)
      expect((await searched(cx, [type], ['_summary', 'count'])).total).toBe(expected.length)
      expect(keysOf((await searched(cx, [type], ['_sort', '_id'])).resources)).toEqual(keysOf(expected))
    },
  },
  {
    name: 'search across types',
    looks: async (cx) => {
      const found = await searched(cx, TYPES, ['_lastUpdated', 'ge2020'])
      expect(keysOf(found.resources)).toEqual(
        keysOf(
          visibleTo(
            cx,
            current.filter(({ type }) => TYPES.includes(type)),
          ),
        ),
      )
    },
  },
  {
    name: '_include and _revinclude',
    looks: async (cx, pick) => {
      const type = pickOf(['Goal', 'Observation', 'Flag', 'RelatedPerson', 'CarePlan', 'Consent'], pick)
      const onPage = visibleTo(
        cx,
        current.filter((row) => row.type === type),
      )
      const seen = new Set(keysOf(visibleTo(cx, current)))
      const found = await searched(cx, [type], ['_include', '*'], ['_revinclude', '*'])
      const page = new Set(keysOf(onPage))
      const included = new Set([
        ...onPage.flatMap(referencesOf),
        ...current.filter((row) => referencesOf(row).some((key) => page.has(key))).map(({ key }) => key),
      ])
      expect(keysOf(found.included)).toEqual([...included].filter((key) => seen.has(key) && !page.has(key)).sort())
    },
  },
  {
    name: 'chains',
    looks: async (cx, pick) => {
      const type = pickOf(['Goal', 'Observation', 'Flag', 'MedicationRequest', 'CarePlan', 'CareTeam'], pick)
      const owners = new Set(
        keysOf(
          visibleTo(
            cx,
            current.filter((row) => row.type === 'Patient'),
          ),
        ),
      )
      const expected = visibleTo(
        cx,
        current.filter((row) => row.type === type),
      ).filter(({ patient }) => owners.has(`Patient/${patient}`))
      const found = await searched(cx, [type], ['subject:Patient.birthdate', 'ge1900'])
      expect(keysOf(found.resources)).toEqual(keysOf(expected))
    },
  },
  {
    name: '_has',
    looks: async (cx, pick) => {
      const type = pickOf(['Goal', 'Flag', 'CarePlan', 'Observation'], pick)
      const holders = new Set(
        visibleTo(
          cx,
          current.filter((row) => row.type === type),
        ).map(({ patient }) => patient),
      )
      const expected = visibleTo(
        cx,
        current.filter((row) => row.type === 'Patient' && holders.has(row.id)),
      )
      const found = await searched(cx, ['Patient'], [`_has:${type}:subject:_lastUpdated`, 'ge2020'])
      expect(keysOf(found.resources)).toEqual(keysOf(expected))
    },
  },
  {
    name: 'a compartment',
    looks: async (cx, pick) => {
      const patient = pickOf(patients, pick)
      const types = TYPES.filter((type) => !['Patient', 'Provenance', 'Task'].includes(type))
      const found = await records.search(cx, { types, parameters: [['_count', '1000']], compartment: patient })
      const expected = visibleTo(
        cx,
        current.filter((row) => row.patient === patient && types.includes(row.type)),
      )
      expect(keysOf(found.resources)).toEqual(keysOf(expected))
    },
  },
  {
    name: '$everything',
    looks: async (cx, pick) => {
      const patient = pickOf(patients, pick)
      const asked = { types: undefined, since: undefined, count: 1_000, after: undefined }
      const expected = decided(cx, personOf(patient))
      expect(await outcomeOf(() => records.everything(cx, patient, asked))).toEqual(refusalOf(expected))
      if (!expected.permitted) return
      const { resources } = await records.everything(cx, patient, asked)
      const own = visibleTo(
        cx,
        current.filter((row) => row.patient === patient),
      )
      expect(keysOf(resources.filter((resource) => resource.own))).toEqual(keysOf(own))
    },
  },
  {
    name: '$meta',
    looks: async (cx) => {
      const { tag = [] } = await records.labels(cx, TYPES)
      const expected = visibleTo(
        cx,
        current.filter(({ type }) => TYPES.includes(type)),
      ).flatMap((row) => parsed(row).meta?.tag ?? [])
      expect(tag.map(({ code }) => code).sort()).toEqual([...new Set(expected.map(({ code }) => code))].sort())
    },
  },
  {
    name: 'documents, and what is made of all that is in force',
    looks: async (cx, pick) => {
      const patient = pickOf(patients, pick)
      const whole = refusalOf(decided(cx, madeOf(patient)))
      expect(await outcomeOf(() => records.person(cx, patient, '$plan-conflicts'))).toEqual(whole)
      const summary = await outcomeOf(() => records.summary(cx, patient))
      const self = refusalOf(decided(cx, personOf(patient)))
      expect([self, { status: 'not-found no-plan' }]).toContainEqual(summary)
      if (self !== FOUND) expect(summary).toEqual(self)
      const paper = await outcomeOf(() => records.respectDocument(cx, patient))
      if (whole !== FOUND) expect(paper).not.toEqual(FOUND)
      const status = await outcomeOf(() => records.sharingStatus(cx, patient))
      expect(status).toEqual(self)
    },
  },
  {
    name: 'plans: their timeline, completeness and document',
    looks: async (cx, pick) => {
      const plan = pickOf(
        current.filter(({ type }) => type === 'CarePlan'),
        pick,
      )
      const decision = decided(cx, plan)
      for (const act of [
        () => records.timeline(cx, plan.id),
        () => records.completeness(cx, plan.id),
        () => records.document(cx, plan.id),
        () => records.respectDocument(cx, plan.patient as string, plan.id),
      ]) {
        const found = await outcomeOf(act)
        if (!decision.permitted) expect(found).not.toEqual(FOUND)
      }
    },
  },
  {
    name: 'reviews that are due',
    looks: async (cx) => {
      const { reviews } = await records.reviewDue(cx, { until: '2099-01-01', count: 1_000 })
      const seen = new Set(
        keysOf(
          visibleTo(
            cx,
            current.filter(({ type }) => type === 'CarePlan'),
          ),
        ),
      )
      const dated = current.filter(
        ({ type, body }) => type === 'CarePlan' && /review-date/.test(body) && /"status":"active"/.test(body),
      )
      expect(reviews.map(({ plan }) => plan).sort()).toEqual(
        dated
          .map(({ key }) => key)
          .filter((key) => seen.has(key))
          .sort(),
      )
    },
  },
  {
    name: 'the emergency view',
    looks: async (cx, pick) => {
      const patient = personOf(pickOf(patients, pick))
      const { identifier = [] } = JSON.parse(patient.body) as { identifier?: { system: string; value: string }[] }
      const asked = { identifier: identifier[0] as { system: string; value: string } }
      const emergency = { ...cx, purpose: 'emergency' } as const
      const decision = decided(emergency, { ...madeOf(patient.id), sharing: 'permitted' })
      const withheld = patient.sharing === 'withheld'
      const found = await records
        .emergency(emergency, asked)
        .then(({ outcome }) => outcome)
        .catch((error: unknown) => (error as Problem).kind)
      if (decision.permitted) expect(found === 'withheld').toBe(withheld)
      else expect(['forbidden', 'not-found']).toContain(found)
    },
  },
  {
    name: 'changes: by id, by condition, of what may not be seen, none',
    looks: async (cx, pick) => {
      const hidden = current.filter(
        (row) => row.type !== 'Provenance' && row.patient !== null && !decided(cx, row, 'change').permitted,
      )
      if (hidden.length === 0) return
      const row = pickOf(hidden, pick)
      const refused = refusalOf(decided(cx, row, 'change'))
      const at = { ifMatch: row.version }
      const deleted = await outcomeOf(() => records.transact(cx, [{ do: 'delete', type: row.type, id: row.id, ...at }]))
      const updated = await outcomeOf(() =>
        records.transact(cx, [{ do: 'update', id: row.id, resource: parsed(row), ...at }]),
      )
      const patch = { format: 'json', operations: [] } as never
      const patched = await outcomeOf(() =>
        records.transact(cx, [{ do: 'patch', type: row.type, id: row.id, patch, ...at }]),
      )
      for (const found of [deleted, updated, patched]) expect(found).toEqual(refused)
      const [tag] = parsed(row).meta?.tag ?? []
      if (tag === undefined || decided(cx, row).permitted) return
      const condition = `_tag=https://test.example|${tag.code}`
      const { changed } = await records.transact(cx, [{ do: 'delete', type: row.type, condition }])
      expect(changed.map(({ outcome }) => outcome)).toEqual(['nothing'])
    },
  },
  {
    name: 'the cursor of somebody else',
    looks: async (cx, pick) => {
      const gp = context(system('ZZ901'))
      const page = await records.search(gp, {
        types: ['Goal'],
        parameters: [['_count', '1'], ...(pick % 2 ? ([['_sort', '_id']] as [string, string][]) : [])],
      })
      const cursor = page.next?.find(([name]) => name === '_page')
      if (cursor === undefined || JSON.stringify(cx.caller) === JSON.stringify(gp.caller)) return
      checks += 1
      const found = await outcomeOf(() => records.search(cx, { types: ['Goal'], parameters: page.next ?? [] }))
      if (cx.caller.kind === 'system' && cx.caller.clientId === 'gp-practice-ZZ901') return
      expect(found).not.toEqual(FOUND)
    },
  },
]

describe('over HTTP, of each synthetic client', () => {
  const CLIENTS = [
    ['gp-practice', 'ZZ901', 'gp-practice'],
    ['ambulance', 'ZZ902', 'ambulance'],
    ['hospital', 'ZZ904', 'hospital'],
    ['integrator', 'ZZ905', 'integrator'],
  ] as const

  test.each(CLIENTS)('%s: the entries of a batch, and what has not changed since', async (name, ods, role) => {
    const client = await service.fhir(name)
    const cx = context(system(ods, role, role === 'integrator' ? { clinical: true } : {}))
    const entry = current.map(({ key }) => ({ request: { method: 'GET', url: key } }))
    const { body } = await client<Bundle>('POST', '', { resourceType: 'Bundle', type: 'batch', entry })
    const statuses = (body.entry ?? []).map(({ response }) => response?.status.slice(0, 3))
    const expected = current.map((row) => {
      const decision = decided(cx, row)
      return decision.permitted ? '200' : decision.hidden ? '404' : '403'
    })
    expect(statuses).toEqual(expected)
    for (const [index, row] of current.entries()) {
      if (index % 5 > 0) continue
      const asked = await client('GET', `/${row.key}`, undefined, { 'If-None-Match': `W/"${row.version}"` })
      expect([row.key, String(asked.status)]).toEqual([row.key, expected[index] === '200' ? '304' : expected[index]])
      if (asked.status === 304) continue
      expect(asked.headers.get('etag')).toBeNull()
      // A refusal says nothing of what it refuses: it is the one of any other such record.
      for (const [, said] of row.body.matchAll(/"(?:text|display|value|family)":"([^"]{4,})"/g))
        if (!WORDS.includes(said as string)) expect(asked.text).not.toContain(said)
    }
  })

  test('what is hidden is answered in the very words of what is not there', async () => {
    const hospital = await service.fhir('hospital')
    const cx = context(system('ZZ904', 'hospital'))
    const hidden = current.filter((row) => {
      const decision = decided(cx, row)
      return !decision.permitted && decision.hidden
    })
    expect(new Set(hidden.map(({ type }) => type))).toEqual(new Set(['CarePlan', 'Flag']))
    for (const { type, id, version } of hidden) {
      for (const [path, nowhere] of [
        [`/${type}/${id}`, `/${type}/nowhere`],
        [`/${type}/${id}/_history`, `/${type}/nowhere/_history`],
        [`/${type}/${id}/_history/${version}`, `/${type}/nowhere/_history/${version}`],
      ] as const) {
        const [one, other] = [await hospital('GET', path), await hospital('GET', nowhere)]
        expect([one.status, one.text.replaceAll(id, 'nowhere')]).toEqual([other.status, other.text])
      }
    }
  })
})

describe('the result of any surface is all rows, filtered by decide', () => {
  test.each(SURFACES.map((surface) => [surface.name, surface] as const))(
    '%s',
    async (_, { looks }) => {
      const before = await fingerprint()
      await fc.assert(fc.asyncProperty(asking, fc.nat(), looks), { numRuns: 25, seed: SEED })
      expect(await fingerprint()).toEqual(before)
    },
    120_000,
  )

  test('in 20,000 checks and more, of callers who are refused and of callers who are not', async () => {
    expect(checks).toBeGreaterThan(20_000)
    const callers = fc.sample(asking, { numRuns: 200, seed: SEED })
    const told = callers.map((cx) => visibleTo(cx, current).length / current.length)
    const isHidden = (cx: RequestContext): boolean =>
      current.some((row) => decided(cx, row).reason === 'hidden-by-person')
    expect(callers.filter(isHidden).length).toBeGreaterThan(5)
    expect(told.filter((part) => part === 0).length).toBeGreaterThan(5)
    expect(told.filter((part) => part > 0.5).length).toBeGreaterThan(5)
    expect(told.filter((part) => part > 0 && part < 0.5).length).toBeGreaterThan(50)
    expect(
      callers.filter(({ caller: who }) => who.kind !== 'internal' && policyOf(who) === undefined).length,
    ).toBeGreaterThan(2)
  })
})
