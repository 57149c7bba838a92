import { describe, expect, test } from '@jest/globals'
import type { Consent, FhirResource, Task } from 'fhir/r4.js'
import { EXTENSION, type PlanTaskCode, PROFILE } from '../../src/plan/codes.ts'
import { summaryDocument } from '../../src/plan/summary/document.ts'
import { readPerson } from '../../src/plan/summary/reading.ts'
import { planToShow, respectDocument } from '../../src/plan/summary/respect-document.ts'
import { PLAN_TASK, planTask } from '../../src/plan/task.ts'
import { departures } from './conformance.ts'
import { fixturePerson, people } from './fixture-person.ts'

const AT = { now: new Date('2026-03-20T10:00:00Z'), sequence: 1, epoch: 1 }

const taskOf = (code: PlanTaskCode): Task =>
  planTask({ id: 't', code, patient: 'Patient/1', focus: 'CarePlan/1', owner: 'ZZ901', now: AT.now })

const claims = (resource: FhirResource): readonly string[] => resource.meta?.profile ?? []

describe('what is captured and composed conforms to the profiles that it claims', () => {
  test.each(people)('every resource of the person and of the plans from their forms: %s', (file) => {
    const resources = [...fixturePerson(file).resources.values()].filter((resource) => claims(resource).length > 0)
    expect(resources.length).toBeGreaterThan(0)
    const faults = resources.flatMap((resource) =>
      claims(resource).flatMap((profile) =>
        departures(resource, profile).map((fault) => `${resource.resourceType}: ${fault}`),
      ),
    )
    expect(faults).toEqual([])
  })

  test.each(people)('the Composition of the Key Information Summary: %s', (file) => {
    const document = summaryDocument(readPerson(fixturePerson(file), AT.now), AT)
    const composition = document.entry?.[0]?.resource as FhirResource
    expect(claims(composition)).toEqual([PROFILE.summary])
    expect(departures(composition, PROFILE.summary)).toEqual([])
  })

  test.each(people)('the Composition of the emergency care plan as a document: %s', (file) => {
    const person = fixturePerson(file)
    const plan = planToShow(person)
    if (plan === undefined) throw new Error('The person of this test has no emergency care plan in force.')
    const composition = respectDocument(person, plan, AT.now).entry?.[0]?.resource as FhirResource
    expect(claims(composition)).toEqual([PROFILE.respectDocument])
    expect(departures(composition, PROFILE.respectDocument)).toEqual([])
  })

  test.each(Object.keys(PLAN_TASK) as PlanTaskCode[])('a task that is asked for: %s', (code) => {
    const task = taskOf(code)
    expect(claims(task)).toEqual([PROFILE.task])
    expect(departures(task, PROFILE.task)).toEqual([])
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

describe('what does not conform is noticed', () => {
  const sound: Consent = {
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }] },
    category: [
      {
        coding: [
          { system: 'https://keyplan.example/fhir/CodeSystem/consent-category', code: 'emergency-recommendation' },
        ],
      },
    ],
    patient: { reference: 'Patient/1' },
    dateTime: '2026-03-01',
    extension: [{ url: EXTENSION.recommendation, valueCode: 'unknown' }],
    provision: { provision: [{ code: [{ coding: [{ system: 'http://snomed.info/sct', code: '89666000' }] }] }] },
  }

  test('a sound recommendation conforms', () => {
    expect(departures(sound, PROFILE.recommendation)).toEqual([])
  })

  test.each<[string, Partial<Consent>, string]>([
    [
      'a decision on the root rule',
      { provision: { ...sound.provision, type: 'permit' } },
      'Consent.provision.type: 1 times',
    ],
    ['no recommendation', { extension: [] }, 'Consent.extension:recommendation: missing'],
    [
      'a code that is not one',
      { extension: [{ url: EXTENSION.recommendation, valueCode: 'maybe' }] },
      'Extension.value[x]: none of the bound codes',
    ],
    [
      'an extension of another resource',
      { extension: [...(sound.extension ?? []), { url: EXTENSION.importance, valueInteger: 3 }] },
      `${EXTENSION.importance}: not on Consent`,
    ],
    [
      'two interventions in one',
      { provision: { provision: [...(sound.provision?.provision ?? []), ...(sound.provision?.provision ?? [])] } },
      'Consent.provision.provision: 2 times',
    ],
    ['no category', { category: [{ text: 'Emergency' }] }, 'Consent.category:recommendation: 0 times'],
    [
      'permit that nothing recommends',
      { provision: { provision: [{ ...sound.provision?.provision?.[0], type: 'permit' }] } },
      'recommendation-1',
    ],
  ])('%s', (_name, change, fault) => {
    expect(departures({ ...sound, ...change }, PROFILE.recommendation)).toContain(fault)
  })

  test.each<[string, Partial<Task>, string]>([
    ['a task for nobody and about no system', { for: undefined as never }, 'task-4'],
    ['a task that nobody must see to', { owner: undefined as never }, 'Task.owner: 0 times'],
    ['a task that is a proposal', { intent: 'proposal' }, 'Task.intent: other code'],
    ['a task that says not what to do', { description: undefined as never }, 'Task.description: 0 times'],
    ['a task of another kind', { code: { text: 'Ring the GP' } }, 'Task.code: none of the bound codes'],
    ['a task of no known day', { authoredOn: undefined as never }, 'Task.authoredOn: 0 times'],
    ['a review of no plan', { focus: { reference: 'Patient/1' } }, 'task-1'],
    ['a refused task without the reason', { status: 'rejected' }, 'task-2'],
    ['an owner by name alone', { owner: { display: 'The practice' } }, 'task-3'],
  ])('%s', (_name, change, fault) => {
    const task = JSON.parse(JSON.stringify({ ...taskOf('review-due'), ...change })) as Task
    expect(departures(task, PROFILE.task)).toContain(fault)
  })
})
