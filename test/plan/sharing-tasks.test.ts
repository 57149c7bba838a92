import { describe, expect, test } from '@jest/globals'
import type { Consent, Patient, Task } from 'fhir/r4.js'
import { EXTENSION, ISO_3166_2, type SharingDecision, SYSTEM } from '../../src/plan/codes.ts'
import { personRecord } from '../../src/plan/person.ts'
import { sharingTasks } from '../../src/plan/sharing-tasks.ts'
import { isOwnTaskId } from '../../src/plan/task.ts'
import { faultsOf } from '../profiles/conformance.ts'

const AT = { owner: 'ZZ901', now: new Date('2024-06-01T12:00:00Z') }

const patient = (nation: string): Patient => ({
  resourceType: 'Patient',
  id: 'person',
  extension: [{ url: EXTENSION.jurisdiction, valueCoding: { system: ISO_3166_2, code: nation } }],
})

type Decision = Partial<Consent> & { code: SharingDecision; changed?: string }

const consent = ({ code, changed = '2024-02-01T00:00:00Z', ...more }: Decision, index: number): Consent => ({
  resourceType: 'Consent',
  id: `sharing-${index}`,
  meta: { lastUpdated: changed },
  status: 'active',
  scope: {},
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  dateTime: '2024-01-01',
  extension: [{ url: EXTENSION.sharingDecision, valueCode: code }],
  ...more,
})

const tasksOf = (decisions: readonly Decision[], held: readonly Task[] = [], nation = 'GB-SCT'): Task[] =>
  sharingTasks(personRecord(patient(nation), [...decisions.map(consent), ...held]), AT)

const said = (tasks: readonly Task[]) => tasks.map(({ status, focus }) => `${status} ${focus?.reference}`)

const NO: Decision = { code: 'objection' }
const YES: Decision = { code: 'no-objection' }
const OVER_NOW = { provision: { period: { end: '2024-05-31T00:00:00Z' } } }

describe('decisions about sharing that contradict each other (trust, section 2)', () => {
  test.each<[title: string, decisions: readonly Decision[], asked: number, nation?: string]>([
    ['none', [], 0],
    ['one that withholds', [NO], 0],
    ['two that withhold', [NO, { code: 'withdrawn' }], 0],
    ['two that permit', [YES, { code: 'explicit-consent' }], 0],
    ['one that permits and one that withholds', [YES, NO], 1],
    ['three, of which one withholds', [YES, NO, { code: 'explicit-consent' }], 1],
    ['one of the two is inactive', [YES, { ...NO, status: 'inactive' }], 0],
    ['one of the two is a draft', [YES, { ...NO, status: 'draft' }], 0],
    ['one of the two is over', [YES, { ...NO, ...OVER_NOW }], 0],
    [
      'one is not known to permit, for a modifier extension',
      [YES, { ...YES, modifierExtension: [{ url: 'urn:x' }] }],
      1,
    ],
    ['what permits in Scotland alone, in Scotland', [YES, { code: 'explicit-consent' }], 0, 'GB-SCT'],
    ['what permits in Scotland alone, in Wales', [YES, { code: 'explicit-consent' }], 1, 'GB-WLS'],
  ])('%s', (...[_title, decisions, asked, nation]) => {
    const tasks = tasksOf(decisions, [], nation)
    expect(said(tasks)).toEqual(Array.from({ length: asked }, () => 'requested Consent/sharing-0'))
    for (const task of tasks) {
      expect(faultsOf(task)).toEqual([])
      expect(isOwnTaskId(task.id ?? '')).toBe(true)
      expect(task.owner?.identifier?.value).toBe('ZZ901')
      expect(task.for?.reference).toBe('Patient/person')
      expect(task.input?.map(({ valueReference }) => valueReference?.reference)).toEqual(
        decisions.map((_decision, index) => `Consent/sharing-${index}`),
      )
    }
  })

  const stored = (task: Task | undefined, more: Partial<Task> = {}): Task => ({
    ...(task as Task),
    meta: { lastUpdated: '2024-03-01T00:00:00Z' },
    ...more,
  })
  const asked = tasksOf([YES, NO])

  test('are asked about once, whoever works on it', () => {
    expect(tasksOf([YES, NO], [stored(asked[0])])).toEqual([])
    expect(tasksOf([YES, NO], [stored(asked[0], { status: 'in-progress' })])).toEqual([])
  })

  test.each<[string, readonly Decision[]]>([
    ['one is made inactive', [YES, { ...NO, status: 'inactive' }]],
    ['one says something else', [YES, YES]],
    ['one is over', [YES, { ...NO, ...OVER_NOW }]],
  ])('and no longer when %s', (_title, decisions) => {
    const over = tasksOf(decisions, [stored(asked[0])])
    expect(said(over)).toEqual(['completed Consent/sharing-0'])
    expect(over[0]?.id).toBe(asked[0]?.id)
    for (const task of over) expect(faultsOf(task)).toEqual([])
  })

  test('of others the earlier question is over, and the new one is asked', () => {
    const tasks = tasksOf([{ ...YES, status: 'inactive' }, NO, YES], [stored(asked[0])])
    expect(said(tasks)).toEqual(['completed Consent/sharing-0', 'requested Consent/sharing-1'])
  })

  test('what somebody ended stays ended until a decision changes, and then is asked again', () => {
    const rejected = stored(asked[0], { status: 'rejected', statusReason: { text: 'They know.' } })
    expect(tasksOf([YES, NO], [rejected])).toEqual([])
    expect(tasksOf([YES], [rejected])).toEqual([])
    const later = { ...NO, changed: '2024-05-01T00:00:00Z' }
    expect(said(tasksOf([YES, later], [rejected]))).toEqual(['requested Consent/sharing-0'])
  })
})
