import { createHash } from 'node:crypto'
import type { CarePlan, CareTeam, FhirResource, Identifier, Organization, Patient, Task } from 'fhir/r4.js'
import { extractPlan } from '../../src/api/operations/captured.ts'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { planTask } from '../../src/plan/task.ts'
import { PERSON, RESPECT, WHAT_MATTERS } from '../people.ts'
import { about } from '../seeds.ts'
import { type Random, randomOf } from './random.ts'

/** What a person's resources are found by. */
export type Known = Readonly<{
  patientId: string
  planId: string
  identifier: string
  family: string
  birthDate: string
  practiceId: string
}>

/** A synthetic person with a record, and when each of its resources was last changed. */
export type Person = Readonly<{
  known: Known
  /** ODS code of the organisation that registered the person. */
  custodian: string
  sharing: 'permitted' | 'withheld'
  resources: readonly Readonly<{ resource: FhirResource; at: Date }>[]
}>

/** Persons with a plan at one GP practice: a practice's open tasks do not grow with how many practices there are. */
const PERSONS_OF_PRACTICE = 200

const DAY = 86_400_000
/** The first person was registered then, and one more every ten minutes. */
const FIRST = Date.UTC(2024, 0, 1)
const APART = 600_000
const BORN = Date.UTC(1930, 0, 1)
const DAYS_OF_BIRTH = 25_000

const SUBJECT = 'urn:uuid:3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10'
/** When the later conversation of the template took place. */
const LATER = '2026-02-03'
/** Of each type of the template no more than so many in one conversation: a record of some twenty resources. */
const MOST: Readonly<Record<string, number>> = { Consent: 4, Goal: 3, RelatedPerson: 1 }

type Template = Readonly<{ type: string; fullUrl: string; resource: FhirResource }>

const template: readonly Template[] = [RESPECT, WHAT_MATTERS].flatMap((response) => {
  const counts = new Map<string, number>()
  const entries = extractPlan(about(response, SUBJECT)).map(({ fullUrl = '', resource }) => ({
    type: resource.resourceType,
    fullUrl,
    resource,
  }))
  const left = entries.filter(({ type }) => {
    const count = (counts.get(type) ?? 0) + 1
    counts.set(type, count)
    return count > (MOST[type] ?? count)
  })
  return entries
    .filter((entry) => !left.includes(entry))
    .map((entry) => ({
      ...entry,
      resource: without(
        entry.resource,
        left.map(({ fullUrl }) => fullUrl),
      ) as FhirResource,
    }))
})

/** A value without those members of its lists that refer to what was left out, or consist of such a reference. */
function without(value: unknown, urls: readonly string[]): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((one) => !urls.some((url) => JSON.stringify(one).includes(url)))
      .map((one) => without(one, urls))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, without(one, urls)]))
}

/** The template as a text, cut where each person has something else. */
const PARTS = JSON.stringify(template.map(({ resource }) => resource)).split(
  /(urn:uuid:[0-9a-f-]{36}|2026-\d\d-\d\d|Testperson)/,
)
const INDEX = new Map([SUBJECT, ...template.map(({ fullUrl }) => fullUrl)].map((url, index) => [url, index]))
const REFERENCE = [['Patient', SUBJECT], ...template.map(({ type, fullUrl }) => [type, fullUrl])]

const FAMILIES = 4_000
const SYLLABLES = [
  'Ab',
  'Bel',
  'Cor',
  'Dun',
  'Eri',
  'Fal',
  'Gar',
  'Hol',
  'Inver',
  'Kil',
  'Lin',
  'Mor',
  'Nor',
  'Pen',
  'Ros',
  'Strath',
]
const GIVEN = ['Agnes', 'Brian', 'Catriona', 'Duncan', 'Elspeth', 'Fraser', 'Grace', 'Hamish', 'Isla', 'James']

/** Few names are very common, and most are rare. */
const familyOf = (random: Random): string => {
  let rank = Math.floor(FAMILIES ** random())
  let name = ''
  for (; rank > 0; rank = Math.floor(rank / SYLLABLES.length)) name += SYLLABLES[rank % SYLLABLES.length]?.toLowerCase()
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}test`
}

/** An id as KeyPlan makes them: those that were made later stand after those made before. */
const idOf = (at: number, key: string): string => {
  const hex = at.toString(16).padStart(12, '0') + createHash('sha256').update(key).digest('hex').slice(0, 18)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}

const practiceOf = (seed: number, number: number): string => {
  const practice = Math.floor(number / PERSONS_OF_PRACTICE)
  return idOf(FIRST - 1, `${seed} practice ${practice}`)
}

/** The GP practices of so many persons, in the order in which these come. */
export const practices = (seed: number, persons: number): readonly Organization[] =>
  Array.from({ length: Math.ceil(persons / PERSONS_OF_PRACTICE) }, (_, practice) => ({
    resourceType: 'Organization',
    id: practiceOf(seed, practice * PERSONS_OF_PRACTICE),
    active: true,
    identifier: [{ system: IDENTIFIER_SYSTEM.odsCode, value: odsCode(practice) }],
    name: `Test practice ${practice + 1}`,
  }))

const odsCode = (practice: number): string => `ZY${String(practice).padStart(4, '0')}`

const day = (at: number): string => new Date(at).toISOString().slice(0, 10)
const pick = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random() * values.length)] as Value
/** One of the values, each as probable as its weight says. */
const weighed = <Value extends string>(random: Random, weights: Readonly<Record<Value, number>>): Value => {
  const entries = Object.entries(weights) as [Value, number][]
  let left = random() * 100
  for (const [value, weight] of entries) {
    left -= weight
    if (left < 0) return value
  }
  return (entries[0] as [Value, number])[0]
}

/** The same person for the same seed and number, whoever else there is. */
export const personOf = (seed: number, number: number): Person => {
  const random = randomOf(`${seed} ${number}`)
  const registered = FIRST + APART * number
  const id = (index: number): string => idOf(registered + index, `${seed} ${number} ${index}`)
  const family = familyOf(random)
  const birthDate = day(BORN + DAY * Math.floor(random() * DAYS_OF_BIRTH))
  const identifier = String(9_000_000_000 + number)
  const practiceId = practiceOf(seed, number)
  const shift = Date.parse(day(registered)) - Date.parse(LATER)
  const text = PARTS.map((part, at) => {
    if (at % 2 === 0) return part
    if (part === 'Testperson') return family
    if (!part.startsWith('urn:')) return day(Date.parse(part) + shift)
    const index = INDEX.get(part)
    return index === undefined ? part : `${REFERENCE[index]?.[0]}/${id(index)}`
  }).join('')
  const extracted = (JSON.parse(text) as FhirResource[]).map((resource, index) =>
    varied(
      { ...resource, id: id(index + 1) } as FhirResource,
      { system: IDENTIFIER_SYSTEM.nhsNumber, value: identifier },
      random,
    ),
  )
  const patientId = id(0)
  const plans = extracted.filter((resource): resource is CarePlan => resource.resourceType === 'CarePlan')
  const planId = plans[0]?.id as string
  const patient: Patient = {
    ...PERSON,
    id: patientId,
    identifier: [{ system: IDENTIFIER_SYSTEM.nhsNumber, value: identifier }],
    name: [{ use: 'official', family, given: [pick(random, GIVEN), 'Synthia'] }],
    gender: pick(random, ['female', 'male']),
    birthDate,
    generalPractitioner: [{ reference: `Organization/${practiceId}` }],
  }
  const team: CareTeam = {
    resourceType: 'CareTeam',
    id: id(extracted.length + 1),
    status: 'active',
    subject: { reference: `Patient/${patientId}` },
    participant: [{ member: { reference: `Organization/${practiceId}` }, role: [{ text: 'Coordinator' }] }],
  }
  const tasks = (['endorsement-due', 'confirm-transcription'] as const).map(
    (code, index): Task => ({
      ...planTask({
        id: id(extracted.length + 2 + index),
        code,
        patient: `Patient/${patientId}`,
        focus: `CarePlan/${planId}`,
        owner: { reference: `Organization/${practiceId}` },
        now: new Date(registered + DAY * Math.floor(random() * 60)),
      }),
      status: weighed(random, { completed: 70, requested: 15, cancelled: 15 }),
    }),
  )
  return {
    known: { patientId, planId, identifier, family, birthDate, practiceId },
    custodian: odsCode(Math.floor(number / PERSONS_OF_PRACTICE)),
    sharing: random() < 0.01 ? 'withheld' : 'permitted',
    resources: [patient, ...extracted, team, ...tasks].map((resource) => ({
      resource,
      // Most was changed when it was stored, and some of it later.
      at: new Date(registered + (random() < 0.2 ? Math.floor(random() * 60 * DAY) : 0)),
    })),
  }
}

/** How far things have come with a resource, as it may be some time later. Goals name the person by number as well. */
const varied = (resource: FhirResource, identifier: Identifier, random: Random): FhirResource => {
  switch (resource.resourceType) {
    case 'CarePlan':
      return {
        ...resource,
        status: weighed(random, { active: 78, completed: 12, draft: 7, 'entered-in-error': 3 }),
      }
    case 'Consent':
      return { ...resource, status: weighed(random, { active: 90, inactive: 10 }) }
    case 'Goal':
      return {
        ...resource,
        subject: { ...resource.subject, identifier },
        lifecycleStatus: weighed(random, { active: 75, completed: 15, cancelled: 10 }),
      }
    default:
      return resource
  }
}
