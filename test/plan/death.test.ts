import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CarePlan, CodeableConcept, Observation, Patient, Task } from 'fhir/r4.js'
import { isError } from '../../src/fhir/outcome.ts'
import { resourceKey } from '../../src/fhir/resource.ts'
import { OBSERVATION } from '../../src/plan/codes.ts'
import { completeAfterDeath, deathIssues } from '../../src/plan/death.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { checkPerson } from '../../src/plan/rules/index.ts'
import { faultsOf } from '../profiles/conformance.ts'
import { recordOf } from './support/form.ts'
import { frozen } from './support/submission.ts'

type Case = {
  title: string
  before?: Partial<Patient>
  death: { died?: string; place?: CodeableConcept }
  patient?: Partial<Patient>
  place?: string
  keys: string[]
}
const cases = JSON.parse(readFileSync(new URL('./death.json', import.meta.url), 'utf8')) as Case[]
const now = new Date('2024-06-01T12:00:00Z')

const whatIsKnown = ({ died, place }: Case['death']) => ({ died, place })

const complete = (record: PersonRecord, death: Case['death']) => {
  let count = 0
  return completeAfterDeath(frozen(record), record.resources.get('CarePlan/plan') as CarePlan, {
    text: 'Died at home.',
    death: whatIsKnown(death),
    owner: 'ZZ901',
    now,
    newId: () => `new-${++count}`,
  })
}

describe('the death of a person with a plan', () => {
  test.each(cases)('$title', ({ before, death, patient, place, keys }) => {
    const made = recordOf({})
    const record = personRecord({ ...made.patient, ...before }, [...made.resources.values()].slice(1))
    expect(deathIssues(record.patient, whatIsKnown(death), now).map(({ key }) => key)).toEqual(keys)
    if (keys.length > 0) return
    const written = complete(record, death)
    const { deceasedBoolean, deceasedDateTime } = written.find(
      (resource): resource is Patient => resource.resourceType === 'Patient',
    ) as Patient
    expect({
      ...(deceasedBoolean === undefined ? {} : { deceasedBoolean }),
      ...(deceasedDateTime === undefined ? {} : { deceasedDateTime }),
    }).toEqual(patient)
    const places = written.filter(
      (resource): resource is Observation =>
        resource.resourceType === 'Observation' &&
        resource.code.coding?.[0]?.code === OBSERVATION.actualPlaceOfDeath.code,
    )
    expect(places.map(({ valueCodeableConcept }) => valueCodeableConcept?.text)).toEqual(
      place === undefined ? [] : [place],
    )
  })

  test('completes the plan, asks the owner to contact the bereaved, and keeps every rule', () => {
    const record = recordOf({})
    const written = complete(record, { died: '2024-05-30' })
    expect(written[0]).toMatchObject({ resourceType: 'CarePlan', status: 'completed' })
    const task = written.find((resource): resource is Task => resource.resourceType === 'Task') as Task
    expect(faultsOf(task)).toEqual([])
    expect(task).toMatchObject({
      status: 'requested',
      for: { reference: resourceKey(record.patient) },
      owner: { identifier: { value: 'ZZ901' } },
    })
    const patient = written.find((resource): resource is Patient => resource.resourceType === 'Patient') as Patient
    const after = personRecord(patient, [...record.resources.values(), ...written])
    expect(checkPerson(after, { before: record, now }).filter(isError)).toEqual([])
  })
})
