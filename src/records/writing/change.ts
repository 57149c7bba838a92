import type { Change } from '../types.ts'

/** The resource type that a change is about. */
export const typeOf = (change: Change): string => ('type' in change ? change.type : change.resource.resourceType)

/** `Goal/1`, or `Goal?` and the condition: what a change names before anything is looked up. Undefined for what only creates. */
export const nameOf = (change: Change): string | undefined => {
  const type = typeOf(change)
  if (change.do === 'create') return change.ifNoneExist === undefined ? undefined : `${type}?${change.ifNoneExist}`
  return change.id === undefined ? `${type}?${change.condition}` : `${type}/${change.id}`
}
