import { remember } from '../../definitions/tables.ts'
import { checkOwnAddress } from '../authoring/address.ts'
import { checkCapabilityStatement } from '../authoring/capability-statement.ts'
import { checkGraphDefinition } from '../authoring/graph-definition.ts'
import { checkImplementationGuide } from '../authoring/implementation-guide.ts'
import { checkStructureMap } from '../authoring/maps/structure-map.ts'
import { checkNamingSystem } from '../authoring/naming-system.ts'
import { checkOperationDefinition } from '../authoring/operation-definition.ts'
import { checkPlanDefinition } from '../authoring/plan-definition.ts'
import { checkStructureDefinition } from '../authoring/profiles/structure-definition.ts'
import { checkSearchParameter } from '../authoring/search-parameter.ts'
import { checkCodeSystem } from '../authoring/terminology/code-system.ts'
import { checkConceptMap } from '../authoring/terminology/concept-map.ts'
import { checkValueSet } from '../authoring/terminology/value-set.ts'
import { checkAnswers } from '../bundle/answers.ts'
import { checkEntries } from '../bundle/entries.ts'
import { checkLinked } from '../bundle/linked.ts'
import { checkLinks } from '../bundle/links.ts'
import { checkTogether } from '../bundle/together.ts'
import type { EngineCheck } from '../engine.ts'
import { checkNarratives } from '../narrative/narratives.ts'
import { checkForm } from '../questionnaire/form.ts'
import { checkResponse } from '../questionnaire/response.ts'
import { checkContainedIds } from '../values/ids.ts'
import { checkMeasureReport } from './measure-report.ts'

/** Besides those of all. */
const RULES: Readonly<Record<string, readonly EngineCheck[]>> = {
  Bundle: [checkLinks, checkEntries, checkTogether, checkAnswers, checkLinked],
  CapabilityStatement: [checkCapabilityStatement],
  CodeSystem: [checkCodeSystem],
  ConceptMap: [checkConceptMap],
  GraphDefinition: [checkGraphDefinition],
  ImplementationGuide: [checkImplementationGuide],
  MeasureReport: [checkMeasureReport],
  NamingSystem: [checkNamingSystem],
  OperationDefinition: [checkOperationDefinition],
  PlanDefinition: [checkPlanDefinition],
  Questionnaire: [checkForm],
  QuestionnaireResponse: [checkResponse],
  SearchParameter: [checkSearchParameter],
  StructureDefinition: [checkStructureDefinition],
  StructureMap: [checkStructureMap],
  ValueSet: [checkValueSet],
}

const OF_ALL: readonly EngineCheck[] = [checkContainedIds, checkNarratives, checkOwnAddress]

/**
 * The rules of the standard about a resource as a whole that its definition does not hold: how the entries of a Bundle hang together, what a
 * Questionnaire asks. To be called for each resource, be it the whole, contained or in an entry.
 */
export const resourceRulesOf = remember((type): readonly EngineCheck[] => [
  ...OF_ALL,
  ...(Object.hasOwn(RULES, type) ? (RULES[type] ?? []) : []),
])
