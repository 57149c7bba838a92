import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, OperationOutcome } from 'fhir/r4.js'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { build } from '../support/submissions/build.ts'
import { type SubmissionCase, submissionCases } from '../support/submissions/cases.ts'
import type { Described } from '../support/submissions/described.ts'
import { createNumbers } from '../support/submissions/numbers.ts'

const contradictions = submissionCases('contradictions')
const valid = submissionCases('valid')

let service: TestService
let gp: FhirRequest
/** What the resources of another person, who has a plan too, are called once they are stored. */
let others: ReadonlyMap<string, string>
const identifierOf = createNumbers()

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  others = (await submitted({ plan: 'england/1' })).stored
})

afterAll(() => service.stop())

type Stored = ReadonlyMap<string, string>
type Answered = Readonly<{ status: number; issues: OperationOutcome['issue']; text: string; stored: Stored }>

const issuesIn = (body: Bundle | OperationOutcome): OperationOutcome['issue'] =>
  body.resourceType === 'OperationOutcome'
    ? body.issue
    : (body.entry ?? []).flatMap(({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue ?? [])

/** `before` is what earlier submissions about the same person stored. */
const submitted = async (
  described: Described,
  identifier: typeof identifierOf = identifierOf,
  before: Stored = new Map(),
): Promise<Answered> => {
  const { bundle, names } = build(described, identifier, (name) => {
    const found = name.startsWith('other:')
      ? others.get(name.slice('other:'.length))
      : before.get(name.slice('before:'.length))
    if (found === undefined) throw new Error(`Nothing is stored as ${name}.`)
    return found
  })
  const { status, body, text } = await gp<Bundle<FhirResource> | OperationOutcome>('POST', '/CarePlan/$submit', bundle)
  const created =
    body.resourceType === 'Bundle'
      ? (body.entry ?? []).map(({ resource }) => `${resource?.resourceType}/${resource?.id}`)
      : []
  const sent = names.filter(
    (name) => name !== 'patient' || created.some((reference) => reference.startsWith('Patient/')),
  )
  return {
    status,
    issues: issuesIn(body),
    text,
    stored: new Map(sent.flatMap((name, index) => (created[index] === undefined ? [] : [[name, created[index]]]))),
  }
}

/** Submits what a case has to be there before, then the case. */
const run = async ({ before = [], submission }: SubmissionCase): Promise<Answered> => {
  let numbers: ReturnType<typeof identifierOf>
  const samePerson: typeof identifierOf = (patient) => (numbers ??= identifierOf(patient))
  let stored: Stored = new Map()
  for (const earlier of before) {
    const answer = await submitted(earlier, samePerson, stored)
    if (answer.status !== 201)
      throw new Error(`What the case builds on was not stored: ${answer.status} ${answer.text}`)
    stored = new Map([...stored, ...answer.stored])
  }
  return submitted(submission, samePerson, stored)
}

const keysOf = (issues: OperationOutcome['issue'], ...severities: string[]): string[] =>
  [...new Set(issueKeys({ issue: issues.filter(({ severity }) => severities.includes(severity)) }))].sort()

const expectPlaces = (issues: OperationOutcome['issue'], expressions: readonly string[] = []): void =>
  expect(issues.flatMap(({ expression }) => expression ?? [])).toEqual(expect.arrayContaining([...expressions]))

const storedCount = async (): Promise<number> => {
  const [row] = await service.database.query<{ count: number }>('select count(*)::integer as count from resource')
  return row?.count ?? -1
}

test('there are at least 60 contradictions and 60 valid plans, each with a title of its own', () => {
  expect(contradictions.length).toBeGreaterThanOrEqual(60)
  expect(valid.length).toBeGreaterThanOrEqual(60)
  const titles = [...contradictions, ...valid].map(({ title }) => title)
  expect(new Set(titles).size).toBe(titles.length)
  expect(valid.map(({ expect: { outcome } }) => outcome)).toEqual(valid.map(() => 'accepted'))
  expect(
    contradictions.filter(({ expect: { outcome, keys } }) => outcome === 'accepted' || keys === undefined),
  ).toEqual([])
})

describe('a contradictory submission (model.md section 3)', () => {
  test.each(contradictions.filter(({ expect: { outcome } }) => outcome === 'refused'))(
    'is refused: $title ($file)',
    async (contradiction) => {
      const { keys = [], expressions } = contradiction.expect
      const before = (contradiction.before ?? []).length > 0 ? undefined : await storedCount()
      const { status, issues, text } = await run(contradiction)
      expect([keysOf(issues, 'error', 'fatal'), text]).toEqual([[...keys].sort(), text])
      expect([400, 409, 422]).toContain(status)
      expectPlaces(issues, expressions)
      if (before !== undefined) expect(await storedCount()).toBe(before)
    },
  )

  test.each(contradictions.filter(({ expect: { outcome } }) => outcome === 'reported'))(
    'is reported: $title ($file)',
    async (contradiction) => {
      const { keys = [], expressions } = contradiction.expect
      const { status, issues, text } = await run(contradiction)
      expect([status, text]).toEqual([201, text])
      expect(keysOf(issues, 'warning', 'information')).toEqual(expect.arrayContaining([...keys]))
      expectPlaces(issues, expressions)
    },
  )
})

describe('a plan as people make them (model.md section 1)', () => {
  test.each(valid)('is accepted: $title ($file)', async (plan) => {
    const { status, issues, text } = await run(plan)
    expect([status, text]).toEqual([201, text])
    expect(keysOf(issues, 'error', 'fatal')).toEqual([])
    expect(keysOf(issues, 'warning')).toEqual([...(plan.expect.keys ?? [])].sort())
  })
})

/** An order that contradicts itself, as orders do that are exchanged in the USA: not to be performed, and its code and detail say yes to CPR. */
const YES_TO_CPR = { coding: [{ system: 'http://loinc.org', code: 'LA33470-8' }] }
const order = {
  status: 'active',
  intent: 'directive',
  category: [{ coding: [{ system: 'http://loinc.org', code: '100822-6' }] }],
  doNotPerform: true,
  code: YES_TO_CPR,
  orderDetail: [YES_TO_CPR],
}

describe('an order that says doNotPerform where its order detail says yes', () => {
  test('is refused in a submission', async () => {
    const { status, issues } = await submitted({
      plan: 'margaret/1',
      add: { order: { resourceType: 'ServiceRequest', ...order, subject: { reference: '#patient' } } },
      change: { 'plan.supportingInfo.+': { reference: '#order' } },
    })
    expect(status).toBe(400)
    expect(keysOf(issues, 'error')).toEqual(['type-not-served'])
  })

  test('is refused as an activity of a plan', async () => {
    const { code, doNotPerform } = order
    const { status, issues } = await submitted({
      plan: 'margaret/1',
      change: { 'plan.activity': [{ detail: { status: 'not-started', code, doNotPerform } }] },
    })
    expect(status).toBe(422)
    expect(keysOf(issues, 'error')).toEqual(['RSP-4'])
  })
})
