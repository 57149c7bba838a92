/** Whether a profile or an extension can be used at all (http://hl7.org/fhir/R4/profiling.html, http://hl7.org/fhir/R4/elementdefinition.html). */
import type { StructureDefinition } from 'fhir/r4.js'
import type { Check } from '../../spot.ts'
import { checkRules } from './constraints.ts'
import { type DefinitionRule, definitionOf } from './definition.ts'
import { checkExtensionDefinition } from './extension-definition.ts'
import { ID_RULES } from './ids.ts'
import { KEPT_RULES } from './kept.ts'
import { LINEAGE_RULES } from './lineage.ts'
import { checkNarrowing } from './narrowing.ts'
import { checkSlicings } from './slicing.ts'
import { laidOver, SNAPSHOT_RULES } from './snapshot.ts'
import { checkTypes } from './types.ts'
import { VALUE_RULES } from './values.ts'

/** Of a logical model, whose types and elements are its own, no more is asked than whether it can be read. */
const OF_LOGICAL: readonly DefinitionRule[] = [checkTypes, checkRules]

const RULES: readonly DefinitionRule[] = [
  ...LINEAGE_RULES,
  ...ID_RULES,
  checkTypes,
  checkExtensionDefinition,
  checkRules,
  checkNarrowing,
  ...KEPT_RULES,
  checkSlicings,
  ...VALUE_RULES,
  ...SNAPSHOT_RULES,
]

/** The rules about a StructureDefinition as a whole: that its snapshot can be made, and that what its elements say can be followed. */
export const checkStructureDefinition: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const isLogical = (spot.value as StructureDefinition).kind === 'logical'
  const definition = definitionOf(spot, run, isLogical ? undefined : laidOver(spot, run))
  for (const rule of isLogical ? OF_LOGICAL : RULES) rule(definition)
}
