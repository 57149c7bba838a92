/** The SQL form of the decision finds the very rows that `decide` permits, for every combination of facts and every caller. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Decision, decide, decideSearch } from '../../src/access/decide.ts'
import type { Facts, Recorded } from '../../src/access/facts.ts'
import { POLICY } from '../../src/access/policy.ts'
import { RULES } from '../../src/access/rules.ts'
import type { BreakGlass, Caller, PersonCaller, Purpose, Role, SystemCaller } from '../../src/context.ts'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { TELLS_OF_CPR, tellsOfCpr } from '../../src/plan/tells-of-cpr.ts'
import { visible } from '../../src/search/sql.ts'
import { readKnown } from '../../src/store/access/known.ts'
import { type Database, openDatabase } from '../../src/store/database/database.ts'
import { database, type TestDatabase } from '../support/database.ts'

const NOW = new Date('2026-03-02T10:00:00Z')
const ORGANIZATION = 'ORG'
const USER = { system: 'https://id.example', value: 'u1' }

const TYPES = ['Patient', 'CarePlan', 'MedicationRequest', 'Task', 'Bundle']
const LABELS = [null, 'R', 'V', 'PSY']
const AUTHORS = [null, ORGANIZATION, '']

type Person = Readonly<{
  id: string
  sharing: 'permitted' | 'withheld'
  custodian: string
  recorded: readonly Recorded[]
  jurisdiction: string
}>

/** How somebody can be on record, and how it can look as if they were. */
const RECORDS: readonly Readonly<{ name: string; recorded: readonly Recorded[] }>[] = [
  { name: 'nothing', recorded: [] },
  { name: 'practice', recorded: ['general-practitioner'] },
  { name: 'other-practice', recorded: [] },
  { name: 'team-by-code', recorded: ['care-team'] },
  { name: 'team-by-reference', recorded: ['care-team'] },
  { name: 'team-that-is-inactive', recorded: [] },
  { name: 'team-that-has-ended', recorded: [] },
  { name: 'team-of-others', recorded: [] },
  { name: 'served', recorded: ['recipient'] },
  { name: 'proxy', recorded: ['proxy'] },
  { name: 'proxy-once-incapable', recorded: [] },
  { name: 'proxy-that-has-ended', recorded: [] },
  { name: 'proxy-that-was-revoked', recorded: [] },
  { name: 'proxy-of-others', recorded: [] },
  { name: 'practice-and-proxy', recorded: ['general-practitioner', 'proxy'] },
  { name: 'hides-from-self', recorded: [] },
  { name: 'proxy-hidden-from-all', recorded: ['proxy'] },
  { name: 'proxy-hidden-from-this-one', recorded: ['proxy'] },
  { name: 'proxy-hidden-from-another', recorded: ['proxy'] },
  { name: 'proxy-hidden-from-one-without-number', recorded: ['proxy'] },
]

/** From whom a person hides what was decided about CPR. */
const hiddenFrom = (id: string): readonly string[] => {
  if (id.startsWith('hides-from-self')) return ['patient']
  if (id.startsWith('proxy-hidden-from-all')) return ['proxy']
  if (id.startsWith('proxy-hidden-from-this-one')) return [`RelatedPerson/RelatedPerson.none.none.${id}`]
  // Who has no number at the provider where they sign in may be anybody who does.
  if (id.startsWith('proxy-hidden-from-one-without-number')) return ['RelatedPerson/without-number']
  return id.startsWith('proxy-hidden-from-another') ? ['RelatedPerson/another', 'patient'] : []
}

/** Types of which each row tells it: the one now, the other in a version that was. */
const TELLING = ['CarePlan', 'MedicationRequest']

const isHidden = (caller: Caller, { type, patient }: Pick<Facts, 'type' | 'patient'>): boolean => {
  if (caller.kind !== 'person' || !TELLING.includes(type)) return false
  const hidden = hiddenFrom(patient ?? '')
  if (caller.role === 'patient') return hidden.includes('patient')
  const isThisOne = caller.user.value === USER.value && hidden.some((from) => from.endsWith(patient ?? '-'))
  const mayBeThisOne = hidden.includes('RelatedPerson/without-number')
  return caller.role === 'proxy' && (hidden.includes('proxy') || isThisOne || mayBeThisOne)
}

const PERSONS: readonly Person[] = (['permitted', 'withheld'] as const).flatMap((sharing) =>
  [ORGANIZATION, 'OTHER', ''].flatMap((custodian, number) =>
    RECORDS.filter(
      // Who hides something does so whoever registered them.
      ({ name }) =>
        (custodian !== '' || name === 'nothing') && (custodian === 'OTHER' || !/hid(es|den)-from/.test(name)),
    ).map(({ name, recorded }) => ({
      id: `${name}.${sharing}.${number}`,
      sharing,
      custodian,
      recorded,
      jurisdiction: name === 'served' ? 'GB-WLS' : 'GB-SCT',
    })),
  ),
)

let stored: TestDatabase
let db: Database
let rows: readonly (Facts & Readonly<{ id: string }>)[]

const ids = (name: RegExp): string[] => PERSONS.flatMap(({ id }) => (name.test(id) ? [id] : []))

const fill = async (): Promise<void> => {
  const { query } = stored
  await query(
    `insert into person (id, sequence, custodian, jurisdiction, sharing, cpr_hidden_from)
      select id, 1, custodian, jurisdiction, sharing, hidden
      from jsonb_to_recordset($1::jsonb) as p (id text, custodian text, jurisdiction text, sharing text, hidden text[])`,
    [JSON.stringify(PERSONS.map((one) => ({ ...one, hidden: hiddenFrom(one.id) })))],
  )
  await query(
    `insert into resource (type, id, version, last_updated, patient, body)
      select type, concat_ws('.', type, label, author, patient), 1, now(), patient, '{}'
      from unnest($1::text[]) as type, unnest($2::text[]) as label, unnest($3::text[]) as author,
        unnest($4::text[] || array[null]) as patient
      where type in ('Task', 'Bundle') or patient is not null`,
    [
      TYPES,
      LABELS.map((label) => label ?? 'none'),
      AUTHORS.map((author) => (author === null ? 'none' : `by-${author}`)),
      PERSONS.map(({ id }) => id),
    ],
  )
  await query(
    `insert into marked_resource (type, id, label, author)
      select type, id, nullif(label, 'none'), case when author <> 'none' then substr(author, 4) end
      from (select *, split_part(id, '.', 2) as label, split_part(id, '.', 3) as author from resource) as marked
      where label <> 'none' or author <> 'none'`,
  )
  await query(
    `update resource set body = '{"note":"Is not for Resuscitation"}' where type = 'CarePlan' and patient is not null`,
  )
  await query(
    `insert into resource_history (type, id, version, last_updated, deleted, patient, body)
      select type, id, 0, now(), false, patient, '{"note":"D.N.A.C.P.R. was spoken of"}' from resource
      where type = 'MedicationRequest' and patient is not null`,
  )
  // What triggers have read from bodies without content makes way for what a record would say.
  await query('delete from person_place')
  await query(
    `insert into person_place (patient, practices, areas) select unnest($1::text[]), array[$2, 'THIRD'], '{}'`,
    [ids(/^practice/), ORGANIZATION],
  )
  await query(`insert into person_place (patient, practices, areas) select unnest($1::text[]), array['THIRD'], '{}'`, [
    ids(/^other-practice/),
  ])
  await query(
    `insert into recipient (id, name, role, organization, channel, address, jurisdictions)
      values ('r1', 'r1', 'ambulance', $1, 'fhir-rest', 'https://r1.example', array['GB-WLS']),
        ('r2', 'r2', 'ambulance', 'THIRD', 'fhir-rest', 'https://r2.example', array['GB-SCT'])`,
    [ORGANIZATION],
  )
  const made = async (type: string, name: RegExp, body = '{}'): Promise<void> => {
    await query(
      `insert into resource (type, id, version, last_updated, patient, body)
        select $1, $1 || '.none.none.' || patient, 1, now(), patient, $3 from unnest($2::text[]) as patient
        on conflict (type, id) do update set body = excluded.body`,
      [type, ids(name), body],
    )
  }
  const token = (type: string, name: RegExp, parameter: string, code: string, system: string) =>
    query(
      `insert into search_token (type, parameter, code, system, id) select $1, $3, $4, $5, $1 || '.none.none.' || patient from unnest($2::text[]) as patient`,
      [type, ids(name), parameter, code, system],
    )
  const reference = (type: string, name: RegExp, parameter: string, target: string, target_id: string) =>
    query(
      `insert into search_reference (type, parameter, target_type, target_id, id)
        select $1, $3, $4, replace($5, '*', patient), $1 || '.none.none.' || patient from unnest($2::text[]) as patient`,
      [type, ids(name), parameter, target, target_id],
    )
  const period = (type: string, name: RegExp, parameter: string, low: string, high: string) =>
    query(
      `insert into search_date (type, parameter, low, high, id) select $1, $3, $4, $5, $1 || '.none.none.' || patient from unnest($2::text[]) as patient`,
      [type, ids(name), parameter, low, high],
    )
  const ods = IDENTIFIER_SYSTEM.odsCode
  await query(
    `insert into resource (type, id, version, last_updated, body) values ('Organization', 'o1', 1, now(), '{}')`,
  )
  await query(
    `insert into search_token (type, parameter, code, system, id) values ('Organization', 'identifier', $1, $2, 'o1')`,
    [ORGANIZATION, ods],
  )
  await made('CareTeam', /^team/)
  await token('CareTeam', /^team-(?!that-is-inactive)/, 'status', 'active', 'http://hl7.org/fhir/care-team-status')
  await token('CareTeam', /^team-that-is-inactive/, 'status', 'inactive', 'http://hl7.org/fhir/care-team-status')
  await token('CareTeam', /^team-(by-code|that)/, 'participant:identifier', ORGANIZATION, ods)
  await token('CareTeam', /^team-of-others/, 'participant:identifier', ORGANIZATION, 'https://elsewhere.example')
  await reference('CareTeam', /^team-by-reference/, 'participant', 'Organization', 'o1')
  await reference('CareTeam', /^team-of-others/, 'participant', 'Organization', 'o2')
  await period('CareTeam', /^team-by-code/, 'date', '2026-01-01', 'infinity')
  await period('CareTeam', /^team-that-has-ended/, 'date', '2026-01-01', '2026-03-01')

  const proxies = /^(practice-and-)?proxy/
  const once =
    '{"extension":[{"valueBoolean":true,"url":"https://keyplan.example/fhir/StructureDefinition/only-when-incapable"}]}'
  await made('Consent', proxies)
  await made('Consent', /^proxy-once-incapable/, once)
  await token('Consent', /^proxy-that-was-revoked/, 'status', 'inactive', 'http://hl7.org/fhir/consent-state-codes')
  await token(
    'Consent',
    /^(practice-and-)?proxy(?!-that-was-revoked)/,
    'status',
    'active',
    'http://hl7.org/fhir/consent-state-codes',
  )
  await token(
    'Consent',
    proxies,
    'category',
    'welfare-proxy',
    'https://keyplan.example/fhir/CodeSystem/consent-category',
  )
  await reference('Consent', proxies, 'actor', 'RelatedPerson', 'RelatedPerson.none.none.*')
  await token('RelatedPerson', /^(practice-and-)?proxy(?!-of-others)/, 'identifier', USER.value, USER.system)
  await token('RelatedPerson', /^proxy-of-others/, 'identifier', USER.value, 'https://elsewhere.example')
  await query(
    `insert into search_token (type, parameter, code, system, id)
      select type, parameter, code, replace(system, $1, 'https://elsewhere.example'), 'without-number' from search_token
        where type = 'RelatedPerson' and system = $1 limit 1`,
    [USER.system],
  )
  await query(
    `insert into search_token (type, parameter, code, system, id)
      select type, parameter, 'another', system, 'another' from search_token where type = 'RelatedPerson' and system = $1 limit 1`,
    [USER.system],
  )
  await period('Consent', /^proxy-that-has-ended/, 'period', '2025-01-01', '2026-03-02T09:59:59Z')
  await query('analyze')
}

beforeAll(async () => {
  stored = await database()
  db = openDatabase(stored.url, { connections: 2 })
  await fill()
  const persons = new Map(PERSONS.map((person) => [person.id, person]))
  const found = await stored.query<{
    type: string
    id: string
    patient: string | null
    label: string | null
    author: string | null
  }>('select type, id, patient, label, author from resource left join marked_resource using (type, id)')
  rows = found.map((row) => {
    const { sharing = null, custodian = null, recorded = [] } = persons.get(row.patient ?? '') ?? {}
    return { ...row, sharing, custodian, recorded, hidden: false }
  })
})

afterAll(async () => {
  await db.close()
  await stored.drop()
})

const system = (role: string, organization = ORGANIZATION, more: Partial<SystemCaller> = {}) =>
  ({ kind: 'system', clientId: 'c', role, organization, scopes: [], ...more }) as SystemCaller
const person = (role: string, organization = ORGANIZATION, more: Partial<PersonCaller> = {}) =>
  ({
    kind: 'person',
    clientId: 'c',
    user: USER,
    role,
    assurance: 'high',
    organization,
    scopes: [],
    ...more,
  }) as PersonCaller

const ROLES = [...Object.keys(POLICY), 'undertaker'] as Role[]
const SOMEBODY = 'nothing.withheld.1'

const CALLERS: readonly Caller[] = [
  { kind: 'internal', task: 'test' },
  ...ROLES.flatMap((role) => [
    system(role),
    system(role, 'NOBODY'),
    person(role),
    person(role, 'NOBODY'),
    person(role, ''),
  ]),
  system('integrator', ORGANIZATION, { clinical: true }),
  person('patient', '', { patient: SOMEBODY }),
  person('hospital', ORGANIZATION, { patient: SOMEBODY }),
  person('gp-practice', ORGANIZATION, { patient: 'practice.permitted.1' }),
  person('proxy', '', { user: { ...USER, value: 'somebody else' } }),
  person('patient', '', { patient: 'hides-from-self.withheld.1' }),
  person('patient', '', { patient: 'proxy-hidden-from-another.permitted.1' }),
  person('patient', '', { patient: 'proxy-hidden-from-this-one.permitted.1' }),
]

const glass = (patient: string): BreakGlass => ({
  patient,
  reason: 'Found unconscious at home',
  until: new Date(NOW.getTime() + 60 * 60_000),
})

const seenBy = async (permit: ReturnType<typeof decideSearch>): Promise<Set<string>> => {
  const values: unknown[] = []
  const where = visible(permit, (value) => `$${values.push(value)}`)
  const found = await db.run<{ key: string }>({
    text: `select r.type || '/' || r.id as key from resource r left join person p on p.id = r.patient where ${where}`,
    values,
  })
  return new Set(found.map(({ key }) => key))
}

/** What others have recorded counts for who is meant: the organisation, or the person who acts for themselves. */
const recordedOf = (caller: Caller, recorded: readonly Recorded[]): readonly Recorded[] =>
  recorded.filter((one) =>
    caller.kind === 'person' && one === 'proxy'
      ? caller.user.value === USER.value
      : caller.kind !== 'internal' && caller.organization === ORGANIZATION,
  )

describe('the rows that a WHERE lets through are those that decide permits', () => {
  const how = { act: 'read', now: NOW } as const
  const ASKED: readonly Readonly<{ purpose: Purpose; breakGlass?: BreakGlass }>[] = [
    { purpose: 'care' },
    { purpose: 'care', breakGlass: glass(SOMEBODY) },
    { purpose: 'administration' },
  ]
  let checks = 0

  test.each(CALLERS.map((caller) => [JSON.stringify(caller), caller] as const))('%s', async (_, actor) => {
    for (const asked of ASKED) {
      const asking = { ...how, actor, ...asked }
      const seen = await seenBy(decideSearch(asking))
      const wrong = rows.filter((row) => {
        checks += 1
        const record = { ...row, recorded: recordedOf(actor, row.recorded), hidden: isHidden(actor, row) }
        return decide({ ...asking, record }).permitted !== seen.has(`${row.type}/${row.id}`)
      })
      expect(wrong.map(({ type, id }) => `${type}/${id}`)).toEqual([])
    }
  })

  test('of every combination of facts, for which each rule denies somebody something', () => {
    expect(rows.length).toBeGreaterThan(PERSONS.length * TYPES.length * LABELS.length * AUTHORS.length)
    expect(checks).toBeGreaterThan(500_000)
    const reasons = new Set(
      CALLERS.flatMap((actor) =>
        rows
          .filter(({ patient }) => patient === null || patient === SOMEBODY || patient.endsWith('permitted.1'))
          .map((record): Decision => decide({ ...how, actor, purpose: 'administration', record }))
          .concat(rows.slice(0, 50).map((record) => decide({ ...how, actor, purpose: 'care', record })))
          .concat(
            [...rows.slice(0, 50), ...rows.filter(({ patient }) => patient === SOMEBODY)].map((record) =>
              decide({ ...how, actor, purpose: 'care', act: 'change', record }),
            ),
          )
          .concat(
            rows
              .filter((row) => isHidden(actor, row))
              .map((row) => ({ ...row, recorded: recordedOf(actor, row.recorded), hidden: true }))
              .map((record) => decide({ ...how, actor, purpose: 'care', record })),
          )
          .flatMap(({ permitted, reason }) => (permitted ? [] : [reason])),
      ),
    )
    expect([...reasons].sort()).toEqual(['role-unknown', ...RULES.map(({ code }) => code)].sort())
  })
})

describe('what is on record of somebody and a person', () => {
  test('is told of each of them alone, at the moment that is asked about', async () => {
    const by = { organization: ORGANIZATION, user: USER, now: NOW }
    const all: readonly Recorded[] = ['general-practitioner', 'care-team', 'recipient', 'proxy']
    const find = async (
      patients: readonly string[],
      who: typeof by | (Omit<typeof by, 'user'> & { user: undefined }),
    ) =>
      (
        await readKnown(
          db,
          patients.map((patient) => ({ type: 'Patient', id: patient, patient, isWhole: false })),
          { recorded: { recorded: all, by: who }, hidden: undefined },
        )
      ).map((known) => [...(known?.recorded ?? [])].sort())
    const everybody = PERSONS.map(({ id }) => id)
    expect(await find(everybody, by)).toEqual(PERSONS.map(({ recorded }) => [...recorded].sort()))
    const earlier = await find(ids(/ended/), { ...by, now: new Date('2026-02-28T12:00:00Z') })
    expect(new Set(earlier.flat())).toEqual(new Set(['care-team', 'proxy']))
    expect((await find(everybody, { organization: '', user: undefined, now: NOW })).flat()).toEqual([])
  })
})

describe('what a person hides of what a record tells', () => {
  test('is found by PostgreSQL where it is by JavaScript, in every example and in words', async () => {
    const examples = new URL('../../fixtures/examples/', import.meta.url)
    const words = [
      'c. p. r.',
      'D.N.A.R',
      'nfr',
      'infrequent',
      'chest compressions',
      'if her heart stops',
      'a heart. It stops',
      'ADFYWIO',
    ]
    const texts = [
      ...readdirSync(examples).map((name) => JSON.stringify(JSON.parse(readFileSync(new URL(name, examples), 'utf8')))),
      ...words.map((word) => JSON.stringify({ text: word })),
      ...words.map((word) => JSON.stringify({ text: `(${word})`, data: [] })),
    ]
    const found = await stored.query<{ tells: boolean }>(
      'select text ~* $2 as tells from unnest($1::text[]) with ordinality as asked (text, position) order by position',
      [texts, TELLS_OF_CPR],
    )
    const told = texts.map((text) => tellsOfCpr(JSON.parse(text)))
    expect(found.map(({ tells }) => tells)).toEqual(told)
    expect(new Set(told)).toEqual(new Set([true, false]))
  })

  test('is told of each resource, whichever version tells it, and of what is made of all', async () => {
    const asked = rows.flatMap(({ type, id, patient }) =>
      patient === null ? [] : [{ type, id, patient, isWhole: false }],
    )
    for (const role of ['patient', 'proxy'] as const) {
      const hidden = { hidden: false, from: { role, user: USER }, telling: TELLS_OF_CPR } as const
      const known = await readKnown(db, asked, { recorded: undefined, hidden })
      const caller = person(role, '')
      expect(known.map((one) => one?.hidden)).toEqual(asked.map((one) => isHidden(caller, one)))
      expect(known.filter((one) => one?.hidden).length).toBeGreaterThan(50)
      const whole = PERSONS.map(({ id }) => ({ type: 'CarePlan', id, patient: id, isWhole: true }))
      expect((await readKnown(db, whole, { recorded: undefined, hidden })).map((one) => one?.hidden)).toEqual(
        whole.map((one) => isHidden(caller, one)),
      )
    }
    const nobody = { type: 'CarePlan', id: 'nobody', patient: 'nobody', isWhole: true }
    expect(await readKnown(db, [nobody], { recorded: undefined, hidden: undefined })).toEqual([undefined])
  })
})
