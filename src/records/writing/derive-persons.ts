import type { CarePlan, Patient } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { servedType } from '../../definitions/served.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { type Issue, issue, Problem } from '../../fhir/outcome.ts'
import { type FhirResource, type Resource, type ResourceKey, resourceKey } from '../../fhir/resource.ts'
import { cprStatements } from '../../plan/cpr-statements.ts'
import { personTasks } from '../../plan/person-tasks.ts'
import type { WrittenPerson, WrittenResource } from '../../store/resources/commit.ts'
import type { Before, PersonRow } from '../../store/resources/persons.ts'
import { checkRecord, committing, derivePerson, isDecisive, recordAfter, recordOf } from '../summaries/derived.ts'
import { nextVersions } from './next-versions.ts'
import type { Outcome } from './outcome.ts'
import { statedBeside } from './stated-beside.ts'
import { referencesOf } from './write.ts'

/** What a commit means for one person. `asked`: Tasks that it makes the service ask for, and the caller did not. */
export type DerivedPerson = Readonly<{
  issues: readonly Issue[]
  row: PersonRow | undefined
  person: WrittenPerson | undefined
  asked: readonly WrittenResource[]
}>

/**
 * Runs the rules for each person of whose plans something changes, drafts included, and derives anew where it is something decisive or
 * in force.
 */
export const derivePersons = (
  cx: RequestContext,
  epoch: number,
  before: Before,
  outcomes: readonly Outcome[],
): DerivedPerson[] => {
  const isNew = before.persons.length === 0 && before.targets.length === 0
  if (isNew && !outcomes.some(({ resource }) => resource !== undefined && isDecisive(resource))) return []
  const rows = new Map<string, PersonRow>(before.persons.map((row) => [row.id, row]))
  const earlier = storedResources(before)
  const planned = partsOfPlans(before)
  const patients = new Map<string, { derives: boolean; checks: boolean }>()
  for (const { resource, written } of outcomes) {
    if (written?.patient == null) continue
    const key = `${written.type}/${written.id}`
    const stored = earlier.get(key)
    const inForce = rows.get(written.patient)?.inForce.includes(key) ?? false
    if (written.deleted && (inForce || isKept(stored))) throw new Problem('conflict', [notDeleted(key)])
    // A Patient who is deleted leaves nothing to derive from: whatever there was refers to them, and keeps them from being deleted.
    if (written.deleted && written.type === 'Patient') continue
    const derives = inForce || [resource, stored].some((one) => one !== undefined && isDecisive(one))
    const checks = derives || planned.has(key)
    if (checks || [resource, stored].some((one) => one !== undefined && cprStatements(one).length > 0)) {
      const sofar = patients.get(written.patient)
      patients.set(written.patient, {
        derives: derives || (sofar?.derives ?? false),
        checks: checks || (sofar?.checks ?? false),
      })
    }
  }
  return [...patients.keys()].sort().map((id) => {
    const row = rows.get(id)
    const record = recordOf(row)
    const mine = outcomes.filter(({ written }) => written?.patient === id)
    const changed = mine.flatMap(({ resource }) => (resource === undefined ? [] : [resource as FhirResource]))
    const removed = mine.flatMap(({ written }): ResourceKey[] =>
      written?.deleted === true ? [`${written.type}/${written.id}`] : [],
    )
    const patient =
      changed.find((resource): resource is Patient => resource.resourceType === 'Patient') ?? record?.patient
    if (patient === undefined) throw new Problem('unprocessable', [personUnknown])
    const after = recordAfter(record, patient, changed, removed)
    const { derives = false, checks = false } = patients.get(id) ?? {}
    const issues = checks ? checkRecord(cx, record, after) : []
    const stated = statedBeside(cx, row, after, { changed, removed, parts: planned })
    if (!derives) {
      // Nothing is counted on for what only says something beside the plan.
      return {
        issues: [...issues, ...stated.issues],
        row: checks ? row : undefined,
        person: undefined,
        asked: stated.asked,
      }
    }
    // What the request itself says of such a Task stands.
    const tasks = personTasks(after, committing(cx, row, record)).filter(
      (task) => !changed.some((resource) => resourceKey(resource) === resourceKey(task)),
    )
    const asked = nextVersions(cx, row, id, tasks).map(({ written }) => written)
    return {
      issues: [...issues, ...stated.issues],
      row,
      person: derivePerson(cx, epoch, row, after),
      asked: [...asked, ...stated.asked],
    }
  })
}

/** Keys of everything that a plan which was read refers to. */
const partsOfPlans = ({ persons }: Before): Set<string> =>
  new Set(
    persons
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => type === 'CarePlan')
      .flatMap(({ body }): string[] => referencesOf(parseFhirJson(body))),
  )

const storedResources = ({ targets }: Before): Map<string, Resource> =>
  new Map(
    targets.flatMap(({ type, id, deleted, body }) =>
      deleted ? [] : [[`${type}/${id}`, parseFhirJson(body)] satisfies [string, Resource]],
    ),
  )

/** What was decided, and who did it, stays on record: a plan that was ever in force, and every Provenance. */
const isKept = (stored: Resource | undefined): boolean =>
  (stored !== undefined && servedType(stored.resourceType)?.kept === true) ||
  (stored?.resourceType === 'CarePlan' && (stored as CarePlan).status !== 'draft')

const notDeleted = (key: string): Issue =>
  issue(
    'in-force',
    key,
    'This is part of a plan or decision, or the record of one, and cannot be deleted. End the plan by $revoke, or replace it.',
    { code: 'conflict' },
  )

const personUnknown: Issue = issue(
  'person-unknown',
  'Patient',
  'The person that this is about is not registered here. Register the Patient first.',
  { code: 'not-found' },
)
