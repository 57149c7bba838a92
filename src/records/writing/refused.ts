import { MOST_ISSUES, Problem } from '../../fhir/outcome.ts'
import { findReferences, parseReference } from '../../fhir/resource.ts'
import type { RefusedReference } from '../../store/database/errors.ts'
import type { Refused } from '../permission/permission.ts'
import { relocated } from './entry.ts'
import type { Planned } from './planned.ts'

/**
 * A refusal of a commit, with where in the request it stands: each reference that was refused, or the first change of the person (`isOf`) whose
 * record is withheld. Who sent 5,000 entries has to know which.
 */
export const placedRefusal = (
  error: unknown,
  planned: readonly Planned[],
  isOf: (item: Planned, patient: string) => boolean,
): unknown => {
  if (!(error instanceof Problem)) return error
  const { reference, patient } = (error.cause ?? {}) as Partial<RefusedReference & Refused>
  if (patient !== undefined) return relocated(error, planned.find((item) => isOf(item, patient))?.at)
  const [issue] = error.issues
  const places = reference === undefined ? [] : planned.flatMap((item) => placesOf(item, reference))
  return issue === undefined || places.length === 0
    ? error
    : new Problem(
        error.kind,
        places.slice(0, MOST_ISSUES).map((expression) => ({ ...issue, expression })),
        { cause: error.cause },
      )
}

const placesOf = (item: Planned, key: string): string[] =>
  item.do === 'delete' || item.type === 'Bundle'
    ? []
    : findReferences(item.resource).flatMap(({ reference, expression }) =>
        parseReference(reference.reference)?.key === key ? [item.at + expression.slice(item.type.length)] : [],
      )
