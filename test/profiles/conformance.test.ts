import { describe, expect, test } from '@jest/globals'
import type { FhirResource, Task } from 'fhir/r4.js'
import { type PlanTaskCode, PROFILE } from '../../src/plan/codes.ts'
import { summaryDocument } from '../../src/plan/summary/document.ts'
import { readPerson } from '../../src/plan/summary/reading.ts'
import { planToShow, respectDocument } from '../../src/plan/summary/respect-document.ts'
import { summaryFor } from '../../src/plan/summary/roles.ts'
import { PLAN_TASK, planTask } from '../../src/plan/task.ts'
import { faultsOf } from './conformance.ts'
import { fixturePerson, people } from './fixture-person.ts'

const AT = { now: new Date('2026-03-20T10:00:00Z'), sequence: 1, epoch: 1 }

const taskOf = (code: PlanTaskCode): Task =>
  planTask({ id: 't', code, patient: 'Patient/1', focus: 'CarePlan/1', owner: 'ZZ901', now: AT.now })

/** Each with sections or an order of its own, and one that the table of roles does not know. */
const ROLES = [
  'ambulance',
  'out-of-hours',
  'gp-practice',
  'hospital',
  'community-nurse',
  'social-care',
  'community-pharmacy',
  'x',
]

const claims = (resource: FhirResource): readonly string[] => resource.meta?.profile ?? []

describe('what is captured and composed conforms to the profiles that it claims', () => {
  test.each(people)('every resource of the person and of the plans from their forms: %s', (file) => {
    const resources = [...fixturePerson(file).resources.values()].filter((resource) => claims(resource).length > 0)
    expect(resources.length).toBeGreaterThan(0)
    expect(resources.flatMap(faultsOf)).toEqual([])
  })

  test.each(people)('the Composition of the Key Information Summary: %s', (file) => {
    const document = summaryDocument(readPerson(fixturePerson(file), AT.now), AT)
    const composition = document.entry?.[0]?.resource as FhirResource
    expect(claims(composition)).toEqual([PROFILE.summary])
    expect(faultsOf(composition)).toEqual([])
  })

  test.each(ROLES)('the Key Information Summary as it is fitted to a role: %s', (role) => {
    const document = summaryFor(role, summaryDocument(readPerson(fixturePerson('margaret.json'), AT.now), AT))
    expect(faultsOf(document.entry?.[0]?.resource)).toEqual([])
  })

  test.each(people)('the Composition of the emergency care plan as a document: %s', (file) => {
    const person = fixturePerson(file)
    const plan = planToShow(person)
    if (plan === undefined) throw new Error('The person of this test has no emergency care plan in force.')
    const composition = respectDocument(person, plan, AT.now).entry?.[0]?.resource as FhirResource
    expect(claims(composition)).toEqual([PROFILE.respectDocument])
    expect(faultsOf(composition)).toEqual([])
  })

  test.each(Object.keys(PLAN_TASK) as PlanTaskCode[])('a task that is asked for: %s', (code) => {
    const task = taskOf(code)
    expect(claims(task)).toEqual([PROFILE.task])
    expect(faultsOf(task)).toEqual([])
  })

  test('the profiles that the forms are captured in are all met', () => {
    const met = new Set(people.flatMap((file) => [...fixturePerson(file).resources.values()].flatMap(claims)))
    const captured = [
      PROFILE.patient,
      PROFILE.carePlan,
      PROFILE.goal,
      PROFILE.recommendation,
      PROFILE.proxy,
      PROFILE.sharing,
      PROFILE.place,
      PROFILE.capacity,
      PROFILE.contact,
      PROFILE.provenance,
      PROFILE.keyInformation,
      PROFILE.medicine,
    ]
    expect([...met].toSorted()).toEqual(captured.toSorted())
  })
})
