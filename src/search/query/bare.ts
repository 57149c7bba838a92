import { findParameter, targetsOf } from './parameters.ts'
import type { Branch, Condition } from './query.ts'

/** An id alone, by which a parameter of a type is asked for, and the types of which it may be. */
export type BareReference = Readonly<{ type: string; parameter: string; id: string; targets: readonly string[] }>

const NONE: readonly BareReference[] = []

const bareIn = (type: string, condition: Condition): readonly BareReference[] => {
  switch (condition.on) {
    case 'reference': {
      const ids = condition.alternatives.flatMap((test) => (test.type === undefined ? [test.id] : []))
      if (ids.length === 0) return NONE
      return condition.parameters.flatMap((parameter) => {
        const known = findParameter(type, parameter)
        const targets = known === undefined ? [] : targetsOf(known)
        return ids.map((id) => ({ type, parameter, id, targets }))
      })
    }
    case 'any':
      return condition.of.flatMap((one) => bareIn(type, one))
    case 'not':
      return bareIn(type, condition.of)
    case 'chain':
      return bareIn(condition.target, condition.of)
    case 'has':
      return bareIn(condition.source, condition.of)
    default:
      return NONE
  }
}

/** The ids in a query of which it is not said of which type they are (http://hl7.org/fhir/R4/search.html#reference). */
export const bareReferences = (branches: readonly Branch[]): readonly BareReference[] =>
  branches.flatMap(({ type, conditions }) => conditions.flatMap((condition) => bareIn(type, condition)))
