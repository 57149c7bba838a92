import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { MetaChange } from '../../fhir/patch/meta-change.ts'
import type { Resource } from '../../fhir/resource.ts'
import { givenLabel, type Label, labelIn, labelOf, unlabelledBecause } from '../../plan/marks.ts'
import type { Before } from '../../store/resources/persons.ts'
import type { Refused } from '../permission/permission.ts'

type Target = Before['targets'][number]

/**
 * The label that a resource has, deleted or not, and keeps whatever it comes to say: what it said may have demanded a label that somebody had given it
 * before, and who changes it is to take neither away.
 */
export const heldLabel = (target: Target | undefined): Label | null => (target?.label ?? null) as Label | null

/**
 * The label that a resource has been given once its meta is changed; undefined where the change is not about labels. Only the organisation that
 * registered the person gives and takes labels, and none that would keep from crews what they act on. `after`: the resource with its meta changed.
 * Throws `forbidden`, `unprocessable`.
 */
export const relabelled = (
  { caller }: RequestContext,
  { how, security }: MetaChange,
  target: Target,
  custodian: string | undefined,
  after: Resource,
): Label | null | undefined => {
  if (security.length === 0) return undefined
  const { type, id, patient } = target
  const cause: Refused = { patient: patient ?? undefined, entities: [`${type}/${id}`] }
  const expression = `${type}.meta.security`
  const because = unlabelledBecause(after)
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
  const demanded = labelOf(after)
  if (how === 'delete' && demanded !== null && security.some((coding) => labelIn(coding) === demanded))
    throw problem(
      'unprocessable',
      'label-demanded',
      `What this resource says demands the label ${demanded}, which cannot be taken away.`,
      { expression, cause },
    )
  return givenLabel(after)
}
