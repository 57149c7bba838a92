import type { CodeableConcept, Flag, Observation, Task } from 'fhir/r4.js'
import { hasCoding } from '../fhir/identifier.ts'
import { type Issue, issue } from '../fhir/outcome.ts'
import { type FhirResource, type Resource, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import { CPR_FINDING, type Recommendation, SNOMED, SYSTEM } from './codes.ts'
import { isAfter } from './dates.ts'
import { at } from './expression.ts'
import { carriedLabel } from './marks.ts'
import { activePlan, type PersonRecord } from './person.ts'
import { type Reading, readPerson } from './summary/reading.ts'
import { type Committing, isOver, planTask, planTaskId } from './task.ts'

type Saying = Readonly<{ says: Recommendation; system: string; code: string }>

/** What other systems read as a decision about CPR: the findings that KeyPlan derives, the older and wider ones, and HL7's category. */
export const CPR_SAYINGS: readonly Saying[] = [
  ...Object.entries(CPR_FINDING).map(([says, { system, code }]) => ({ says: says as Recommendation, system, code })),
  { says: 'recommended', system: SNOMED, code: '304252001' },
  { says: 'not-recommended', system: SNOMED, code: '304253006' },
  { says: 'not-recommended', system: SYSTEM.consentCategoryHl7, code: 'dnr' },
]

/** What a concept says of CPR. */
export const sayingsIn = (concept: CodeableConcept | undefined): readonly Saying[] =>
  CPR_SAYINGS.filter(({ system, code }) => hasCoding(concept?.coding, system, code))

/** A Flag or an Observation that says, to whoever reads it by itself, whether CPR is recommended. */
export type CprStatement = Readonly<{ resource: Flag | Observation; path: 'code' | 'value'; says: Recommendation }>

const NO_OBSERVATION: readonly string[] = ['cancelled', 'entered-in-error', 'unknown']

const statementsIn = (resource: Flag | Observation): CprStatement[] => {
  const told = (path: CprStatement['path'], concept: CodeableConcept | undefined): CprStatement[] =>
    sayingsIn(concept).map(({ says }) => ({ resource, path, says }))
  if (resource.resourceType === 'Flag') return resource.status === 'active' ? told('code', resource.code) : []
  if (NO_OBSERVATION.includes(resource.status)) return []
  // That something is not so says the opposite of nothing.
  return [
    ...(resource.valueBoolean === false ? [] : told('code', resource.code)),
    ...told('value', resource.valueCodeableConcept),
  ]
}

/** What a resource that stands by itself says about CPR; nothing where it is none that does, or holds no more. */
export const cprStatements = (resource: Resource): CprStatement[] =>
  resource.resourceType === 'Flag' || resource.resourceType === 'Observation'
    ? statementsIn(resource as Flag | Observation)
    : []

/** An Observation of a day before the decision was there to decide by; a Flag holds for as long as it is active. */
const isBefore = ({ resource }: CprStatement, decided: string | undefined): boolean =>
  resource.resourceType === 'Observation' &&
  resource.effectiveDateTime !== undefined &&
  decided !== undefined &&
  isAfter(decided, resource.effectiveDateTime)

/** Whether a statement says otherwise than the recommendation about CPR in force; false where there is none. */
export const isContradicted = (statement: CprStatement, { cpr }: Pick<Reading, 'cpr'>): boolean =>
  cpr !== undefined && cpr.recommendation !== statement.says && !isBefore(statement, cpr.consent.dateTime)

/**
 * What whoever stores statements about CPR is to know: that they say otherwise than the plan in force, or that there is nothing in force about it. Crews
 * are shown the plan, and never these. `person` is the record with what is in force.
 */
export const statementIssues = (person: PersonRecord, changed: readonly FhirResource[], now: Date): Issue[] => {
  const statements = changed.flatMap(cprStatements)
  if (statements.length === 0) return []
  const reading = readPerson(person, now)
  return statements.flatMap((statement) => {
    const { resource, path, says } = statement
    const warn = (text: string): Issue =>
      issue('stated-otherwise', at(resource, path), text, { severity: 'warning', code: 'business-rule' })
    if (reading.cpr === undefined)
      return [
        warn(
          `This says that CPR is ${says}, and no plan in force recommends anything about it. Crews are not shown it: decide it with the person in a plan, by CarePlan/$submit.`,
        ),
      ]
    return isContradicted(statement, reading)
      ? [
          warn(
            `This says that CPR is ${says}, and the plan in force says ${reading.cpr.recommendation ?? 'something else'}. Crews are shown the plan: find out which holds, and end this, or have the plan replaced by CarePlan/$submit.`,
          ),
        ]
      : []
  })
}

const CODE = 'resolve-conflict'

/**
 * What is to be written so that the custodian is asked about each of these statements that contradicts the plan in force: one Task for each, over when
 * the statement no longer does. One that somebody ended is opened again only where a statement that did not contradict now does. Nothing is asked
 * about what has a label: it would tell that it is there. `person` is the record after the change, with the Tasks about the person that there are, and
 * `before` the one before it; `removed` are keys of what is no more.
 */
export const statementTasks = (
  person: PersonRecord,
  { changed, removed }: Readonly<{ changed: readonly FhirResource[]; removed: readonly ResourceKey[] }>,
  { owner, now, before }: Committing,
): Task[] => {
  const stated = changed.filter(({ resourceType }) => resourceType === 'Flag' || resourceType === 'Observation')
  if (stated.length + removed.length === 0) return []
  const reading = readPerson(person, now)
  const plan = activePlan(person, 'emergency-care')
  const contradicts = (resource: FhirResource): boolean =>
    carriedLabel(resource as Resource) === null &&
    cprStatements(resource).some((statement) => isContradicted(statement, reading))
  const asked = stated.filter(contradicts).map(resourceKey)
  return [...stated.map(resourceKey), ...removed].flatMap((about): Task[] => {
    const id = planTaskId(CODE, about)
    const held = person.resources.get(`Task/${id}`) as Task | undefined
    if (plan !== undefined && asked.some((key) => key === about)) {
      const earlier = before?.resources.get(about)
      if (held !== undefined && (!isOver(held) || (earlier !== undefined && contradicts(earlier)))) return []
      const task = planTask({
        id,
        code: CODE,
        patient: resourceKey(person.patient),
        focus: resourceKey(plan),
        owner,
        now,
      })
      // In words, for a reference would keep whoever stored it from deleting it.
      return [{ ...task, input: [{ type: { text: 'statement' }, valueString: about }] }]
    }
    return held === undefined || isOver(held) ? [] : [{ ...held, status: 'completed', lastModified: now.toISOString() }]
  })
}
