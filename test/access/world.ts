import type { BreakGlass, Caller, PersonCaller, RequestContext, SystemCaller } from '../../src/context.ts'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import type { Records } from '../../src/records/door.ts'

/** ODS codes of the synthetic clients gp-practice, ambulance and hospital: any of these may register a person, write for them, treat them, or have nothing to do with them. */
export const ORGANIZATIONS = ['ZZ901', 'ZZ902', 'ZZ904'] as const
export type Organization = (typeof ORGANIZATIONS)[number]

/** Who each organisation is known as to those who sign in as its people. */
export const ISSUER = 'https://id.example'
export const PROXIES = ['daughter', 'neighbour'] as const

/** What is made of one person; each part by whoever is drawn to write it. */
export type Drawn = Readonly<{
  custodian: Organization
  practice: Organization | undefined
  team: Organization | undefined
  proxy: (typeof PROXIES)[number] | undefined
  sharing: 'none' | 'no-objection' | 'objection' | 'both'
  draft: Organization | undefined
  /** Number of goals; each second one is changed, each third one deleted. */
  goals: number
  homeAccess: boolean
  /** A Flag that is very restricted. */
  thirdParty: boolean
  /** From whom the person hides what was decided about CPR. */
  hides: 'nobody' | 'patient' | 'proxies' | 'this-proxy'
}>

/** A caller's request, as it comes to the one door. */
export const context = (
  caller: Caller,
  more: Partial<Pick<RequestContext, 'purpose' | 'breakGlass'>> = {},
): RequestContext => ({ requestId: 'world', purpose: 'care', now: new Date(), caller, ...more })

export const system = (organization: string, role = 'gp-practice', more: Partial<SystemCaller> = {}) =>
  ({
    kind: 'system',
    clientId: `${role}-${organization}`,
    role,
    organization,
    scopes: ['system/*.cruds'],
    ...more,
  }) as SystemCaller

export const someone = (organization: string, role: string, more: Partial<PersonCaller> = {}) =>
  ({
    kind: 'person',
    clientId: 'app',
    user: { system: ISSUER, value: `${role}-${organization}` },
    role,
    assurance: 'high',
    organization,
    scopes: ['user/*.cruds'],
    ...more,
  }) as PersonCaller

export const glassOf = (patient: string): BreakGlass => ({
  patient,
  reason: 'Found unconscious at home',
  until: new Date(Date.now() + 30 * 60_000),
})

const ods = (code: string) => ({ identifier: { system: IDENTIFIER_SYSTEM.odsCode, value: code } })

/** A CHI number that nobody else has: the birth date of all, and a number that leads to a check digit. */
const chiOf = (number: number): string => {
  const nine = `010140${String(number).padStart(3, '0')}`
  const sum = [...nine].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0)
  const check = (11 - (sum % 11)) % 11
  return check === 10 ? chiOf(number + 500) : nine + check
}

const OF_PRIVACY = ['sharing-decision', 'portal-restriction']
const CPR = { system: 'http://snomed.info/sct', code: '89666000' }
const READER = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }

const consent = (patient: string, category: string, more: object) => ({
  resourceType: 'Consent',
  status: 'active',
  scope: {
    coding: [{ system: SYSTEM.consentScope, code: OF_PRIVACY.includes(category) ? 'patient-privacy' : 'adr' }],
  },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }],
  patient: { reference: `Patient/${patient}` },
  dateTime: '2026-01-01T00:00:00Z',
  policy: [{ uri: 'https://keyplan.example/fhir/policy/test' }],
  ...more,
})

/** Puts one person into the database, through the one door; answers the Patient's id. */
export const populate = async (records: Records, drawn: Drawn, number: number): Promise<string> => {
  const { custodian, practice, team, proxy, sharing, draft, goals, homeAccess, thirdParty, hides } = drawn
  const cx = context(system(custodian))
  /** Each resource has a tag of its own, so that what a question about tags answers says which resources it was told from. */
  const tagged = (resource: object, tag: string) => ({
    ...resource,
    meta: { tag: [{ system: 'https://test.example', code: `${tag}-${number}` }] },
  })
  const create = async (resource: object, tag: string, as = cx): Promise<string> => {
    const plain = JSON.parse(JSON.stringify(tagged(resource, tag))) as Resource
    const { changed } = await records.transact(as, [{ do: 'create', resource: plain }])
    return changed[0]?.outcome === 'created' ? changed[0].stored.id : ''
  }
  const patient = await create(
    {
      resourceType: 'Patient',
      identifier: [{ system: IDENTIFIER_SYSTEM.chi, value: chiOf(number) }],
      name: [{ family: `Test${number}`, given: ['Person'] }],
      birthDate: '1940-01-01',
      ...(practice === undefined ? {} : { generalPractitioner: [ods(practice)] }),
    },
    'patient',
  )
  const subject = { reference: `Patient/${patient}` }
  const ofPerson = { subject }
  for (let goal = 0; goal < goals; goal++) {
    const body = {
      resourceType: 'Goal',
      lifecycleStatus: 'proposed',
      description: { text: `Goal ${goal}` },
      ...ofPerson,
    }
    const id = await create(body, `goal-${goal}`)
    if (goal % 2 === 1)
      await records.transact(cx, [
        {
          do: 'update',
          id,
          resource: tagged({ ...body, id, lifecycleStatus: 'active' }, `goal-${goal}`) as unknown as Resource,
        },
      ])
    if (goal % 3 === 2) await records.transact(cx, [{ do: 'delete', type: 'Goal', id }])
  }
  await create(
    { resourceType: 'Observation', status: 'final', code: { text: 'Something seen' }, ...ofPerson },
    'observation',
  )
  await create(
    {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'Morphine' },
      ...ofPerson,
    },
    'medicine',
  )
  if (draft !== undefined)
    await create(
      { resourceType: 'CarePlan', status: 'draft', intent: 'plan', ...ofPerson },
      'draft',
      context(system(draft)),
    )
  if (team !== undefined)
    await create(
      { resourceType: 'CareTeam', status: 'active', participant: [{ member: ods(team) }], ...ofPerson },
      'team',
    )
  const contact = await create(
    {
      resourceType: 'RelatedPerson',
      patient: subject,
      name: [{ text: 'Somebody close' }],
      telecom: [{ system: 'phone', value: '01632 960000' }],
      ...(proxy === undefined ? {} : { identifier: [{ system: ISSUER, value: proxy }] }),
    },
    'contact',
  )
  if (proxy !== undefined)
    await create(
      consent(patient, 'welfare-proxy', {
        extension: [{ url: EXTENSION.proxyAuthority, valueCode: 'welfare-attorney' }],
        provision: {
          actor: [
            {
              role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'HPOWATT' }] },
              reference: { reference: `RelatedPerson/${contact}` },
            },
          ],
        },
      }),
      'proxy',
    )
  const home = {
    resourceType: 'Flag',
    status: 'active',
    category: [{ coding: [{ system: SYSTEM.homeAccess, code: 'key-safe' }] }],
    code: { text: 'The key safe is beside the back door.' },
    ...ofPerson,
  }
  if (homeAccess) await create(home, 'home')
  if (thirdParty) {
    const flag = await create(
      { ...home, category: undefined, code: { text: 'What somebody else has said.' } },
      'third-party',
    )
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }]
    const patch = { format: 'meta', how: 'add', profiles: [], tags: [], security } as const
    await records.transact(cx, [{ do: 'patch', type: 'Flag', id: flag, patch }])
  }
  // What tells it: by its code, in words, in a version that was, and in one that was deleted.
  await create(
    consent(patient, 'emergency-recommendation', {
      extension: [{ url: EXTENSION.recommendation, valueCode: 'not-recommended' }],
      provision: { provision: [{ type: 'deny', code: [{ coding: [CPR] }] }] },
    }),
    'cpr',
  )
  const spoken = { resourceType: 'Observation', status: 'final', code: { text: 'Not for resuscitation' }, ...ofPerson }
  const said = await create(spoken, 'spoken')
  await records.transact(cx, [
    {
      do: 'update',
      id: said,
      resource: tagged({ ...spoken, id: said, code: { text: 'Nothing' } }, 'spoken') as unknown as Resource,
    },
  ])
  const gone = await create(spoken, 'gone')
  await records.transact(cx, [{ do: 'delete', type: 'Observation', id: gone }])
  const from = {
    nobody: undefined,
    patient: { reference: `Patient/${patient}` },
    proxies: { type: 'RelatedPerson', display: 'All' },
    'this-proxy': { reference: `RelatedPerson/${contact}` },
  }[hides]
  if (from !== undefined)
    await create(
      consent(patient, 'portal-restriction', {
        extension: [
          { url: EXTENSION.restrictionReason, valueString: 'Does not want to come upon it' },
          { url: EXTENSION.reviewDate, valueDate: '2099-01-01' },
        ],
        performer: [subject],
        provision: {
          provision: [{ type: 'deny', code: [{ coding: [CPR] }], actor: [{ role: READER, reference: from }] }],
        },
      }),
      'hides',
    )
  const decide = (code: string, tag: string) =>
    create(
      consent(patient, 'sharing-decision', { extension: [{ url: EXTENSION.sharingDecision, valueCode: code }] }),
      tag,
    )
  if (sharing === 'no-objection' || sharing === 'both') await decide('no-objection', 'no-objection')
  if (sharing === 'objection' || sharing === 'both') await decide('objection', 'objection')
  return patient
}
