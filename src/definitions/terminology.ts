/**
 * The code systems and value sets that this service knows: those of its own package, and those that elements of FHIR R4 are bound
 * to. What is not loaded (SNOMED CT, LOINC, UCUM …) is never said to be wrong: it cannot be checked, and the reason says so.
 */
import { readFileSync } from 'node:fs'
import type { CodeSystem, FhirResource, ValueSet } from 'fhir/r4.js'
import { loadPackage } from './package.ts'
import { remember } from './tables.ts'
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

const ARTEFACTS = new URL('../../src/definitions/artefacts/terminology/', import.meta.url)

/** The resources of KeyPlan's package and of R4 by canonical address, read when the first one is asked for. */
const byUrl = remember((type): ReadonlyMap<string, FhirResource> => {
  const file = type === 'CodeSystem' ? 'code-systems.json' : 'value-sets.json'
  const ofR4 = JSON.parse(readFileSync(new URL(file, ARTEFACTS), 'utf8')) as readonly FhirResource[]
  return new Map(
    [...ofR4, ...loadPackage().all(type)].map((resource) => [(resource as { url?: string }).url ?? '', resource]),
  )
})

const loaded = remember((url): LoadedCodeSystem | undefined => {
  const found = byUrl('CodeSystem').get(url)
  return found === undefined ? undefined : loadCodeSystem(found as CodeSystem)
})

/** What is loaded. A code system or value set in another version than the one that is loaded is not there. */
export const LIBRARY: Library = {
  spend() {},
  codeSystem(url, version) {
    const found = byUrl('CodeSystem').has(url) ? loaded(url) : undefined
    return version === undefined || found?.resource.version === version ? found : undefined
  },
  valueSet(canonical) {
    const [url = '', version] = canonical.split('|')
    const found = byUrl('ValueSet').get(url) as ValueSet | undefined
    return version === undefined || found?.version === version ? found : undefined
  },
}

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
