import type { HumanName, Patient, Task } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, PERSON_SYSTEMS } from '../fhir/identifier.ts'
import { resourceKey } from '../fhir/resource.ts'
import { SYSTEM } from './codes.ts'
import { codeIn, ofType, type PersonRecord } from './person.ts'
import { shownName } from './summary/people.ts'
import { byOdsCode, type Committing, isOver, planTask, planTaskId } from './task.ts'

const CODE = 'identity-review'

/** A number of old names nobody now. */
const numbers = ({ identifier = [] }: Patient): string =>
  JSON.stringify(
    identifier
      .filter(({ system = '', use }) => use !== 'old' && PERSON_SYSTEMS.includes(system))
      .map(({ system, value }) => [system, value].join('|'))
      .sort(),
  )

/** A name without title and the like, which nobody is told from others by. */
const plain = ({ prefix: _prefix, suffix: _suffix, text, ...name }: HumanName): HumanName =>
  name.family === undefined && name.given === undefined && text !== undefined ? { ...name, text } : name

/** The name that is shown, whatever its title, case and spacing. */
const name = (patient: Patient): string | undefined =>
  shownName(patient.name?.map(plain))?.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

const hasDied = ({ deceasedBoolean, deceasedDateTime }: Patient): boolean =>
  deceasedBoolean === true || deceasedDateTime !== undefined

/** What a person is known by to those who come to them, as FHIRPath: where one of these is wrong, a crew has the wrong person, or none. */
const KNOWN_BY: readonly (readonly [path: string, value: (patient: Patient) => unknown])[] = [
  ['Patient.identifier', numbers],
  ['Patient.name', name],
  ['Patient.birthDate', ({ birthDate }) => birthDate],
  ['Patient.deceased', hasDied],
]

/** Whether a Task asks this organisation (ODS code) to contact the bereaved. */
const isBereavement = (task: Task, owner: string): boolean =>
  codeIn(task.code, SYSTEM.planTask) === 'bereavement' &&
  !isOver(task) &&
  task.owner?.identifier?.system === IDENTIFIER_SYSTEM.odsCode &&
  task.owner.identifier.value === owner

const changedOf = (person: PersonRecord, before: PersonRecord, owner: string): string[] =>
  KNOWN_BY.filter(([, value]) => value(before.patient) !== value(person.patient))
    .map(([path]) => path)
    // Who is asked to contact the bereaved knows.
    .filter(
      (path) =>
        path !== 'Patient.deceased' ||
        !hasDied(person.patient) ||
        !ofType(person, 'Task').some((task) => isBereavement(task, owner)),
    )

/**
 * What is to be written so that the custodian is asked whether it is right, where somebody else changed what crews know a person by. One Task for a
 * person, which names the elements and no value of them: while it is open more of them come to it, and once it is over it is asked again.
 */
export const identityTasks = (person: PersonRecord, { owner, now, before, by }: Committing): Task[] => {
  if (before === undefined || by === undefined || by === owner) return []
  const changed = changedOf(person, before, owner)
  if (changed.length === 0) return []
  const patient = resourceKey(person.patient)
  const id = planTaskId(CODE, patient)
  const held = person.resources.get(`Task/${id}`) as Task | undefined
  const open = held === undefined || isOver(held) ? undefined : held
  const asked = (open?.input ?? []).flatMap(({ valueString }) => valueString ?? [])
  const elements = KNOWN_BY.map(([path]) => path).filter((path) => asked.includes(path) || changed.includes(path))
  const task = open ?? planTask({ id, code: CODE, patient, focus: patient, owner, now })
  return [
    {
      ...task,
      ...(open === undefined ? {} : { lastModified: now.toISOString() }),
      ...(by === '' ? {} : { requester: byOdsCode(by) }),
      input: elements.map((path) => ({ type: { text: 'element' }, valueString: path })),
    },
  ]
}
