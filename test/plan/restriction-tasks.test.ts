import { describe, expect, test } from '@jest/globals'
import type { Consent, Patient, Task } from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { personRecord } from '../../src/plan/person.ts'
import { endedRestrictionTasks, nextLookAgain, restrictionTasks } from '../../src/plan/restriction-tasks.ts'
import { faultsOf } from '../profiles/conformance.ts'

const AT = { owner: 'ZZ901', now: new Date('2024-06-01T12:00:00Z') }
const patient: Patient = { resourceType: 'Patient', id: 'person' }

const restriction = (lookAgain: string, more: Partial<Consent> = {}): Consent => ({
  resourceType: 'Consent',
  id: 'hides',
  status: 'active',
  scope: {},
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'portal-restriction' }] }],
  extension: [{ url: EXTENSION.reviewDate, valueDate: lookAgain }],
  ...more,
})

const tasksOf = (consent: Consent, held: readonly Task[] = []): Task[] =>
  restrictionTasks(personRecord(patient, [consent, ...held]), AT)
const said = (tasks: readonly Task[]): string[] => tasks.map(({ status, focus }) => `${status} ${focus?.reference}`)
const ASKED = ['requested Consent/hides']

describe('the day on which to look at a restriction again', () => {
  test.each([
    ['to come', '2024-06-02', []],
    ['today', '2024-06-01', ASKED],
    ['long ago', '2020-01-01', ASKED],
    ['not a day', 'some day', []],
  ])('%s', (_, day, expected) => expect(said(tasksOf(restriction(day)))).toEqual(expected))

  test('the Task conforms, and says nothing of what is hidden', () => {
    const [task] = tasksOf(restriction('2024-06-01'))
    expect(faultsOf(task as Task)).toEqual([])
    expect(JSON.stringify(task)).not.toMatch(/cpr|resus/i)
  })

  test('it is asked once, and not again when somebody has ended it: the restriction goes on', () => {
    const [task] = tasksOf(restriction('2024-06-01')) as [Task]
    expect(tasksOf(restriction('2024-06-01'), [task])).toEqual([])
    expect(tasksOf(restriction('2024-06-01'), [{ ...task, status: 'completed' }])).toEqual([])
  })

  test('it is over when the restriction has ended, or has another day; and asked on that day', () => {
    const [task] = tasksOf(restriction('2024-05-01')) as [Task]
    expect(said(tasksOf(restriction('2024-05-01', { status: 'inactive' }), [task]))).toEqual([
      'completed Consent/hides',
    ])
    expect(said(tasksOf(restriction('2024-12-01'), [task]))).toEqual(['completed Consent/hides'])
    expect(said(tasksOf(restriction('2024-06-01'), [task]))).toEqual(['completed Consent/hides', ...ASKED])
  })

  test('the person is looked at again when it comes, at midnight where they live', () => {
    const next = (day: string) => nextLookAgain(personRecord(patient, [restriction(day)]), AT.now)?.toISOString()
    expect(next('2024-06-02')).toBe('2024-06-01T23:00:00.000Z')
    expect(next('2024-12-02')).toBe('2024-12-02T00:00:00.000Z')
    expect(next('2024-06-01')).toBeUndefined()
  })
})

describe('a restriction that is ended', () => {
  const CPR = { coding: [{ system: 'http://snomed.info/sct', code: '89666000' }] }
  const hiding = (...references: string[]): Partial<Consent> => ({
    provision: {
      provision: [
        { type: 'deny', code: [CPR], actor: references.map((reference) => ({ role: {}, reference: { reference } })) },
      ],
    },
  })
  const HIDES = restriction('2024-12-01', hiding('Patient/person', 'RelatedPerson/son'))
  const ended = (
    after: readonly Consent[],
    { by = '', held = [] }: { by?: string; held?: readonly Task[] } = {},
  ): Task[] =>
    endedRestrictionTasks(personRecord(patient, [...after, ...held]), {
      ...AT,
      before: personRecord(patient, [HIDES, ...held]),
      by,
    })

  test.each<[what: string, after: readonly Consent[]]>([
    ['made inactive', [{ ...HIDES, status: 'inactive' }]],
    ['entered in error', [{ ...HIDES, status: 'entered-in-error' }]],
    ['for the person alone', [{ ...HIDES, ...hiding('RelatedPerson/son') }]],
  ])('by the person, or by another organisation, is told to the custodian: %s', (_, after) => {
    for (const by of ['', 'ZZ904']) expect(said(ended(after, { by }))).toEqual(ASKED)
    expect(ended(after, { by: 'ZZ901' })).toEqual([])
    const [task] = ended(after)
    expect(faultsOf(task as Task)).toEqual([])
    expect(JSON.stringify(task)).not.toMatch(/cpr|resus/i)
  })

  test('is told once; and again where it was dealt with and begins anew', () => {
    const after: readonly Consent[] = [{ ...HIDES, status: 'inactive' }]
    const [task] = ended(after) as [Task]
    expect(ended(after, { held: [task] })).toEqual([])
    expect(said(ended(after, { held: [{ ...task, status: 'completed' }] }))).toEqual(ASKED)
  })

  test('is none where it goes on, or hides from more', () => {
    expect(ended([HIDES])).toEqual([])
    expect(ended([{ ...HIDES, ...hiding('Patient/person', 'RelatedPerson/son', 'RelatedPerson/other') }])).toEqual([])
  })
})
