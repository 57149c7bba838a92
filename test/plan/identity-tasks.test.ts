import { describe, expect, test } from '@jest/globals'
import type { Patient, Task } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { identityTasks } from '../../src/plan/identity-tasks.ts'
import { personRecord } from '../../src/plan/person.ts'
import { isOwnTaskId, planTask } from '../../src/plan/task.ts'
import { faultsOf } from '../profiles/conformance.ts'

const OWNER = 'ZZ901'
const now = new Date('2026-06-01T12:00:00Z')
const CHI = { system: IDENTIFIER_SYSTEM.chi, value: '1203411049' }
const NHS = { system: IDENTIFIER_SYSTEM.nhsNumber, value: '9000000009' }

const before: Patient = {
  resourceType: 'Patient',
  id: 'person',
  identifier: [CHI, { system: 'https://example.org/local', value: '1' }],
  name: [{ use: 'official', family: 'Testperson', given: ['Margaret'] }],
  birthDate: '1941-03-12',
  address: [{ line: ['1 Synthetic Street'] }],
}

const asked = (
  change: Partial<Patient>,
  { by = 'ZZ904', held = [], earlier = before }: { by?: string | undefined; held?: Task[]; earlier?: Patient } = {},
): Task[] =>
  identityTasks(personRecord({ ...earlier, ...change }, held), {
    owner: OWNER,
    now,
    before: personRecord(earlier, held),
    by,
  })

const elementsOf = ([task, ...others]: readonly Task[]): readonly (string | undefined)[] => {
  expect(others).toEqual([])
  return (task?.input ?? []).map(({ valueString }) => valueString)
}

describe('what another organisation changes of who a person is', () => {
  test.each<[what: string, change: Partial<Patient>, elements: string[]]>([
    ['that they have died', { deceasedBoolean: true }, ['Patient.deceased']],
    ['that they died then', { deceasedDateTime: '2026-05-30' }, ['Patient.deceased']],
    ['the date of birth', { birthDate: '1941-03-21' }, ['Patient.birthDate']],
    ['a number', { identifier: [{ ...CHI, value: '0101011237' }] }, ['Patient.identifier']],
    ['a number more', { identifier: [CHI, NHS] }, ['Patient.identifier']],
    ['a number that is old now', { identifier: [{ ...CHI, use: 'old' }] }, ['Patient.identifier']],
    ['none any more', { identifier: [] }, ['Patient.identifier']],
    ['the name', { name: [{ family: 'Another', given: ['X'] }] }, ['Patient.name']],
    ['the name, where it is a text alone', { name: [{ text: 'Another Name' }] }, ['Patient.name']],
    ['several of these', { birthDate: '1999-01-01', deceasedBoolean: true }, ['Patient.birthDate', 'Patient.deceased']],
  ])('is asked about: %s', (_what, change, elements) => {
    const tasks = asked(change)
    expect(elementsOf(tasks)).toEqual(elements)
    const [task] = tasks
    expect([task?.status, task?.focus?.reference, task?.owner?.identifier?.value]).toEqual([
      'requested',
      'Patient/person',
      OWNER,
    ])
    expect([task?.requester?.identifier?.value, isOwnTaskId(task?.id ?? '')]).toEqual(['ZZ904', true])
    // Who asks is told which element, and nothing of what it was or is.
    for (const value of ['1203411049', '0101011237', 'Testperson', '1941', '1999'])
      expect(JSON.stringify(tasks)).not.toContain(value)
    expect(faultsOf(task as Task)).toEqual([])
  })

  test('a death that is taken back is asked about', () => {
    const dead = { ...before, deceasedBoolean: true }
    expect(elementsOf(asked({ deceasedBoolean: false }, { earlier: dead }))).toEqual(['Patient.deceased'])
  })

  test.each<[what: string, change: Partial<Patient>]>([
    ['an address', { address: [{ line: ['2 Synthetic Street'] }] }],
    ['a local number', { identifier: [CHI] }],
    ['the order of numbers', { identifier: [...(before.identifier ?? [])].reverse() }],
    ['the case and spacing of the name', { name: [{ use: 'official', family: 'TESTPERSON', given: ['Margaret '] }] }],
    [
      'a title, and the name as one text',
      { name: [{ ...before.name?.[0], prefix: ['Dr'], text: 'Dr Margaret Testperson' }] },
    ],
    ['a name of old', { name: [...(before.name ?? []), { use: 'old', family: 'Maidenname' }] }],
    ['that they have not died', { deceasedBoolean: false }],
  ])('is not: %s', (_what, change) => {
    expect(asked(change)).toEqual([])
  })

  test('nor what the custodian changes, nor the service itself', () => {
    expect(asked({ deceasedBoolean: true }, { by: OWNER })).toEqual([])
    const after = personRecord({ ...before, deceasedBoolean: true }, [])
    expect(identityTasks(after, { owner: OWNER, now, before: personRecord(before, []) })).toEqual([])
    expect(identityTasks(after, { owner: OWNER, now, before: undefined, by: 'ZZ904' })).toEqual([])
  })

  test('nor a death of which the custodian is told by the Task to contact the bereaved', () => {
    const bereavement = planTask({ id: 'b', code: 'bereavement', patient: 'Patient/person', owner: OWNER, now })
    expect(asked({ deceasedBoolean: true }, { held: [bereavement] })).toEqual([])
    expect(elementsOf(asked({ deceasedBoolean: true, birthDate: '1999-01-01' }, { held: [bereavement] }))).toEqual([
      'Patient.birthDate',
    ])
    // Of a Task that asks somebody else the custodian knows nothing.
    const theirs = planTask({ id: 'b', code: 'bereavement', patient: 'Patient/person', owner: 'ZZ904', now })
    expect(elementsOf(asked({ deceasedBoolean: true }, { held: [theirs] }))).toEqual(['Patient.deceased'])
  })

  test('one Task for a person: more of it comes to the one that is open, and one that is over is asked again', () => {
    const [first] = asked({ deceasedBoolean: true })
    const [second] = asked({ birthDate: '1999-01-01' }, { held: [first as Task], by: 'ZZ902' })
    expect([second?.id, elementsOf([second as Task]), second?.requester?.identifier?.value]).toEqual([
      first?.id,
      ['Patient.birthDate', 'Patient.deceased'],
      'ZZ902',
    ])
    const over: Task = { ...(second as Task), status: 'completed' }
    const [again] = asked({ identifier: [] }, { held: [over] })
    expect([again?.id, again?.status, elementsOf([again as Task])]).toEqual([
      first?.id,
      'requested',
      ['Patient.identifier'],
    ])
  })
})
