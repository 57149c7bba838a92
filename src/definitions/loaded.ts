import { BASE } from './base.ts'
import type { Definitions } from './definitions.ts'

let loaded: Definitions = BASE

/** From now on this process knows these definitions: FHIR R4, KeyPlan's own, and those of the packages that were added. */
export const useDefinitions = (definitions: Definitions): void => {
  loaded = definitions
}

/** What this process knows: FHIR R4 and KeyPlan's own package, and what was added to them when it started. */
export const LOADED: Definitions = Object.freeze({
  structure: (canonical: string) => loaded.structure(canonical),
  valueSet: (canonical: string) => loaded.valueSet(canonical),
  codeSystem: (canonical: string) => loaded.codeSystem(canonical),
  questionnaire: (canonical: string) => loaded.questionnaire(canonical),
})
