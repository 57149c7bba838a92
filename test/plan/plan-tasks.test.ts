import { describe, expect, test } from '@jest/globals'
import type { FhirResource, Task } from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { planTasks } from '../../src/plan/plan-tasks.ts'
import { isOwnTaskId } from '../../src/plan/task.ts'
import { faultsOf } from '../profiles/conformance.ts'
import { type Form, recordOf } from './support/form.ts'
import { type Changes, changed } from './support/set.ts'

const AT = { owner: 'ZZ901', now: new Date('2024-06-01T12:00:00Z') }
const UNENDORSED: Partial<Form> = { signatures: [{ senior: false }] }
const COPIED: Changes = { 'CarePlan/plan extension[3]': { url: EXTENSION.recordSource, valueCode: 'transcribed' } }
const CONFIRMED: Changes = {
  'Provenance/review': {
    target: [{ reference: 'CarePlan/plan/_history/1' }],
    recorded: '2024-05-02T10:00:00Z',
    agent: [
      {
        type: { coding: [{ system: SYSTEM.provenanceAgent, code: 'reviewer' }] },
        who: { identifier: { system: 'https://fhir.hl7.org.uk/Id/gmc-number', value: '0000001' } },
      },
    ],
  },
}

type Made = Readonly<{ form?: Partial<Form>; set?: Changes; held?: readonly Task[]; about?: string }>

const tasksOf = ({ form, set, held = [], about = 'CarePlan/plan' }: Made): Task[] => {
  const person = changed(recordOf(form), {
    ...set,
    ...Object.fromEntries(held.map(({ resourceType, id, ...task }) => [`${resourceType}/${id}`, task])),
  })
  return planTasks(person, [person.resources.get(about as 'CarePlan/plan') as FhirResource], AT)
}

const codes = (tasks: readonly Task[]) => tasks.map(({ code, status }) => `${code?.coding?.[0]?.code} ${status}`)

describe('what a plan in force asks of somebody (RSP-10; copies from paper)', () => {
  test.each<[string, Made, string[]]>([
    ['a plan that the senior responsible clinician signed: nothing', {}, []],
    ['one that another clinician signed: an endorsement', { form: UNENDORSED }, ['endorsement-due requested']],
    ['one that was copied from paper: a comparison with it', { set: COPIED }, ['confirm-transcription requested']],
    ['both', { form: UNENDORSED, set: COPIED }, ['endorsement-due requested', 'confirm-transcription requested']],
    ['a copy that a clinician confirmed: nothing', { set: { ...COPIED, ...CONFIRMED } }, []],
    ['a draft: nothing', { form: { ...UNENDORSED, status: 'draft' }, set: COPIED }, []],
    ['what matters to the person: no endorsement', { form: { type: 'what-matters', signatures: [] } }, []],
    ['a change of something else: nothing', { form: UNENDORSED, about: 'Consent/cpr' }, []],
    [
      'a signature of it: what the plan asks for',
      { form: UNENDORSED, about: 'Provenance/signature-0' },
      ['endorsement-due requested'],
    ],
  ])('%s', (_title, made, expected) => {
    const tasks = tasksOf(made)
    expect(codes(tasks)).toEqual(expected)
    for (const task of tasks) {
      expect(faultsOf(task)).toEqual([])
      expect(isOwnTaskId(task.id ?? '')).toBe(true)
      expect(task).toMatchObject({ focus: { reference: 'CarePlan/plan' }, for: { reference: 'Patient/person' } })
      expect(task.owner?.identifier?.value).toBe('ZZ901')
    }
  })

  const held = tasksOf({ form: UNENDORSED, set: COPIED })

  test('what is asked for already is not asked for again', () => {
    expect(tasksOf({ form: UNENDORSED, set: COPIED, held })).toEqual([])
  })

  test('an endorsement and a confirmation complete what was asked for', () => {
    const set = { ...COPIED, ...CONFIRMED }
    expect(codes(tasksOf({ set, held }))).toEqual(['endorsement-due completed', 'confirm-transcription completed'])
  })

  test('the end of the plan cancels it, and says why', () => {
    const tasks = tasksOf({ form: { ...UNENDORSED, status: 'revoked' }, set: COPIED, held })
    expect(codes(tasks)).toEqual(['endorsement-due cancelled', 'confirm-transcription cancelled'])
    for (const task of tasks) expect(faultsOf(task)).toEqual([])
  })

  test.each<Task['status']>(['completed', 'rejected', 'failed', 'cancelled', 'entered-in-error'])(
    'a Task that somebody ended stays as it is, asked for or not: %s',
    (status) => {
      const over = held.map((task) => ({ ...task, status }))
      expect(tasksOf({ form: UNENDORSED, set: COPIED, held: over })).toEqual([])
      expect(tasksOf({ held: over })).toEqual([])
    },
  )
})
