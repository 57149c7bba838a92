import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { FhirResource, Goal, OperationOutcome, OperationOutcomeIssue, Parameters } from 'fhir/r4.js'
import { emergencyView, outcomeOf, person, register } from '../support/people.ts'
import { profileOn } from '../support/profile.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let patient: string
let goal: Goal

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
  goal = (await gp<Goal>('POST', '/Goal', newGoal())).body
}, 120_000)
afterAll(async () => {
  await service?.stop()
})

const newGoal = (more: object = {}): Goal => ({
  resourceType: 'Goal',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">To see the sea.</div>' },
  lifecycleStatus: 'proposed',
  description: { text: 'To see the sea.' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const parameters = (...parameter: NonNullable<Parameters['parameter']>): Parameters => ({
  resourceType: 'Parameters',
  parameter,
})

const validate = async (body: object | string | undefined, path = '/$validate', headers?: Record<string, string>) => {
  const answer = await gp<OperationOutcome>(body === undefined ? 'GET' : 'POST', path, body, headers)
  expect([answer.status, answer.body.resourceType]).toEqual([200, 'OperationOutcome'])
  return answer.body.issue
}

const keyOf = (issue: OperationOutcomeIssue): string | undefined => issue.details?.coding?.[0]?.code
const errors = (issues: readonly OperationOutcomeIssue[]): OperationOutcomeIssue[] =>
  issues.filter(({ severity }) => severity === 'error' || severity === 'fatal')
const keys = (issues: readonly OperationOutcomeIssue[]): (string | undefined)[] => errors(issues).map(keyOf)
const placeOf = ({ extension = [] }: OperationOutcomeIssue): (number | undefined)[] =>
  extension.map(({ valueInteger }) => valueInteger)

describe('$validate (resource-operation-validate.html)', () => {
  test('of a valid resource has no errors, and says what was checked', async () => {
    const issues = await validate(newGoal())
    expect(errors(issues)).toEqual([])
    expect(issues.find((issue) => keyOf(issue) === 'validation-checked')?.diagnostics).toContain(
      'Checked as Goal of FHIR R4',
    )
  })

  test('each issue has its element, its stable code, and line and column of the text that was sent', async () => {
    const [first, ...more] = errors(await validate('{\n  "resourceType": "Patient",\n  "gender": "unclear"\n}'))
    expect(more).toEqual([])
    expect(first).toMatchObject({ severity: 'error', expression: ['Patient.gender'] })
    expect(first?.details?.text).toContain('administrative-gender')
    expect(placeOf(first as OperationOutcomeIssue)).toEqual([3, 3])
    expect(first?.extension?.map(({ url }) => url)).toEqual([
      'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line',
      'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col',
    ])
  })

  test('XML too', async () => {
    const xml =
      '<Patient xmlns="http://hl7.org/fhir">\n  <active value="true"/>\n  <gender value="unclear"/>\n</Patient>'
    const [first] = errors(await validate(xml, '/$validate', { 'Content-Type': 'application/fhir+xml' }))
    expect(first?.expression).toEqual(['Patient.gender'])
    expect(placeOf(first as OperationOutcomeIssue)).toEqual([3, 3])
  })

  test('a text that is no resource is answered like any other that is not valid, with its place', async () => {
    const [only, ...more] = await validate('{\n  "resourceType": Patient }')
    expect(more).toEqual([])
    expect(only).toMatchObject({ severity: 'fatal' })
    expect([keyOf(only as OperationOutcomeIssue), placeOf(only as OperationOutcomeIssue)]).toEqual([
      'json-malformed',
      [2, 19],
    ])
  })

  test('any type of R4 is validated, not only those that are stored', async () => {
    expect(keys(await validate({ resourceType: 'Device', status: 'on' }))).not.toEqual([])
    expect(keys(await validate({ resourceType: 'Device', status: 'active' }))).toEqual([])
  })

  test('places in Parameters are those of the text that was sent', async () => {
    const text = `{ "resourceType": "Parameters", "parameter": [\n{ "name": "resource", "resource":\n{ "resourceType": "Patient",\n "gender": "unclear" } } ] }`
    const [first] = errors(await validate(text))
    expect(first?.expression).toEqual(['Patient.gender'])
    expect(placeOf(first as OperationOutcomeIssue)).toEqual([4, 2])
  })

  test.each([
    ['in the query', (profile: string) => validate(newGoal(), `/$validate?profile=${encodeURIComponent(profile)}`)],
    [
      'in Parameters',
      (profile: string) =>
        validate(
          parameters({ name: 'resource', resource: newGoal() as FhirResource }, { name: 'profile', valueUri: profile }),
          '/Goal/$validate',
        ),
    ],
  ])('a profile is asked for %s', async (_name, ask) => {
    const profile = 'https://keyplan.example/fhir/StructureDefinition/what-matters-goal'
    const issues = await ask(profile)
    expect(JSON.stringify(issues)).toContain(profile)
    expect(errors(issues).length).toBeGreaterThan(0)
  })

  test('a profile can be tried before it is published: a definition without a snapshot holds for this call alone', async () => {
    const profile = 'https://keyplan.example/test/StructureDefinition/dated-goal'
    const definition = {
      resourceType: 'StructureDefinition',
      url: profile,
      version: '0.1.0',
      name: 'DatedGoal',
      status: 'draft',
      fhirVersion: '4.0.1',
      kind: 'resource',
      abstract: false,
      type: 'Goal',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Goal',
      derivation: 'constraint',
      differential: { element: [{ id: 'Goal.statusDate', path: 'Goal.statusDate', min: 1 }] },
    } as unknown as FhirResource
    const ask = (resource: Goal, ...more: NonNullable<Parameters['parameter']>) =>
      validate(
        parameters(
          { name: 'resource', resource: resource as FhirResource },
          { name: 'profile', valueUri: profile },
          ...more,
        ),
      )
    const missing = await ask(newGoal(), { name: 'definition', resource: definition })
    expect(JSON.stringify(errors(missing))).toContain('statusDate')
    expect(
      errors(await ask(newGoal({ statusDate: '2026-01-01' }), { name: 'definition', resource: definition })),
    ).toEqual([])
    const without = await ask(newGoal())
    expect(JSON.stringify(without)).toContain('not loaded')
  })

  test('of two definitions with one address and version it cannot be told which is meant; one that builds on none is named', async () => {
    const definition = (name: string, baseDefinition: string, min: number) => ({
      name: 'definition',
      resource: profileOn('Goal', name, { id: 'Goal.statusDate', min }, { baseDefinition }) as unknown as FhirResource,
    })
    const GOAL = 'http://hl7.org/fhir/StructureDefinition/Goal'
    const issues = await validate(
      parameters(
        { name: 'resource', resource: newGoal() as FhirResource },
        definition('twice', GOAL, 1),
        definition('twice', GOAL, 0),
        definition('lost', 'https://keyplan.example/test/StructureDefinition/none', 0),
      ),
    )
    expect(errors(issues).map((issue) => [keyOf(issue), ...(issue.expression ?? [])])).toEqual([
      ['definition-unusable', 'Parameters.parameter[2].resource'],
      ['definition-unusable', 'Parameters.parameter[3].resource'],
    ])
  })

  test.each<[string, object]>([
    ['an element that is null', { differential: { element: [null] } }],
    ['no list of elements', { snapshot: { element: 'none' } }],
    ['a constraint that is a text', { differential: { element: [{ path: 'Goal', constraint: 'none' }] } }],
    ['no address', { url: undefined }],
  ])('a definition that cannot be read is named, and the resource is validated without it: %s', async (_name, more) => {
    const definition = {
      resourceType: 'StructureDefinition',
      url: 'https://keyplan.example/test/StructureDefinition/misshapen',
      name: 'Misshapen',
      status: 'draft',
      kind: 'resource',
      abstract: false,
      type: 'Goal',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Goal',
      derivation: 'constraint',
      ...more,
    } as unknown as FhirResource
    const issues = await validate(
      parameters(
        { name: 'resource', resource: newGoal() as FhirResource },
        { name: 'definition', resource: definition },
      ),
    )
    expect(errors(issues).map(keyOf)).toEqual(['definition-unusable'])
    expect(errors(issues)[0]).toMatchObject({ expression: ['Parameters.parameter[1].resource'] })
    expect(placeOf(errors(issues)[0] as OperationOutcomeIssue)).toEqual([1, expect.any(Number)])
    expect(issues.map(keyOf)).toContain('validation-checked')
  })

  test('a stored resource is read, by whoever may read it', async () => {
    expect(keys(await validate(undefined, `/Goal/${goal.id}/$validate`))).toEqual([])
    expect((await gp('GET', '/Goal/nobody/$validate')).status).toBe(404)
    const writer = await service.fhir('gp-practice', 'system/Goal.c')
    expect((await writer('GET', `/Goal/${goal.id}/$validate`)).status).toBe(403)
  })

  test.each<[string, () => [string, object?, Record<string, string>?], string[]]>([
    ['create with an id', () => ['/Goal/$validate?mode=create', newGoal({ id: 'x' })], ['id-replaced']],
    [
      'create of what is not stored here',
      () => ['/$validate?mode=create', { resourceType: 'Device', status: 'active' }],
      ['resource-type-not-served'],
    ],
    ['update of what is there', () => [`/Goal/${goal.id}/$validate?mode=update`, newGoal({ id: goal.id })], []],
    [
      'update under another id',
      () => [`/Goal/${goal.id}/$validate?mode=update`, newGoal({ id: 'x' })],
      ['id-mismatch'],
    ],
    ['update without an id', () => ['/Goal/$validate?mode=update', newGoal()], ['id-mismatch']],
    [
      'update of what is not there',
      () => ['/Goal/$validate?mode=update', newGoal({ id: 'nobody' })],
      ['update-creates'],
    ],
    [
      'update of a version that is past',
      () => [
        `/Goal/${goal.id}/$validate?mode=update`,
        newGoal({ id: goal.id, meta: { versionId: '9' } }),
        { 'If-Match': 'W/"9"' },
      ],
      ['version-mismatch', 'version-stale'],
    ],
    ['delete of what is there', () => [`/Goal/${goal.id}/$validate?mode=delete`, parameters()], []],
    ['delete of what is not there', () => ['/Goal/nobody/$validate?mode=delete', parameters()], ['not-found']],
    ['a resource of another type', () => ['/Patient/$validate', newGoal()], ['resource-type-mismatch']],
  ])('whether a write would find what it needs: %s', async (_name, request, expected) => {
    const [path, body, headers] = request()
    const found = (await validate(body ?? '', path, headers)).map(keyOf)
    const about = [
      'id-replaced',
      'resource-type-not-served',
      'id-mismatch',
      'update-creates',
      'version-mismatch',
      'version-stale',
      'not-found',
      'resource-type-mismatch',
    ]
    expect(found.filter((key) => about.includes(key ?? ''))).toEqual(expected)
    expect((await gp<Goal>('GET', `/Goal/${goal.id}`)).body.meta?.versionId).toBe('1')
  })

  test.each<[string, string, object | undefined, string]>([
    ['no body', '/$validate', undefined, 'parameter-missing'],
    ['Parameters without a resource', '/$validate', parameters(), 'parameter-missing'],
    ['a parameter that it has not', '/$validate?colour=red', { resourceType: 'Goal' }, 'parameter-unknown'],
    ['a mode that it has not', '/$validate?mode=try', { resourceType: 'Goal' }, 'parameter-malformed'],
    [
      'a definition that is none',
      '/$validate',
      parameters(
        { name: 'resource', resource: { resourceType: 'Patient' } },
        { name: 'definition', resource: { resourceType: 'Patient' } },
      ),
      'parameter-malformed',
    ],
  ])('400 where there is nothing to validate: %s', async (_name, path, body, key) => {
    const answer = await gp<OperationOutcome>('POST', path, body)
    expect([answer.status, keyOf(answer.body.issue[0] as OperationOutcomeIssue)]).toEqual([400, key])
  })

  test('needs a token', async () => {
    const nobody = await service.fhir()
    expect((await nobody('POST', '/$validate', newGoal())).status).toBe(401)
  })

  test('as an entry of a batch', async () => {
    const { body } = await gp<FhirResource>('POST', '', {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [{ resource: newGoal({ lifecycleStatus: 'no' }), request: { method: 'POST', url: 'Goal/$validate' } }],
    })
    expect(JSON.stringify(body)).toContain('lifecycleStatus')
  })
})

describe('What is large or hostile', () => {
  const large = (): object => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: Array.from({ length: 2_000 }, (_, index) => ({
      fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      resource: newGoal(index === 1_999 ? { lifecycleStatus: 'no' } : {}),
    })),
  })

  test('is looked at in a process of its own, to its end', async () => {
    const found = errors(await validate(large()))
    expect(found.map(({ expression }) => expression)).toEqual([['Bundle.entry[1999].resource.lifecycleStatus']])
  }, 120_000)

  test('keeps nobody waiting: twenty at once, and a crew gets its emergency view while they are looked at', async () => {
    const crew = await service.fhir('ambulance')
    const body = large()
    let answered = 0
    const all = Promise.all(
      Array.from({ length: 20 }, async () => {
        const { status, body: outcome } = await gp<OperationOutcome>('POST', '/$validate', body)
        answered++
        // Each is looked at, or told to come again.
        expect([200, 503]).toContain(status)
        if (status === 503) expect(outcome.issue.map(keyOf)).toEqual(['validation-busy'])
        return status
      }),
    )
    let views = 0
    do {
      expect(outcomeOf(await emergencyView(crew, person('margaret')))).toBe('no-plan')
      if (answered < 20) views++
    } while (answered < 20)
    expect(views).toBeGreaterThan(0)
    expect((await all).filter((status) => status === 200).length).toBeGreaterThan(0)
  }, 120_000)

  const profile = 'https://keyplan.example/test/StructureDefinition/hostile'
  const hostile = (more: object, element: object): FhirResource =>
    ({
      resourceType: 'StructureDefinition',
      url: profile,
      name: 'Hostile',
      status: 'draft',
      fhirVersion: '4.0.1',
      kind: 'resource',
      abstract: false,
      type: 'Goal',
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Goal',
      derivation: 'constraint',
      differential: { element: [{ id: 'Goal', path: 'Goal', ...element }] },
      ...more,
    }) as unknown as FhirResource
  const constraint = (expression: string) => ({
    constraint: [{ key: 'h-1', severity: 'error', human: 'Never', expression }],
  })

  test.each<[string, object, object]>([
    ['a constraint that never ends', {}, constraint('(1).repeat($this + 1).count() > 0')],
    ['a constraint that grows', {}, constraint(`${'descendants().'.repeat(40)}count() > 0`)],
    ['a pattern that backtracks for ever', {}, constraint("description.text.matches('^(([a-z ])+.)+[A-Z]([a-z])+$')")],
    ['a constraint of a thousand brackets', {}, constraint(`${'('.repeat(1_000)}true${')'.repeat(1_000)}`)],
    ['a profile that builds on itself', { baseDefinition: profile }, {}],
  ])(
    'is bounded: %s',
    async (_name, more, element) => {
      const body = parameters(
        { name: 'resource', resource: newGoal({ description: { text: 'a'.repeat(5_000) } }) as FhirResource },
        { name: 'profile', valueUri: profile },
        { name: 'definition', resource: hostile(more, element) },
      )
      const asked = validate(body)
      expect((await gp('GET', `/Goal/${goal.id}`)).status).toBe(200)
      // Told as an error or as not checked, and never as valid without a word.
      expect((await asked).filter((issue) => keyOf(issue) !== 'validation-checked').length).toBeGreaterThan(0)
    },
    120_000,
  )

  test('a finding for each of thousands of entries: 200 are named, and that there are more', async () => {
    const entry = Array.from({ length: 3_000 }, () => ({ resource: newGoal() }))
    const issues = await validate({ resourceType: 'Bundle', type: 'collection', entry })
    expect(issues.length).toBeLessThan(210)
    expect(issues.map(keyOf)).toEqual(expect.arrayContaining(['more-issues', 'validation-checked']))
    expect(issues.find((issue) => keyOf(issue) === 'more-issues')?.diagnostics).toMatch(/\d{4} at least/)
  }, 120_000)

  test('is refused: 100,000 levels', async () => {
    const deep = `{"resourceType":"Goal","contained":${'[{"a":'.repeat(50_000)}1${'}]'.repeat(50_000)}}`
    expect(keys(await validate(deep))).toEqual(['json-too-deep'])
  }, 120_000)
})
