import { isConcreteType, isResourceType } from '../../definitions/tables.ts'
import { containedIn } from '../invariants/contained.ts'
import type { Node } from '../invariants/invariant.ts'
import { isAbsolute, typeNamed } from '../references/references.ts'
import { type StructureRun, tell } from './fault.ts'

/** The resource type that a literal reference names; undefined where that cannot be told from it. */
const targetOf = (literal: string, root: Node): string | undefined => {
  if (literal.startsWith('#')) {
    const type = containedIn(root).get(literal)?.['resourceType']
    return typeof type === 'string' && isConcreteType(type) ? type : undefined
  }
  return typeNamed(literal) ?? (isAbsolute(literal) ? undefined : 'malformed')
}

/** Checks that a reference is to one of the types of resources that it may be to (http://hl7.org/fhir/R4/references.html#Reference). */
export const checkTargets = (reference: Node, targets: readonly string[], run: StructureRun): void => {
  const { reference: literal, type } = reference
  if (typeof literal === 'string') {
    const found = targetOf(literal, run.root)
    if (found === 'malformed') {
      tell(run, { keyword: 'targets', params: { fault: 'malformed', targets } }, 'reference')
      return
    }
    if (found !== undefined && !targets.includes(found)) {
      tell(run, { keyword: 'targets', params: { fault: 'target', found, targets } }, 'reference')
      return
    }
  }
  if (typeof type === 'string' && isResourceType(type) && !targets.includes(type))
    tell(run, { keyword: 'targets', params: { fault: 'target', found: type, targets } }, 'type')
}
