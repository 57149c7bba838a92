import { checkStructureDefinition } from './authoring/structure-definition.ts'
import { checkCodeSystem, checkConceptMap, checkValueSet } from './authoring/terminology.ts'
import { checkEntries } from './bundle/entries.ts'
import { checkLinked } from './bundle/linked.ts'
import { checkForm } from './questionnaire/form.ts'
import { checkResponse } from './questionnaire/response.ts'
import type { Check } from './spot.ts'
import { checkNarratives } from './xhtml/narratives.ts'

/** By the type of the resource; of those that are not here, `OF_ALL`. */
const RULES: Readonly<Record<string, readonly Check[]>> = {
  Bundle: [checkEntries, checkLinked],
  CodeSystem: [checkNarratives, checkCodeSystem],
  ConceptMap: [checkNarratives, checkConceptMap],
  Questionnaire: [checkNarratives, checkForm],
  QuestionnaireResponse: [checkNarratives, checkResponse],
  StructureDefinition: [checkNarratives, checkStructureDefinition],
  ValueSet: [checkNarratives, checkValueSet],
}

const OF_ALL: readonly Check[] = [checkNarratives]

/**
 * The rules of the standard about a resource as a whole that its definition does not hold: how the entries of a Bundle hang together, what a
 * Questionnaire asks. To be called for each resource, be it the whole, contained or in an entry.
 */
export const resourceRulesOf = (type: string): readonly Check[] =>
  Object.hasOwn(RULES, type) ? (RULES[type] ?? OF_ALL) : OF_ALL
