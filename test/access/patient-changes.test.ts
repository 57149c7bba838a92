/** Who somebody is, is changed by those who see all of a record: a crew would be shown the wrong person. */
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Patient } from 'fhir/r4.js'
import { POLICY } from '../../src/access/policy.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { person, register } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { context, someone, system } from './world.ts'

type Case = Readonly<{ kind: 'person' | 'system'; role: keyof typeof POLICY; changes: string[]; expect: string }>
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('patient-changes.cases.json', import.meta.url), 'utf8'),
)

const CUSTODIAN = 'ZZ901'
const { id: _id, ...newcomer } = person('margaret').patient
const CHANGED: Readonly<Record<string, Partial<Patient>>> = {
  name: { name: [{ family: 'Another', given: ['X'] }] },
  birthDate: { birthDate: '1999-01-01' },
  gender: { gender: 'other' },
  deceasedBoolean: { deceasedBoolean: true },
  identifier: { identifier: [{ system: 'https://example.org/local', value: 'another' }] },
  generalPractitioner: { generalPractitioner: [{ display: 'Another practice (synthetic)' }] },
  managingOrganization: { managingOrganization: { display: 'Another practice (synthetic)' } },
  address: { address: [{ line: ['1 Elsewhere Street'] }] },
  telecom: { telecom: [{ system: 'phone', value: '01632 960999' }] },
}

let service: TestService
let practice: FhirRequest

beforeAll(async () => {
  service = await startService()
  practice = await service.fhir('gp-practice')
})
afterAll(() => service.stop())
// Each case finds one of the two registered, and the other not.
afterEach(async () => {
  const { body } = await practice<Bundle<Patient>>('GET', '/Patient')
  for (const { resource } of (body.entry ?? []).filter(({ resource }) => resource?.resourceType === 'Patient'))
    expect((await practice('DELETE', `/Patient/${resource?.id}`)).status).toBe(204)
})

const read = async (id: string): Promise<Patient> => (await practice<Patient>('GET', `/Patient/${id}`)).body

const outcomeOf = async ({ kind, role }: Case, change: string, id: string): Promise<string | undefined> => {
  const caller =
    kind === 'system'
      ? system(CUSTODIAN, role)
      : role === 'patient'
        ? someone('', role, { patient: id })
        : someone(CUSTODIAN, role)
  const changed = (what: object) => ({ ...what }) as Resource
  const work =
    change === 'create'
      ? { do: 'create' as const, resource: changed(newcomer) }
      : change === 'delete'
        ? { do: 'delete' as const, type: 'Patient', id }
        : { do: 'update' as const, id, ifMatch: 1, resource: changed({ ...(await read(id)), ...CHANGED[change] }) }
  return service.services.records.transact(context(caller), [work]).then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error
      return error.issues[0]?.key
    },
  )
}

test.each(cases)('$role as a $kind: $expect', async (one) => {
  const id = await register(practice, person('england'))
  const before = await read(id)
  for (const change of one.changes) expect([change, await outcomeOf(one, change, id)]).toEqual([change, one.expect])
  if (one.expect !== 'done') expect(await read(id)).toEqual(before)
})

test('every element that a case changes is changed, and every role has a case', () => {
  const named = new Set(cases.flatMap(({ changes }) => changes))
  expect([...named].filter((change) => !['create', 'delete'].includes(change)).sort()).toEqual(
    Object.keys(CHANGED).sort(),
  )
  const roles = new Set(cases.map(({ role }) => role))
  // Of whom a proxy speaks, what they may not write: changes.test.ts.
  expect(Object.keys(POLICY).filter((role) => !roles.has(role as Case['role']))).toEqual(['proxy'])
})
