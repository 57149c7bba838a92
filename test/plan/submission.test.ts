import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CarePlan, Consent, Goal, Provenance } from 'fhir/r4.js'
import { isError } from '../../src/fhir/outcome.ts'
import { findReferences, mapReferences, type ResourceKey, resourceKey } from '../../src/fhir/resource.ts'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { derivedType } from '../../src/plan/consent.ts'
import { activePlan, codeIn, consentCategory, extension, type PersonRecord, planType } from '../../src/plan/person.ts'
import { planIdOf, planVersionOf } from '../../src/plan/rules/plan-identity.ts'
import { prepareSubmission, type SubmissionEntry, subjectOf } from '../../src/plan/submission.ts'
import { VALUE_SET } from '../../src/plan/value-sets.ts'
import { type Form, PATIENT, recordOf } from './support/form.ts'
import { counter } from './support/ids.ts'
import { type Changes, changed } from './support/set.ts'
import { entriesOf, frozen } from './support/submission.ts'

const NOW = new Date('2024-06-01T12:00:00Z')

const submit = (entries: readonly SubmissionEntry[], before?: PersonRecord, activate = true) =>
  prepareSubmission(entries, before, { now: NOW, newId: counter('new'), activate })

/** The record of a person who is known, with an active plan or without one. */
const personOnly = (person: PersonRecord): PersonRecord =>
  changed(
    person,
    Object.fromEntries(
      [...person.resources.keys()].filter((key) => key !== 'Patient/person').map((key) => [key, null]),
    ),
  )

type Case = {
  title: string
  form?: Partial<Form>
  /** Changes to the record that is then submitted. */
  set?: Changes
  /** Changes to the entries: by index, or index and path; null takes out. */
  raw?: Changes
  rename?: Record<string, string>
  before?: 'person' | 'plan'
  beforeSet?: Changes
  activate?: boolean
  expect: string[]
}

const cases: Case[] = JSON.parse(readFileSync(new URL('submission.json', import.meta.url), 'utf8'))

const rawly = (entries: readonly SubmissionEntry[], raw: Changes): SubmissionEntry[] => {
  const holder = changed(
    { patient: { resourceType: 'Patient' }, resources: new Map([['Patient/person' as ResourceKey, entries as never]]) },
    Object.fromEntries(
      Object.entries(raw).map(([address, value]) => {
        const [index, path] = address.split(' ')
        return [`Patient/person ${index}${path === undefined ? '' : `.${path}`}`, value]
      }),
    ),
  )
  return ([...holder.resources.values()] as unknown as SubmissionEntry[][])[0]?.filter(Boolean) ?? []
}

describe('what is refused, and where it stands in the submission', () => {
  test.each(cases)('$title', ({ form, set, raw, rename, before, beforeSet, activate, expect: expected }) => {
    const person = recordOf()
    const stored =
      before === undefined ? undefined : changed(before === 'plan' ? person : personOnly(person), beforeSet)
    const entries = rawly(entriesOf(changed(recordOf(form), set)), raw ?? {}).map((entry) => ({
      ...entry,
      resource: mapReferences(entry.resource, (reference) => rename?.[reference] ?? reference),
    }))
    const { issues } = submit(frozen(entries), stored && frozen(stored), activate ?? true)
    expect(issues.map(({ severity, key, expression }) => `${severity} ${key} ${expression}`)).toEqual(expected)
  })

  test('the conflict names the plan that is active, with its version, and nothing of its content (RSP-14)', () => {
    const { issues } = submit(entriesOf(recordOf()), recordOf())
    expect(issues).toMatchObject([{ key: 'RSP-14', code: 'conflict' }])
    expect(issues[0]?.text).toContain('CarePlan/plan, plan version 1')
  })

  test('no finding repeats what was sent: names, numbers, dates of birth or words', () => {
    const entries = entriesOf(recordOf({ birthDate: '1951-02-03', goals: [{ kind: 'other', text: 'Secret words' }] }))
    const { issues } = submit(entries, recordOf())
    expect(issues.length).toBeGreaterThan(2)
    const said = JSON.stringify(issues)
    for (const personal of ['0101500009', '1951', '1950', 'Secret', 'garden']) expect(said).not.toContain(personal)
  })
})

describe('a first plan', () => {
  const { after, write, issues } = submit(entriesOf(recordOf()))
  const plan = activePlan(after, 'emergency-care') as CarePlan

  test('is active from now on, with a new plan identifier and version 1', () => {
    expect(issues).toEqual([])
    expect(plan).toMatchObject({ id: 'new-2', status: 'active', period: { start: NOW.toISOString() } })
    expect([planIdOf(plan), planVersionOf(plan)]).toEqual(['new-9', 1])
  })

  test('is written with everything that came with it, in the order in which it came', () => {
    expect(write.map(resourceKey)).toEqual([...after.resources.keys()])
    expect(write.map(({ id }) => id)).toEqual(Array.from({ length: 8 }, (_, index) => `new-${index + 1}`))
  })

  test('refers to its parts by id, and they to it and to the person', () => {
    expect(plan.goal).toEqual([{ reference: 'Goal/new-6' }, { reference: 'Goal/new-7' }])
    expect(plan.subject).toEqual({ reference: 'Patient/new-1' })
    const signature = after.resources.get('Provenance/new-8') as Provenance
    expect(signature.target).toEqual([{ reference: 'CarePlan/new-2' }])
  })

  test('has permit and deny as they follow from its recommendations', () => {
    const types = write.flatMap((one) => (one.resourceType === 'Consent' ? [one.provision?.provision?.[0]?.type] : []))
    expect(types).toEqual(['deny', 'permit'])
  })

  test('keeps an earlier start that the sender gives, and not one in the future', () => {
    const from = (start: string) =>
      submit(rawly(entriesOf(recordOf()), { '1 resource.period': { start } })).after.resources.get('CarePlan/new-2')
    expect(from('2024-05-01')).toMatchObject({ period: { start: '2024-05-01' } })
    expect(from('2025-01-01')).toMatchObject({ period: { start: NOW.toISOString() } })
  })

  test('cannot claim an identity: what the sender writes there does not count', () => {
    const claimed = rawly(entriesOf(recordOf()), {
      '1 resource.identifier': [{ system: 'https://keyplan.example/fhir/identifier/plan-id', value: 'mine' }],
      '1 resource.extension[9]': { url: EXTENSION.planVersion, valuePositiveInt: 7 },
    })
    const { after: result } = submit(claimed)
    const stored = activePlan(result, 'emergency-care') as CarePlan
    expect([planIdOf(stored), planVersionOf(stored)]).toEqual(['new-9', 1])
    expect(stored.identifier).toHaveLength(1)
  })

  test('as a draft is stored and not active', () => {
    const draft = submit(entriesOf(recordOf()), undefined, false)
    expect(draft.write.find(({ resourceType }) => resourceType === 'CarePlan')).toMatchObject({ status: 'draft' })
    expect(activePlan(draft.after, 'emergency-care')).toBeUndefined()
  })
})

describe('a known person', () => {
  test('is not written again: the submitted Patient stands for the stored one', () => {
    const { write, after, issues } = submit(entriesOf(recordOf()), personOnly(recordOf()))
    expect(issues).toEqual([])
    expect(write.some(({ resourceType }) => resourceType === 'Patient')).toBe(false)
    expect(activePlan(after, 'emergency-care')?.subject).toEqual(PATIENT)
  })

  test('is found by the numbers of the Patient, or by the one that is named', () => {
    const entries = entriesOf(recordOf())
    expect(subjectOf(entries)).toEqual({
      identifiers: [{ system: 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53', value: '0101500009' }],
    })
    expect(
      subjectOf([{ resource: { resourceType: 'Goal', lifecycleStatus: 'active', description: {}, subject: PATIENT } }]),
    ).toEqual({
      reference: 'Patient/person',
      identifiers: [],
    })
  })
})

/** A record whose plan names a stored contact besides. */
const CONTACT = { 'RelatedPerson/friend': { patient: PATIENT, telecom: [{ system: 'phone', value: '01632 960000' }] } }
const withContact = changed(recordOf(), {
  ...CONTACT,
  'CarePlan/plan supportingInfo[3]': { reference: 'RelatedPerson/friend' },
})

describe('a plan that replaces the active one', () => {
  const entries = rawly(entriesOf(recordOf({ recommendations: [{ about: 'cpr', recommendation: 'recommended' }] })), {
    '1 resource.replaces': [{ reference: 'CarePlan/plan' }],
    '1 resource.supportingInfo[1]': { reference: 'RelatedPerson/friend' },
    '1 resource.goal': [{ reference: 'Goal/goal-0' }],
    '4': null,
    '5': null,
  })
  const { after, write, issues } = submit(entries, withContact)
  const plan = activePlan(after, 'emergency-care') as CarePlan
  const old = after.resources.get('CarePlan/plan') as CarePlan

  test('continues its lineage: same plan identifier, next version', () => {
    expect(issues.filter(isError)).toEqual([])
    expect([planIdOf(plan), planVersionOf(plan)]).toEqual(['lineage', 2])
  })

  test('ends it in the same write: revoked, superseded, with the time', () => {
    expect(old).toMatchObject({ status: 'revoked', period: { start: '2024-05-01', end: NOW.toISOString() } })
    expect(codeIn(extension(old, EXTENSION.stateReason)?.valueCodeableConcept, SYSTEM.stateReason)).toBe('superseded')
    expect(write.map(resourceKey)).toContain('CarePlan/plan')
  })

  test('ends what only the old plan is made of', () => {
    expect((after.resources.get('Consent/cpr') as Consent).status).toBe('inactive')
    expect((after.resources.get('Goal/goal-1') as Goal).lifecycleStatus).toBe('cancelled')
  })

  test('leaves alone what it shares with the old plan', () => {
    expect((after.resources.get('Goal/goal-0') as Goal).lifecycleStatus).toBe('active')
    expect(write.map(resourceKey)).not.toContain('Goal/goal-0')
    expect(write.map(resourceKey)).not.toContain('RelatedPerson/friend')
  })

  test('leaves the active plan alone while it is a draft', () => {
    const draft = submit(entries, withContact, false)
    expect(draft.issues.filter(isError)).toEqual([])
    expect(activePlan(draft.after, 'emergency-care')?.id).toBe('plan')
    expect(draft.write.map(resourceKey)).not.toContain('CarePlan/plan')
    const submitted = draft.write.find((one): one is CarePlan => one.resourceType === 'CarePlan') as CarePlan
    expect([planIdOf(submitted), planVersionOf(submitted)]).toEqual(['lineage', 2])
  })

  test('warns where an advance refusal or a proxy ends because nobody named it again', () => {
    const stored = recordOf({ proxies: [{ authority: 'welfare-attorney', phone: '01632 960000' }] })
    const replacing = rawly(entriesOf(recordOf()), { '1 resource.replaces': [{ reference: 'CarePlan/plan' }] })
    const warned = submit(replacing, stored)
    expect(warned.issues).toMatchObject([{ key: 'not-carried-over', severity: 'warning' }])
    expect(warned.issues[0]?.text).toContain('Consent/proxy-0')
    expect((warned.after.resources.get('Consent/proxy-0') as Consent).status).toBe('inactive')
  })
})

describe('content that came with a plan', () => {
  test('is linked to it where it is not named yet, and nothing is linked twice', () => {
    const entries = rawly(entriesOf(changed(recordOf(), CONTACT)), {
      '1 resource.goal': null,
      '1 resource.supportingInfo': [{ reference: 'urn:test:Consent/cpr' }],
    })
    const { after, issues } = submit(entries)
    const plan = activePlan(after, 'emergency-care') as CarePlan
    expect(issues).toEqual([])
    expect(plan.goal?.map(({ reference }) => reference)).toEqual(['Goal/new-6', 'Goal/new-7'])
    expect(plan.supportingInfo?.map(({ reference }) => reference)).toEqual([
      'Consent/new-3',
      'Consent/new-4',
      'Observation/new-5',
      'RelatedPerson/new-9',
    ])
  })

  test('goes to the plan of its type where two plans come together', () => {
    const both = changed(recordOf(), {
      'CarePlan/plan goal': [],
      'CarePlan/plan supportingInfo': [],
      'CarePlan/own': {
        status: 'draft',
        intent: 'plan',
        subject: PATIENT,
        category: [{ coding: [{ system: SYSTEM.planType, code: 'what-matters' }] }],
      },
    })
    const { after, issues } = submit(entriesOf(both))
    expect(issues).toEqual([])
    expect(activePlan(after, 'what-matters')?.goal).toHaveLength(2)
    expect(activePlan(after, 'what-matters')?.supportingInfo).toBeUndefined()
    expect(activePlan(after, 'emergency-care')?.goal).toEqual([])
    expect(activePlan(after, 'emergency-care')?.supportingInfo).toHaveLength(3)
  })
})

describe('a sharing decision', () => {
  const decision = (code: string, dateTime: string) => ({
    status: 'active',
    scope: {},
    category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
    patient: PATIENT,
    dateTime,
    extension: [{ url: EXTENSION.sharingDecision, valueCode: code }],
  })
  const stored = changed(personOnly(recordOf()), { 'Consent/first': decision('no-objection', '2024-01-01') })
  const entries = entriesOf(changed(recordOf(), { 'Consent/second': decision('objection', '2024-05-20') }))

  test('retires the one before it in the same write, and is no part of the plan', () => {
    const { after, write, issues } = submit(entries, stored)
    expect(issues).toEqual([])
    expect(after.resources.get('Consent/first')).toMatchObject({ status: 'inactive' })
    expect(write.map(resourceKey)).toContain('Consent/first')
    const plan = activePlan(after, 'emergency-care') as CarePlan
    const linked = (plan.supportingInfo ?? []).map(({ reference }) => after.resources.get(reference as ResourceKey))
    expect(
      linked.filter((one) => one?.resourceType === 'Consent').map((one) => consentCategory(one as Consent)),
    ).toEqual(['emergency-recommendation', 'emergency-recommendation'])
  })

  test('stays in force where none came with the plan', () => {
    const { after, write } = submit(entriesOf(recordOf()), stored)
    expect(after.resources.get('Consent/first')).toMatchObject({ status: 'active' })
    expect(write.map(resourceKey)).not.toContain('Consent/first')
  })
})

describe('laws', () => {
  const recommendation = fc.record({
    about: fc.constantFrom('cpr', 'intensive-care', 'dialysis', 'antibiotics' as const),
    recommendation: fc.constantFrom(...VALUE_SET.recommendation, 'made-up'),
    condition: fc.constantFrom('If she agrees', ''),
  })
  const form = fc.record({
    recommendations: fc.array(recommendation, { maxLength: 4 }),
    birthDate: fc.constantFrom('1950-01-01', '2015-06-01', ''),
    focus: fc.subarray(['balance', 'comfort', 'other']),
    capacity: fc.constantFrom([{ code: 'has-capacity' }], [{ code: 'lacks-capacity' }], []),
    signatures: fc.constantFrom([], [{}], [{ registration: null }]),
  }) as fc.Arbitrary<Partial<Form>>
  const root = fc.constantFrom('permit', 'deny', undefined)
  const submission = fc.record({
    form,
    root,
    before: fc.constantFrom('none', 'person', 'plan'),
    replaces: fc.boolean(),
    activate: fc.boolean(),
  })

  const run = ({
    form: given,
    root: type,
    before,
    replaces,
    activate,
  }: Parameters<Parameters<typeof submission.map>[0]>[0]) => {
    const person = recordOf()
    const stored = before === 'none' ? undefined : before === 'plan' ? person : personOnly(person)
    const entries = entriesOf(recordOf(given as Partial<Form>)).map((entry) => ({
      ...entry,
      resource:
        entry.resource.resourceType === 'CarePlan' && replaces
          ? { ...entry.resource, replaces: [{ reference: 'CarePlan/plan' }] }
          : entry.resource.resourceType === 'Consent' && type !== undefined
            ? { ...entry.resource, provision: { ...entry.resource.provision, type: type as 'permit' } }
            : entry.resource,
    })) as SubmissionEntry[]
    return { stored, entries, result: submit(frozen(entries), stored && frozen(stored), activate) }
  }

  test('the same submission to the same record gives the same bytes, and changes neither', () => {
    fc.assert(
      fc.property(submission, (given) => {
        expect(JSON.stringify(run(given).result.write)).toBe(JSON.stringify(run(given).result.write))
      }),
    )
  })

  test('every permit and deny that would be written follows from an authored recommendation', () => {
    fc.assert(
      fc.property(submission, (given) => {
        for (const resource of run(given).result.write) {
          if (resource.resourceType !== 'Consent' || consentCategory(resource) !== 'emergency-recommendation') continue
          expect(resource.provision?.type).toBeUndefined()
          for (const { type } of resource.provision?.provision ?? []) expect(type).toBe(derivedType(resource))
        }
      }),
    )
  })

  test('what may be stored has no unresolved reference, at most one active plan of a type, and only the person’s own', () => {
    fc.assert(
      fc.property(submission, (given) => {
        const { result } = run(given)
        if (result.issues.some(isError)) return
        const active = [...result.after.resources.values()].filter(
          (one): one is CarePlan => one.resourceType === 'CarePlan' && one.status === 'active',
        )
        expect(new Set(active.map(planType)).size).toBe(active.length)
        for (const resource of result.write) {
          for (const { reference } of findReferences(resource)) {
            expect(result.after.resources.has(reference.reference as ResourceKey)).toBe(true)
          }
        }
      }),
    )
  })

  test('the record after is the record before with what is written, and ids are new', () => {
    fc.assert(
      fc.property(submission, (given) => {
        const { stored, result } = run(given)
        const expected = new Map(stored?.resources ?? [])
        for (const resource of result.write) expected.set(resourceKey(resource), resource)
        expect([...result.after.resources]).toEqual(expect.arrayContaining([...expected]))
        expect(result.after.resources.size).toBe(expected.size)
        expect(new Set(result.write.map(resourceKey)).size).toBe(result.write.length)
      }),
    )
  })
})
