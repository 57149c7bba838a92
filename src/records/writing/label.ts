import { isDeepStrictEqual } from 'node:util'
import type { RequestContext } from '../../context.ts'
import { type Issue, issue, problem } from '../../fhir/outcome.ts'
import type { MetaChange } from '../../fhir/patch/meta-change.ts'
import type { Resource } from '../../fhir/resource.ts'
import {
  givenLabel,
  type Label,
  labelIn,
  labelOf,
  securityOf,
  UNKNOWN_LABEL,
  unlabelledBecause,
} from '../../plan/marks.ts'
import type { Before } from '../../store/resources/persons.ts'
import type { Refused } from '../permission/permission.ts'

type Target = Before['targets'][number]

/**
 * The label that a resource has, deleted or not, and keeps whatever it comes to say: what it said may have demanded a label that somebody had given it
 * before, and who changes it is to take neither away.
 */
export const heldLabel = (target: Target | undefined): Label | null => (target?.label ?? null) as Label | null

/** True where a resource brings other labels than it is going to have. `given`: the label that it was given. What was read may be sent back. */
export const bringsLabel = (resource: Resource, given: Label | null = null): boolean =>
  resource.meta?.security !== undefined && !isDeepStrictEqual(resource.meta.security, securityOf(resource, given))

/** An error where a resource brings other labels than it is going to have. */
export const labelIssues = (resource: Resource, at: string, given: Label | null = null): Issue[] =>
  bringsLabel(resource, given)
    ? [
        issue(
          'server-owned',
          `${at}.meta.security`,
          'The custodian gives security labels where it creates something, and afterwards by $meta-add and $meta-delete. Leave meta.security out, or send it as it was read.',
        ),
      ]
    : []

/**
 * The label that a new resource is given by the request that creates it, so that it is at no moment there without; null where it asks for none.
 * `custodian`: of its person. Throws as `relabelled` does, and `unprocessable` for a label that is not known.
 */
export const broughtLabel = (
  cx: RequestContext,
  resource: Resource,
  patient: string | null | undefined,
  custodian: string | undefined,
): Label | null => {
  if (!bringsLabel(resource)) return null
  const { resourceType, meta } = resource
  const expression = `${resourceType}.meta.security`
  if (!isLabels(meta?.security)) throw problem('unprocessable', 'label-unknown', UNKNOWN_LABEL, { expression })
  const given = givenLabel(resource)
  if (given === null) return null
  // Of what is not made there is nothing to name.
  const cause: Refused = { patient: patient ?? undefined, entities: patient == null ? [] : [`Patient/${patient}`] }
  requireLabelling(cx, resource, custodian, cause)
  return given
}

const isLabels = (security: unknown): boolean =>
  Array.isArray(security) && security.every((coding) => labelIn(coding ?? {}) !== undefined)

/**
 * Only the organisation that registered the person gives and takes labels, and none that would keep from crews what they act on. Throws `forbidden`,
 * `unprocessable`.
 */
const requireLabelling = (
  { caller }: RequestContext,
  resource: Resource,
  custodian: string | undefined,
  cause: Refused,
): void => {
  const expression = `${resource.resourceType}.meta.security`
  const because = unlabelledBecause(resource)
  if (because !== undefined)
    throw problem('unprocessable', 'label-not-allowed', `This resource is given no security label. ${because}`, {
      expression,
      cause,
    })
  if (caller.kind === 'internal' || caller.organization === '' || caller.organization !== custodian)
    throw problem(
      'forbidden',
      'label-not-yours',
      'Security labels are given and taken away by the organisation that registered the person. Ask it.',
      { expression, cause },
    )
}

/**
 * The label that a resource has been given once its meta is changed; undefined where the change is not about labels. `after`: the resource with
 * its meta changed. Throws `forbidden`, `unprocessable`.
 */
export const relabelled = (
  cx: RequestContext,
  { how, security }: MetaChange,
  { type, id, patient }: Target,
  custodian: string | undefined,
  after: Resource,
): Label | null | undefined => {
  if (security.length === 0) return undefined
  const cause: Refused = { patient: patient ?? undefined, entities: [`${type}/${id}`] }
  requireLabelling(cx, after, custodian, cause)
  const demanded = labelOf(after)
  if (how === 'delete' && demanded !== null && security.some((coding) => labelIn(coding) === demanded))
    throw problem(
      'unprocessable',
      'label-demanded',
      `What this resource says demands the label ${demanded}, which cannot be taken away.`,
      { expression: `${type}.meta.security`, cause },
    )
  return givenLabel(after)
}
