/**
 * The code systems and value sets that this service knows: those of its own package, those of FHIR R4,
 * and those of packages that were added. What is not loaded (SNOMED CT, LOINC, UCUM …) is never said to be wrong: it cannot be checked, and the reason says so.
 */
import type { CodeSystem, ValueSet } from 'fhir/r4.js'
import type { Definitions } from './definitions.ts'
import { LOADED } from './loaded.ts'
import { cannotTell, isUnknown } from './terminology/answer.ts'
import { budget } from './terminology/budget.ts'
import { type LoadedCodeSystem, loadCodeSystem } from './terminology/code-system.ts'
import {
  codeSystemIn,
  type Library,
  type Member,
  membersOf,
  rememberFor,
  valueSetNotLoaded,
} from './terminology/value-set.ts'

export type { LoadedCodeSystem, Member }

/** The code systems and value sets of such definitions. A code system or value set in another version than the one that is loaded is not there. */
export const libraryOf = ({ codeSystem, valueSet }: Definitions): Library => {
  const loaded = rememberFor((found: CodeSystem) => loadCodeSystem(found))
  return {
    spend() {},
    codeSystem(url, version) {
      const found = codeSystem(version === undefined ? url : `${url}|${version}`)
      return found === undefined ? undefined : loaded(found)
    },
    valueSet,
  }
}

/** What is loaded here. */
export const LIBRARY: Library = libraryOf(LOADED)

/** The same for one question of a caller, which may take so much and no more. */
export const libraryForOne = (): Library => ({ ...LIBRARY, spend: budget() })

/** The codes of a value set that is loaded are the same each time, and a search may name it a hundred times. */
const listed = rememberFor((valueSet: ValueSet) => membersOf(LIBRARY, valueSet))

/**
 * Every code of a value set by its canonical address, each once. Throws `not-supported` for a value set that is not loaded or whose
 * codes cannot be listed, with the reason.
 */
export const codesOfValueSet = (canonical: string): readonly Member[] => {
  const valueSet = LIBRARY.valueSet(canonical)
  const members = valueSet === undefined ? valueSetNotLoaded(canonical) : listed(valueSet)
  if (isUnknown(members)) throw cannotTell(members)
  return members
}

const hierarchyOf = (system: string, code: string): LoadedCodeSystem => {
  const found = codeSystemIn(LIBRARY, system)
  if (isUnknown(found)) throw cannotTell(found)
  if (!found.subsumes)
    throw cannotTell({
      key: 'value-set-not-understood',
      why: `The hierarchy of ${system} does not say which codes are kinds of others.`,
    })
  if (!found.concepts.has(code))
    throw cannotTell({ key: 'code-system-not-loaded', why: `${system} as it is loaded here has no code ${code}.` })
  return found
}

/** The code itself and every code that is a kind of it. Throws `not-supported` where the code system or the code is not loaded. */
export const codesBelow = (system: string, code: string): ReadonlySet<string> => hierarchyOf(system, code).below(code)

/** The code itself and every code of which it is a kind. Throws `not-supported` where the code system or the code is not loaded. */
export const codesAbove = (system: string, code: string): ReadonlySet<string> => hierarchyOf(system, code).above(code)
