import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Parameters, Patient } from 'fhir/r4.js'
import { context, someone } from '../access/world.ts'
import { outcomeOf, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string
const margaret = person('margaret')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, margaret)
  await submit(gp, patient, margaret.conversations[1])
})

afterAll(() => service.stop())

const question = (name?: string, birthDate?: string, postcode?: string): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    ...(name === undefined ? [] : [{ name: 'name', valueString: name }]),
    ...(birthDate === undefined ? [] : [{ name: 'birthDate', valueDate: birthDate }]),
    ...(postcode === undefined ? [] : [{ name: 'postcode', valueString: postcode }]),
  ],
})

const ask = (name?: string, birthDate?: string, postcode?: string) =>
  crew<Parameters>('POST', '/Patient/$emergency-view', question(name, birthDate, postcode))

const outcome = async (name: string, birthDate = '1941-03-12', postcode = 'ZZ99 1WZ') =>
  outcomeOf((await ask(name, birthDate, postcode)).body)

/** Registers somebody with this CHI number who is otherwise as said. */
const registerPerson = async (chi: string, more: Partial<Patient>): Promise<string> => {
  const { status, body, text } = await gp<Patient>('POST', '/Patient', {
    ...margaret.patient,
    identifier: [{ system: 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53', value: chi }],
    ...more,
  })
  if (status !== 201) throw new Error(text)
  return body.id as string
}

describe('emergency view by name, birth date and postcode (model.md section 5)', () => {
  test.each([
    ['as it is recorded', 'Margaret Synthia Testperson'],
    ['without the middle name', 'Margaret Testperson'],
    ['family name first', 'Testperson, Margaret'],
    ['in capitals, with a form of address and odd spaces', '  MRS  margaret   TESTPERSON '],
    ['with accents', 'Márgarèt Testpersón'],
    ['by the beginning of the given name', 'Marg Testperson'],
    ['by the second given name', 'Synthia Testperson'],
    ['with the family name written apart', 'Margaret Test-Person'],
  ])('finds the person %s', async (_about, name) => {
    expect(await outcome(name)).toBe('current-plan')
  })

  test('finds the postcode written otherwise', async () => {
    expect(await outcome('Margaret Testperson', '1941-03-12', 'zz991wz')).toBe('current-plan')
  })

  test.each([
    ['another given name', 'Mary Testperson'],
    ['an initial', 'M Testperson'],
    ['two letters of the given name', 'Ma Testperson'],
    ['a diminutive that is not recorded', 'Peggy Testperson'],
    ['a given name that the record lacks besides', 'Margaret Anne Testperson'],
    ['part of the family name', 'Margaret Testper'],
    ['the given names alone', 'Margaret Synthia'],
    ['the end of the given name', 'garet Testperson'],
  ])('never guesses from %s', async (_about, name) => {
    expect(await outcome(name)).toBe('not-found')
  })

  test('never guesses from another birth date or postcode', async () => {
    expect(await outcome('Margaret Testperson', '1941-12-03')).toBe('not-found')
    expect(await outcome('Margaret Testperson', '1941-03-12', 'ZZ99 1WY')).toBe('not-found')
  })

  test('not-found says that it does not mean "no plan", and repeats nothing of the question', async () => {
    const { status, text } = await ask('Nobody Atall', '1950-01-02', 'ZZ99 9ZZ')
    expect(status).toBe(200)
    expect(text).toContain('does not mean that there is no plan')
    expect(text).not.toMatch(/Atall|1950|ZZ99/)
  })

  test.each([
    ['a name alone', [undefined, undefined], 'parameter-missing'],
    ['no postcode', ['1941-03-12', undefined], 'parameter-missing'],
    ['part of a postcode', ['1941-03-12', 'ZZ99'], 'postcode-format'],
    ['part of a birth date', ['1941-03', 'ZZ99 1WZ'], 'birth-date-format'],
  ] as const)('is refused with %s', async (_about, [birthDate, postcode], key) => {
    const { status, body, text } = await ask('Margaret Testperson', birthDate, postcode)
    expect([status, issueKeys(body)]).toEqual([400, [key]])
    expect(text).not.toMatch(/Testperson|1941/)
  })

  test('is refused with one word, with a name too long to compare, and beside an identifier', async () => {
    expect(issueKeys((await ask('Testperson', '1941-03-12', 'ZZ99 1WZ')).body)).toEqual(['name-incomplete'])
    expect(issueKeys((await ask('a b '.repeat(60), '1941-03-12', 'ZZ99 1WZ')).body)).toEqual(['name-incomplete'])
    const both = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'identifier', valueIdentifier: margaret.patient.identifier?.[0] },
        ...(question('Margaret Testperson', '1941-03-12', 'ZZ99 1WZ').parameter ?? []),
      ],
    }
    expect(issueKeys((await crew('POST', '/Patient/$emergency-view', both)).body)).toEqual(['parameter-conflict'])
  })

  test('is one statement, its audit included, which names no particulars', async () => {
    expect(await statements(service, () => ask('Margaret Testperson', '1941-03-12', 'ZZ99 1WZ'))).toBe(1)
    const [row] = await service.database.query(
      'select interaction, outcome, reason, patient, entities, query from audit_event order by id desc limit 1',
    )
    expect(row).toEqual({
      interaction: '$emergency-view',
      outcome: 'permit',
      reason: 'current-plan',
      patient,
      entities: [`Patient/${patient}`],
      query: 'name&birthDate&postcode',
    })
  })

  test('twins are ambiguous where the name fits both; nothing is shown about either, and the audit names both', async () => {
    const home = { birthDate: '1960-05-04', address: [{ postalCode: 'ZZ99 4TW' }] }
    const one = await registerPerson('0405604122', { ...home, name: [{ family: 'Twin', given: ['Joan'] }] })
    const other = await registerPerson('0405604130', { ...home, name: [{ family: 'Twin', given: ['Joanna'] }] })
    const { status, body, text } = await ask('Joan Twin', '1960-05-04', 'ZZ99 4TW')
    expect([status, outcomeOf(body)]).toEqual([200, 'ambiguous'])
    expect(body.parameter?.map(({ name }) => name)).toEqual(['outcome', 'asOf', 'message'])
    expect(text).not.toMatch(/Joan|Twin|1960|ZZ99|04056/)
    const [row] = await service.database.query(
      'select outcome, reason, patient, entities from audit_event order by id desc limit 1',
    )
    expect(row).toEqual({
      outcome: 'deny',
      reason: 'ambiguous',
      patient: null,
      entities: [`Patient/${one}`, `Patient/${other}`].sort(),
    })
    expect(outcomeOf((await ask('Joanna Twin', '1960-05-04', 'ZZ99 4TW')).body)).toBe('no-plan')
  })

  test('follows the Patient in the same commit: nickname, old name, moving house, deletion', async () => {
    const born = { birthDate: '1955-02-01' }
    const id = await registerPerson('0102554137', {
      ...born,
      name: [
        { use: 'official', family: "O'Sample", given: ['Elizabeth'] },
        { use: 'nickname', text: 'Betty' },
        { use: 'old', family: 'Former', given: ['Elizabeth'] },
      ],
      address: [{ use: 'home', postalCode: 'ZZ99 5AA' }],
    })
    const found = async (name: string, postcode: string) => outcomeOf((await ask(name, '1955-02-01', postcode)).body)
    expect(await found('Betty OSample', 'ZZ99 5AA')).toBe('no-plan')
    expect(await found('Elizabeth O’Sample', 'ZZ99 5AA')).toBe('no-plan')
    expect(await found('Elizabeth Former', 'ZZ99 5AA')).toBe('not-found')
    const { body } = await gp<Patient>('GET', `/Patient/${id}`)
    const moved = [
      { use: 'old', postalCode: 'ZZ99 5AA' },
      { use: 'home', postalCode: 'ZZ99 6BB' },
    ]
    expect((await gp('PUT', `/Patient/${id}`, { ...body, address: moved }, { 'If-Match': 'W/"1"' })).status).toBe(200)
    expect(await found('Betty OSample', 'ZZ99 5AA')).toBe('not-found')
    expect(await found('Betty OSample', 'ZZ99 6BB')).toBe('no-plan')
    const rows = () =>
      service.database.query('select family from person_demographics where patient = $1 order by 1', [id])
    expect((await rows()).length).toBe(2)
    expect((await gp('DELETE', `/Patient/${id}`)).status).toBe(204)
    expect(await rows()).toEqual([])
  })

  test.each([
    ['whose birth date is known in part', '0203554000', { birthDate: '1955' }],
    ['who is no longer active', '0203554019', { active: false }],
  ])('somebody %s is registered, and not found this way', async (_about, chi, more) => {
    const id = await registerPerson(chi, more)
    expect(await service.database.query('select from person_demographics where patient = $1', [id])).toEqual([])
  })

  test.each(['\\ud800', '\\u0000'])(
    'a name with %s, which PostgreSQL cannot hold, fails no commit: nobody is found by it',
    async (odd) => {
      const body = `{"birthDate":"1955-03-02","name":[{"family":"Half${odd}","given":["Any"]}],"address":[{"postalCode":"ZZ99 1WZ"}]}`
      const found = (text: string) => service.database.query('select family from demographics_of($1)', [text])
      expect(await found(body)).toEqual([])
      expect(await found(body.replace(odd, ''))).toEqual([{ family: 'half' }])
    },
  )
})

test('who may see certain persons alone is told to ask by identifier, and never that nobody was found', async () => {
  const { emergency } = service.services.records
  const described = { name: 'Margaret Testperson', birthDate: '1941-03-12', postcode: 'ZZ99 1WZ' }
  const [number] = margaret.patient.identifier ?? []
  const identifier = { system: number?.system ?? '', value: number?.value ?? '' }
  const callers = [
    someone('ZZ901', 'coordinator'),
    someone('ZZ901', 'gp-practice'),
    someone('ZZ902', 'ambulance', { patient }),
  ]
  for (const caller of callers) {
    const cx = context(caller, { purpose: 'emergency' })
    expect((await emergency(cx, { identifier })).outcome).toBe('current-plan')
    await expect(emergency(cx, { demographics: described })).rejects.toMatchObject({
      kind: 'forbidden',
      issues: [{ key: 'identifier-needed' }],
    })
  }
  const crewMember = context(someone('ZZ902', 'ambulance'), { purpose: 'emergency' })
  expect((await emergency(crewMember, { demographics: described })).outcome).toBe('current-plan')
})
