import type { Check } from './spot.ts'

/** Rules about a whole resource that neither its structure nor an invariant says, by its type. */
const RULES: Readonly<Record<string, readonly Check[]>> = {}

/**
 * The rules of the standard about a resource as a whole that its definition does not hold: what its Bundle must resolve, what its Questionnaire asks,
 * where the links of its narrative lead. To be called for each resource, be it the whole, contained or in an entry.
 */
export const resourceRulesOf = (type: string): readonly Check[] =>
  Object.hasOwn(RULES, type) ? (RULES[type] ?? []) : []
