import type { ValueSet, ValueSetExpansionContains } from 'fhir/r4.js'
import type { Definitions } from '../../definitions/definitions.ts'
import { remember } from '../../definitions/tables.ts'
import { type Answer, isUnknown, some } from '../../definitions/terminology/answer.ts'
import type { Concept, LoadedCodeSystem } from '../../definitions/terminology/code-system.ts'
import { isMember, membersOf, rememberFor, valueSetNotLoaded } from '../../definitions/terminology/value-set.ts'
import { libraryOf } from '../../definitions/terminology.ts'
import { hasForm } from './code-forms.ts'

export type Codes = Readonly<{
  /** Whether a code is in a value set, by its address or as it stands somewhere; without a system, whether it is of any of its systems. Or why that cannot be told. */
  isIn(valueSet: string | ValueSet, system: string | undefined, code: string): Answer
  system(url: string): LoadedCodeSystem | undefined
  concept(system: string, code: string): Concept | undefined
}>

type Coded = Readonly<{ system?: string | undefined; code?: string | undefined }>

/** Codes with their systems. */
const indexOf = (codes: Iterable<Coded>): ReadonlyMap<string, ReadonlySet<string>> => {
  const index = new Map<string, Set<string>>()
  for (const { system = '', code = '' } of codes) index.set(code, (index.get(code) ?? new Set()).add(system))
  return index
}

const flat = (contains: readonly ValueSetExpansionContains[]): readonly Coded[] =>
  contains.flatMap((one) => [one, ...flat(one.contains ?? [])])

/** The systems that a value set names, each once, and whether each of its parts names one; looked through once. */
const systemsIn = rememberFor(({ compose }: ValueSet) => {
  const include = compose?.include ?? []
  return {
    systems: [...new Set(include.flatMap(({ system }) => system ?? []))],
    isAll: compose !== undefined && include.every(({ system }) => system !== undefined),
  }
})

/** What can be told about codes by these definitions. Value sets whose codes can be listed are listed once. */
export const codesOf = (definitions: Definitions): Codes => {
  const library = libraryOf(definitions)
  const codesIn = rememberFor((valueSet: ValueSet): ReadonlyMap<string, ReadonlySet<string>> | false => {
    if (valueSet.compose === undefined) return indexOf(flat(valueSet.expansion?.contains ?? []))
    const members = membersOf(library, valueSet)
    return isUnknown(members) ? false : indexOf(members)
  })
  const named = remember((canonical) => {
    const valueSet = definitions.valueSet(canonical)
    return { valueSet, index: valueSet !== undefined && codesIn(valueSet) }
  })
  return {
    isIn(asked, system, code) {
      const { valueSet, index } = typeof asked === 'string' ? named(asked) : { valueSet: asked, index: codesIn(asked) }
      const canonical = typeof asked === 'string' ? asked : (asked.url ?? '')
      if (valueSet === undefined || (valueSet.compose === undefined && valueSet.expansion === undefined))
        return valueSetNotLoaded(canonical)
      if (index !== false) {
        const systems = index.get(code)
        if (systems !== undefined && (system === undefined || systems.has(system))) return true
        const inAnyCase = (system === undefined ? systemsIn(valueSet).systems : [system]).filter(
          (one) => library.codeSystem(one)?.resource.caseSensitive === false,
        )
        return some(inAnyCase.map((one) => isMember(library, valueSet, { system: one, code })))
      }
      const { systems, isAll } = systemsIn(valueSet)
      if (isAll && systems.every((one) => hasForm(one, code) === false)) return false
      if (system !== undefined) return isMember(library, valueSet, { system, code })
      if (systems.length === 0) return valueSetNotLoaded(canonical)
      return some(systems.map((one) => isMember(library, valueSet, { system: one, code })))
    },
    system: (url) => library.codeSystem(url),
    concept: (system, code) => library.codeSystem(system)?.find(code),
  }
}
