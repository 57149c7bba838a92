import { describe, expect, test } from '@jest/globals'
import type { Task } from 'fhir/r4.js'
import { type Alarm, type AlarmTask, alarmChanges, alarmId } from '../../src/plan/alarm.ts'
import { faultsOf } from '../profiles/conformance.ts'

const NOW = new Date('2026-03-20T10:00:00.000Z')

const alarm = (more: Partial<Alarm> = {}): Alarm => ({
  code: 'sharing-withdrawal-unacknowledged',
  recipient: 'ambulance',
  patient: 'p1',
  custodian: 'ZZ901',
  since: '2026-03-20T09:50:00.000Z',
  isLong: false,
  ...more,
})

const stored = (task: Task, lastUpdated = '2026-03-20T09:55:00.000Z'): AlarmTask => ({ task, version: 3, lastUpdated })
const raised = (of: Alarm): Task => alarmChanges([of], [], NOW)[0]?.task as Task

describe('an alarm is one Task', () => {
  test.each<[string, Partial<Alarm>, string, string | undefined]>([
    ['a withdrawal, for who registered the person', {}, 'stat', undefined],
    ['a copy that is out of date', { code: 'sharing-out-of-step' }, 'urgent', undefined],
    ['one that has failed for a week', { code: 'sharing-out-of-step', isLong: true }, 'asap', undefined],
    ['what was given up, for the operator', { code: 'parked-delivery' }, 'urgent', 'Organization/keyplan-operator'],
    ['a whole recipient', { patient: undefined, custodian: undefined }, 'stat', 'Organization/keyplan-operator'],
    [
      'one that is ahead',
      { code: 'recipient-ahead', patient: undefined, custodian: undefined },
      'asap',
      'Organization/keyplan-operator',
    ],
  ])('%s', (_name, more, priority, owner) => {
    const task = raised(alarm(more))
    expect(faultsOf(task)).toEqual([])
    expect([task.status, task.priority, task.owner?.reference]).toEqual(['requested', priority, owner])
    expect(task.input?.[0]?.valueReference).toEqual({ reference: 'Endpoint/ambulance' })
    expect(JSON.stringify(task)).not.toMatch(/CPR|resuscitation/i)
  })

  test.each<[Alarm['code'], string]>([
    ['audit-not-sealed', 'urgent'],
    ['audit-contradicted', 'asap'],
  ])('%s: about no person and no recipient, for the operator', (code, priority) => {
    const task = raised(alarm({ code, recipient: undefined, patient: undefined, custodian: undefined }))
    expect(faultsOf(task)).toEqual([])
    expect([task.status, task.priority, task.owner?.reference]).toEqual([
      'requested',
      priority,
      'Organization/keyplan-operator',
    ])
    expect([task.for, task.focus, task.input]).toEqual([undefined, undefined, undefined])
  })

  test('of an id of its own for each kind, recipient and person', () => {
    const ids = [
      {},
      { code: 'sharing-out-of-step' as const },
      { recipient: 'gp' },
      { patient: 'p2' },
      { patient: undefined },
    ].map((more) => alarmId(alarm(more)))
    expect(new Set(ids).size).toBe(5)
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9\-.]{1,64}$/)
  })

  test('that is not asked for twice, and changes only its priority while it lasts', () => {
    const open = stored(raised(alarm({ code: 'sharing-out-of-step' })))
    expect(alarmChanges([alarm({ code: 'sharing-out-of-step' })], [open], NOW)).toEqual([])
    const accepted = stored({ ...open.task, status: 'accepted' })
    const [change, ...more] = alarmChanges([alarm({ code: 'sharing-out-of-step', isLong: true })], [accepted], NOW)
    expect([change?.task.status, change?.task.priority, change?.version, more]).toEqual(['accepted', 'asap', 3, []])
  })

  test('that ends by itself when it is over, and opens again when it comes again', () => {
    const [over, ...more] = alarmChanges([], [stored(raised(alarm()))], NOW)
    expect([over?.task.status, over?.task.executionPeriod?.end, more]).toEqual(['completed', NOW.toISOString(), []])
    expect(faultsOf(over?.task as Task)).toEqual([])
    const closed = stored(over?.task as Task)
    expect(alarmChanges([], [closed], NOW)).toEqual([])
    const [again] = alarmChanges([alarm()], [closed], NOW)
    expect([again?.task.id, again?.task.status, again?.version]).toEqual([closed.task.id, 'requested', 3])
  })

  test('that somebody closed is left alone, until the thing comes again', () => {
    const closed = stored({ ...raised(alarm()), status: 'rejected', statusReason: { text: 'Told them by phone' } })
    expect(alarmChanges([alarm()], [closed], NOW)).toEqual([])
    expect(alarmChanges([], [closed], NOW)).toEqual([])
    const later = alarm({ since: '2026-03-20T09:57:00.000Z' })
    expect(alarmChanges([later], [closed], NOW)[0]?.task.status).toBe('requested')
  })
})
