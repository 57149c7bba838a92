import type { CarePlan } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import { findReferences, parseReference, resourceKey } from '../../fhir/resource.ts'
import { membersOf } from '../../plan/members.ts'
import { isPersonal } from '../../plan/ownership.ts'
import type { PersonRecord } from '../../plan/person.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { requireLabelsSeen } from '../permission/labelled.ts'
import { about, notHere, requireAll } from '../permission/permission.ts'
import { recordOf } from '../summaries/derived.ts'

/** A stored plan with the record of its person, in which all that the plan is made of stands. */
export type HeldPlan = Readonly<{ plan: CarePlan; version: number; row: PersonRow; record: PersonRecord }>

/** References of a plan and of what it is made of that the record does not hold yet. */
const unread = (record: PersonRecord, plan: CarePlan): string[] =>
  [plan, ...membersOf(record, plan).values()].flatMap((resource) =>
    findReferences(resource).flatMap(({ reference, element }) => {
      const found = parseReference(reference.reference)
      // A plan that this one replaces is in force, and so was read, or it no longer matters.
      if (found === undefined || element === 'replaces' || !isPersonal(found.type)) return []
      return record.resources.has(found.key) ? [] : [found.key]
    }),
  )

/**
 * Reads a plan for an act on it: one round trip where the plan is in force, a few where it is a draft, whose content has to be found by its
 * references. Throws `not-found`, `gone`, `forbidden`; `version-mismatch` where `ifMatch` is not its version.
 */
export const readHeldPlan = async (
  store: Store,
  cx: RequestContext,
  id: string,
  ifMatch: number | undefined,
  act: 'read' | 'change' = 'change',
): Promise<HeldPlan> => {
  const asked = new Set<string>([`CarePlan/${id}`])
  for (;;) {
    const { persons, targets } = await store.before({
      persons: [],
      identifiers: [],
      keys: [...asked],
      targets: [{ type: 'CarePlan', id }],
    })
    const [target] = targets
    const [row] = persons
    const record = recordOf(row)
    if (target === undefined) throw notFound(id)
    const { sharing = null, custodian = null } = row ?? {}
    // What follows from a plan tells of all that it is made of.
    const whole = row === undefined ? [] : [about(row.id, row, 'CarePlan')]
    await requireAll(store, cx, [{ ...target, sharing, custodian }, ...whole], { act })
    if (target.deleted) throw problem('gone', 'deleted', `CarePlan/${id} was deleted.`)
    const plan = record?.resources.get(`CarePlan/${id}`) as CarePlan | undefined
    if (row === undefined || record === undefined || plan === undefined) throw notFound(id)
    if (ifMatch !== undefined && ifMatch !== target.version) throw notThisVersion(plan, target.version)
    const missing = unread(record, plan).filter((key) => !asked.has(key))
    if (missing.length === 0) {
      await requireLabelsSeen(store, cx, row, record)
      return { plan, version: target.version, row, record }
    }
    for (const key of missing) asked.add(key)
  }
}

const notFound = (id: string) => problem('not-found', 'not-found', notHere(`CarePlan/${id}`))

const notThisVersion = (plan: CarePlan, version: number) =>
  problem(
    'version-mismatch',
    'version-mismatch',
    `${resourceKey(plan)} is not at the version of If-Match: the current version is ${version}, and it is ${plan.status}. Read it again, and decide anew.`,
    { expression: 'If-Match', headers: { ETag: `W/"${version}"` } },
  )

/** The version that a signature or confirmation is for. Throws `precondition-required` where the caller does not say. */
export const requireVersion = (ifMatch: number | undefined, id: string, what: string): number => {
  if (ifMatch !== undefined) return ifMatch
  throw problem(
    'precondition-required',
    'if-match-required',
    `${what} is for the version that was read. Send If-Match with the ETag of CarePlan/${id} as it was read.`,
    { expression: 'If-Match' },
  )
}
