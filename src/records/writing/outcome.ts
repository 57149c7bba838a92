import type { RequestContext } from '../../context.ts'
import { servedType } from '../../definitions/served.ts'
import { type Issue, issue, type Problem, problem } from '../../fhir/outcome.ts'
import { findReferences, parseReference, type Resource } from '../../fhir/resource.ts'
import { isOwnTaskId } from '../../plan/task.ts'
import { Outdated } from '../../store/database/errors.ts'
import type { WrittenResource } from '../../store/resources/commit.ts'
import type { Before } from '../../store/resources/persons.ts'
import { agent } from '../audit/audit.ts'
import type { Refused } from '../permission/permission.ts'
import type { StoredResource } from '../types.ts'
import { broughtLabel, heldLabel, labelIssues } from './label.ts'
import type { Planned } from './planned.ts'
import { deletion, stamp, written } from './write.ts'

/** What becomes of one change: the row to write (none where nothing is to be done) and what the caller is told. */
export type Outcome = Readonly<{
  outcome: 'created' | 'updated' | 'deleted'
  stored: StoredResource
  written: WrittenResource | undefined
  /** The stamped resource; undefined for a deletion. */
  resource: Resource | undefined
  issues: readonly Issue[]
}>

type Target = Before['targets'][number]

/**
 * Holds one change against the newest version. `custodian`: of the person who is named. Throws where a precondition fails
 * (http://hl7.org/fhir/R4/http.html#concurrency).
 */
export const outcomeOf = (
  cx: RequestContext,
  item: Planned,
  target: Target | undefined,
  named: string | null | undefined,
  custodian: string | undefined,
): Outcome => {
  const current = target?.deleted === false ? target : undefined
  if (item.do === 'delete') return deleted(cx, item, current, target, custodian)
  const patient = named === undefined && mayBeOfNobody(cx, item, current) ? null : named
  if (item.do === 'update') checkPreconditions(item, current)
  checkBasis(item, current)
  if (item.type === 'Patient' && target?.deleted === true) {
    throw problem(
      'conflict',
      'person-deleted',
      'This Patient was deleted, and the id stays theirs. Register the person anew.',
      { expression: 'Patient.id', cause: refused(target) },
    )
  }

  const version = (target?.version ?? 0) + 1
  const wasGiven = heldLabel(target)
  const brought = target === undefined ? broughtLabel(cx, item.resource, patient, custodian) : wasGiven
  const given = item.do === 'update' && item.label !== undefined ? item.label : brought
  const resource = stamp(item.resource, item.id, version, cx.now, given)
  const owner = patient ?? current?.patient ?? null
  const row = written(resource, {
    expected: item.do === 'create' ? -1 : (current?.version ?? 0),
    version,
    patient: owner,
    organization: agent(cx).organization,
    given,
    wasGiven,
  })
  return {
    outcome: current === undefined ? 'created' : 'updated',
    stored: {
      type: item.type,
      id: item.id,
      version,
      lastUpdated: resource.meta?.lastUpdated as string,
      deleted: false,
      body: row.body,
    },
    written: row,
    resource,
    issues: [
      ...personIssues(item, target, patient),
      ...(target === undefined ? [] : labelIssues(item.resource, item.at, given)),
      ...(current === undefined ? idIssues(cx, item) : []),
      ...(owner === null ? tieIssues(cx, item) : []),
    ],
  }
}

/** Nobody's records are seen by everyone with the scope, so clients make none of a type that has persons; they may work on ours. */
const mayBeOfNobody = ({ caller }: RequestContext, { type }: Planned, current: Target | undefined): boolean =>
  servedType(type)?.ofNobody === true && (caller.kind === 'internal' || current?.patient === null)

/** Throws where If-Match or If-None-Match does not allow an update or a patch (http://hl7.org/fhir/R4/http.html#concurrency). */
export const checkPreconditions = (
  { type, id, ifMatch, onlyCreate }: Pick<Extract<Planned, { do: 'update' }>, 'type' | 'id' | 'ifMatch' | 'onlyCreate'>,
  current: Target | undefined,
): void => {
  if (onlyCreate && current !== undefined) throw mismatch(type, id, current, 'If-None-Match')
  if (ifMatch !== undefined && current?.version !== ifMatch) throw mismatch(type, id, current, 'If-Match')
  if (current !== undefined && ifMatch === undefined && servedType(type)?.versioned === true) {
    throw problem(
      'precondition-required',
      'if-match-required',
      `An update of a ${type} needs If-Match with the version that it changes, e.g. If-Match: W/"${current.version}". Read it again first.`,
      { expression: 'If-Match' },
    )
  }
}

/** Throws `Outdated` where what a change was computed from is no longer the newest, `conflict` where there is what should not be. */
const checkBasis = ({ type, id, basis }: Planned, current: Target | undefined): void => {
  if (basis === undefined || basis === (current?.version ?? 0)) return
  if (basis > 0) throw new Outdated('version', undefined)
  throw problem(
    'conflict',
    'id-in-use',
    `There is a ${type}/${id}, and the condition does not find it. Mend the condition, or leave the id out.`,
    { expression: `${type}.id`, code: 'duplicate', cause: refused(current) },
  )
}

/** What a refusal was about, for the audit. */
const refused = (target: Target | undefined): Refused | undefined =>
  target === undefined ? undefined : { patient: target.patient ?? undefined, entities: [`${target.type}/${target.id}`] }

const deleted = (
  cx: RequestContext,
  item: Extract<Planned, { do: 'delete' }>,
  current: Target | undefined,
  target: Target | undefined,
  custodian: string | undefined,
): Outcome => {
  const { type, id, ifMatch } = item
  if (target === undefined) throw problem('not-found', 'not-found', `There is no ${type}/${id} here.`)
  if (type === 'Patient' && cx.caller.kind !== 'internal' && cx.caller.organization !== custodian) {
    throw problem(
      'forbidden',
      'person-not-yours',
      'A person is deleted by the organisation that registered them: nobody could be asked about it afterwards. Ask it.',
      { cause: refused(target) },
    )
  }
  if (ifMatch !== undefined && current?.version !== ifMatch) throw mismatch(type, id, current, 'If-Match')
  checkBasis(item, current)
  const [version, lastUpdated] =
    current === undefined ? [target.version, target.lastUpdated] : [current.version + 1, cx.now.toISOString()]
  return {
    outcome: 'deleted',
    stored: { type, id, version, lastUpdated, deleted: true, body: '' },
    written: current === undefined ? undefined : deletion(type, id, current.version, current.patient),
    resource: undefined,
    issues: [],
  }
}

const mismatch = (
  type: string,
  id: string,
  current: Target | undefined,
  expression: 'If-Match' | 'If-None-Match',
): Problem =>
  problem(
    'version-mismatch',
    'version-mismatch',
    current === undefined
      ? `${type}/${id} does not exist now.`
      : `${type}/${id} ${expression === 'If-Match' ? 'is not at the version of If-Match' : 'exists already'}: the current version is ${current.version}. Read it again, and decide anew.`,
    current === undefined
      ? { expression }
      : { expression, headers: { ETag: `W/"${current.version}"` }, cause: refused(current) },
  )

/** A Task that stood where KeyPlan is to put its own would pass for it, and be in the way of every act on the plan. */
const idIssues = ({ caller }: RequestContext, { at, type, id }: Planned): Issue[] =>
  type === 'Task' && caller.kind !== 'internal' && isOwnTaskId(id)
    ? [
        issue(
          'id-reserved',
          `${at}.id`,
          'KeyPlan gives this id to a Task of its own. Leave the id out, or take another.',
          {
            code: 'value',
          },
        ),
      ]
    : []

/**
 * What belongs to nobody is seen by everyone, and what it refers to cannot be deleted: so nobody but the service ties a person's record to it,
 * whoever may see that record. A Task of nobody is the service's own, and others only work on it.
 */
const tieIssues = ({ caller }: RequestContext, { at, type, resource }: Exclude<Planned, { do: 'delete' }>): Issue[] =>
  caller.kind === 'internal' || type === 'Task' || type === 'Bundle'
    ? []
    : findReferences(resource).flatMap(({ reference, expression }) => {
        const target = parseReference(reference.reference)?.type
        return target === undefined || target === 'Task' || servedType(target)?.person === undefined
          ? []
          : [
              issue(
                'reference-to-person',
                at + expression.slice(type.length),
                `A ${type} belongs to no person and is seen by everyone, so it refers to nothing of a person's record. Refer from that record to this instead.`,
                { code: 'business-rule' },
              ),
            ]
      })

const personIssues = (
  { at, type }: Planned,
  target: Target | undefined,
  patient: string | null | undefined,
): Issue[] => {
  const element = servedType(type)?.person
  const expression = element === undefined || element === 'self' ? at : `${at}.${element}`
  if (patient === undefined) {
    return [
      issue(
        'person-required',
        expression,
        'A literal reference to the person (Patient/id) whom this is about is needed.',
        { code: 'required' },
      ),
    ]
  }
  // A deleted one too: its history is the earlier person's.
  if (target !== undefined && target.patient !== patient) {
    return [issue('person-changed', expression, 'An id cannot pass from one person to another. Store a new resource.')]
  }
  return []
}
