import type { CodeSystemConceptDesignation, ValueSet, ValueSetComposeInclude } from 'fhir/r4.js'
import { type Answer, every, isUnknown, not, some, type Unknown } from './answer.ts'
import type { Spend } from './budget.ts'
import { type Concept, isAbstract, isInactive, type LoadedCodeSystem } from './code-system.ts'
import { filterOf, type Passes } from './filter.ts'

/** The code systems and value sets that there are to work with. A version that is asked for must be the one that is there. */
export type Library = Readonly<{
  codeSystem(url: string, version?: string): LoadedCodeSystem | undefined
  /** By canonical address, with or without `|version`. */
  valueSet(canonical: string): ValueSet | undefined
  /** Told of each code that is looked at. */
  spend: Spend
}>

/** A code of a value set. */
export type Member = Readonly<{
  system: string
  version?: string
  code: string
  display?: string
  definition?: string
  designation?: readonly CodeSystemConceptDesignation[]
  /** Groups others and is not to be chosen. */
  abstract?: boolean
  inactive?: boolean
}>

const systemNotLoaded = (system: string, version?: string): Unknown => ({
  key: 'code-system-not-loaded',
  why: `The code system ${system}${version === undefined ? '' : `, version ${version},`} is not loaded here: its codes cannot be checked, which says nothing about whether they are right.`,
})

export const valueSetNotLoaded = (canonical: string): Unknown => ({
  key: 'value-set-not-loaded',
  why: `The value set ${canonical} is not loaded here. KeyPlan knows those of its own package, those of FHIR R4, and those of packages that were added (keyplan packages --help).`,
})

const notWhole = (system: string): Unknown => ({
  key: 'code-system-not-loaded',
  why: `Only a part of the code system ${system} is loaded here: its codes cannot be listed, and what is not in that part cannot be checked.`,
})

export const codeSystemIn = (library: Library, system: string, version?: string): LoadedCodeSystem | Unknown =>
  library.codeSystem(system, version) ?? systemNotLoaded(system, version)

/** Whether a code is one of a code system. */
export const isCodeOf = (library: Library, system: string, code: string, version?: string): Answer => {
  const loaded = codeSystemIn(library, system, version)
  if (isUnknown(loaded)) return loaded
  return loaded.find(code) !== undefined || (loaded.whole ? false : notWhole(system))
}

/** A function that remembers its answer for each object, for as long as that is there: a part of a value set is asked about each of many codes. */
export const rememberFor = <Key extends object, Result>(make: (key: Key) => Result): ((key: Key) => Result) => {
  const answers = new WeakMap<Key, { result: Result }>()
  return (key) => {
    const known = answers.get(key)
    if (known !== undefined) return known.result
    const result = make(key)
    answers.set(key, { result })
    return result
  }
}

const filtersIn = rememberFor((system: LoadedCodeSystem) =>
  rememberFor((include: ValueSetComposeInclude): readonly Passes[] | Unknown => {
    const filters = (include.filter ?? []).map((filter) => filterOf(system, filter))
    return filters.find(isUnknown) ?? (filters as readonly Passes[])
  }),
)

const passesAll = ({ spend }: Library, filters: readonly Passes[], concept: Concept): boolean => {
  spend(1 + filters.length)
  return filters.every((passes) => passes(concept, spend))
}

const listedIn = rememberFor((include: ValueSetComposeInclude) => new Set(include.concept?.map(({ code }) => code)))

const listedInAnyCase = rememberFor(
  (include: ValueSetComposeInclude) => new Set(include.concept?.map(({ code }) => code.toLowerCase())),
)

/** True where the value set lists the code, as its code system lets it be written. */
const isListed = (library: Library, include: ValueSetComposeInclude, { system, code }: Coded): boolean =>
  listedIn(include).has(code) ||
  (library.codeSystem(system)?.resource.caseSensitive === false && listedInAnyCase(include).has(code.toLowerCase()))

/** Imports that lead back to where they came from have no meaning. */
const CYCLIC: Unknown = {
  key: 'value-set-cyclic',
  why: 'A value set includes itself, by way of the value sets that it includes.',
}

/** The value set of an import, and the way to it. */
const imported = (library: Library, canonical: string, way: readonly ValueSet[]): ValueSet | Unknown => {
  const found = library.valueSet(canonical)
  if (found === undefined) return valueSetNotLoaded(canonical)
  return way.includes(found) ? CYCLIC : found
}

/** What was answered about one code: a value set that is imported in many ways is asked once, or each import would double the work. */
type Answered = Map<ValueSet, Answer>

const isIncluded = (
  library: Library,
  include: ValueSetComposeInclude,
  { system, code }: Coded,
  way: readonly ValueSet[],
  answered: Answered,
): Answer => {
  library.spend(1)
  const answers = [...new Set(include.valueSet)].map((canonical): Answer => {
    const found = imported(library, canonical, way)
    if (isUnknown(found)) return found
    const answer = answered.get(found) ?? isMember(library, found, { system, code }, way, answered)
    answered.set(found, answer)
    return answer
  })
  if (include.system === undefined) return every(answers)
  if (include.system !== system) return false
  if (include.concept !== undefined) return every([isListed(library, include, { system, code }), ...answers])
  const loaded = codeSystemIn(library, include.system, include.version)
  if (isUnknown(loaded)) return every([loaded, ...answers])
  const concept = loaded.find(code)
  if (concept === undefined) return every([loaded.whole ? false : notWhole(system), ...answers])
  const filters = filtersIn(loaded)(include)
  return every([isUnknown(filters) ? filters : passesAll(library, filters, concept), ...answers])
}

type Coded = Readonly<{ system: string; code: string }>

/** True for a code that is no longer in use, in a value set of those in use alone (http://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.inactive). */
const isLeftOut = (library: Library, { compose }: ValueSet, { system, code }: Coded): boolean => {
  if (compose?.inactive !== false) return false
  const concept = library.codeSystem(system)?.find(code)
  return concept !== undefined && isInactive(concept)
}

/**
 * Whether a code is in a value set, as far as that can be told: a code that is listed in one part of it is in it whatever another
 * part may need.
 */
export const isMember = (
  library: Library,
  valueSet: ValueSet,
  coded: Coded,
  way: readonly ValueSet[] = [],
  answered: Answered = new Map(),
): Answer => {
  if (isLeftOut(library, valueSet, coded)) return false
  const { include = [], exclude = [] } = valueSet.compose ?? {}
  const onWay = [...way, valueSet]
  const within = (part: ValueSetComposeInclude): Answer => isIncluded(library, part, coded, onWay, answered)
  return every([some(include.map(within)), not(some(exclude.map(within)))])
}

type Listed = NonNullable<ValueSetComposeInclude['concept']>[number]

const keyOf = ({ system, code }: Coded): string => `${system}|${code}`

const membersOfSystem = (library: Library, include: ValueSetComposeInclude): readonly Member[] | Unknown => {
  const { system = '', version, concept: listed } = include
  const loaded = codeSystemIn(library, system, version)
  const describe = ({ code, display, designation }: Listed): Member => {
    const known = isUnknown(loaded) ? undefined : loaded.find(code)
    const its = isUnknown(loaded) ? version : loaded.resource.version
    const shown = display ?? known?.concept.display
    const others = designation ?? known?.concept.designation
    return {
      system,
      ...(its === undefined ? {} : { version: its }),
      code,
      ...(shown === undefined ? {} : { display: shown }),
      ...(known?.concept.definition === undefined ? {} : { definition: known.concept.definition }),
      ...(others === undefined ? {} : { designation: others }),
      ...(known !== undefined && isAbstract(known) ? { abstract: true } : {}),
      ...(known !== undefined && isInactive(known) ? { inactive: true } : {}),
    }
  }
  if (listed !== undefined) {
    library.spend(listed.length)
    return listed.map(describe)
  }
  if (isUnknown(loaded)) return loaded
  if (!loaded.whole) return notWhole(system)
  const filters = filtersIn(loaded)(include)
  if (isUnknown(filters)) return filters
  return [...loaded.concepts.values()]
    .filter((concept) => passesAll(library, filters, concept))
    .map(({ concept: { code } }) => describe({ code }))
}

/** The codes of value sets that were listed on the way: one that is imported in many ways is listed once. */
type Lists = Map<ValueSet, readonly Member[] | Unknown>

const membersOfInclude = (
  library: Library,
  include: ValueSetComposeInclude,
  way: readonly ValueSet[],
  listed: Lists,
): readonly Member[] | Unknown => {
  const lists = [
    ...(include.system === undefined ? [] : [membersOfSystem(library, include)]),
    ...[...new Set(include.valueSet)].map((canonical) => {
      const found = imported(library, canonical, way)
      if (isUnknown(found)) return found
      const members = listed.get(found) ?? membersOf(library, found, way, listed)
      listed.set(found, members)
      return members
    }),
  ]
  const unknown = lists.find(isUnknown)
  if (unknown !== undefined) return unknown
  const [first = [], ...others] = lists as readonly (readonly Member[])[]
  const keys = others.map((list) => new Set(list.map(keyOf)))
  return first.filter((member) => keys.every((known) => known.has(keyOf(member))))
}

/** Every code of a value set, each once, in the order of its definition; or why they cannot be listed. */
export const membersOf = (
  library: Library,
  valueSet: ValueSet,
  way: readonly ValueSet[] = [],
  listed: Lists = new Map(),
): readonly Member[] | Unknown => {
  const { include = [], exclude = [] } = valueSet.compose ?? {}
  const onWay = [...way, valueSet]
  const members = new Map<string, Member>()
  for (const part of include) {
    const found = membersOfInclude(library, part, onWay, listed)
    if (isUnknown(found)) return found
    for (const member of found)
      if (!members.has(keyOf(member)) && !isLeftOut(library, valueSet, member)) members.set(keyOf(member), member)
  }
  for (const part of exclude) {
    if (members.size === 0) break
    // What is excluded need not be listed: it is enough that each code can be told to be out.
    for (const [key, member] of members) {
      const out = isIncluded(library, part, member, onWay, new Map())
      if (isUnknown(out)) return out
      if (out) members.delete(key)
    }
  }
  return [...members.values()]
}
