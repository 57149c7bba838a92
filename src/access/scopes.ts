/**
 * SMART v2 scopes (SMART App Launch 2.2, "Scopes for requesting FHIR Resources"): `system/Type.cruds?query`, the letters in this order, `*` for
 * every type. A scope is a ceiling, never a grant; its query part narrows it to what a search by these parameters would find.
 */

/** create, read (with vread and history), update, delete, search: the letters of a SMART v2 scope. */
export type ScopeLetter = 'c' | 'r' | 'u' | 'd' | 's'

export type ScopeContext = 'system' | 'user' | 'patient'

export type Scope = Readonly<{
  context: ScopeContext
  /** A FHIR resource type, or `*` for every type. */
  type: string
  /** A non-empty part of `cruds`, in that order. */
  letters: string
  /** The parameters of its query part as they are written, `category=a|b`; all must hold. Empty where it has none. */
  query: readonly string[]
}>

const LETTERS = 'cruds'
/** Of a query part: the characters that a scope may have (RFC 6749 section 3.3). */
const PATTERN =
  /^(system|user|patient)\/(\*|[A-Z][A-Za-z]{0,63})\.(c?r?u?d?s?)(?:\?([\x21\x23-\x5b\x5d-\x7e]{1,1000}))?$/
const PARAMETER = /^[^=&]+=[^&]+$/

/**
 * The scope that a text names; undefined for everything else: SMART v1 (`.read`, `.*`), letters missing, repeated or in another order, a query
 * part that is not parameters with values, or one for every type, whose types have no parameters in common. Whether a type has the parameters is
 * for the search to say (`search/scope-query.ts`).
 */
export const parseScope = (text: string): Scope | undefined => {
  const [, context, type, letters, query] = PATTERN.exec(text) ?? []
  if (context === undefined || type === undefined || letters === undefined || letters === '') return undefined
  const parameters = query === undefined ? [] : query.split('&')
  if (!parameters.every((one) => PARAMETER.test(one)) || (type === '*' && parameters.length > 0)) return undefined
  return { context: context as ScopeContext, type, letters, query: [...new Set(parameters)] }
}

const textOf = ({ context, type, letters, query }: Scope): string =>
  `${context}/${type}.${letters}${query.length === 0 ? '' : `?${query.join('&')}`}`

/** How far scopes reach: to every resource of a type, to none, or to those that one of these queries finds (`category=a&status=active`). */
export type Reach = 'all' | 'none' | readonly string[]

/** Scopes as a caller has them, read once. */
type Understood = Readonly<{
  scopes: readonly Scope[]
  reach: Map<string, Reach>
  within: Map<ScopeLetter, Within | undefined>
}>

const read = new WeakMap<readonly string[], Understood>()

const understood = (texts: readonly string[]): Understood => {
  let found = read.get(texts)
  if (found === undefined) {
    found = { scopes: texts.flatMap((text) => parseScope(text) ?? []), reach: new Map(), within: new Map() }
    read.set(texts, found)
  }
  return found
}

/** How far these scopes reach for an interaction with a type. A text that is not understood grants nothing, and takes nothing away. */
export const reachOf = (scopes: readonly string[], type: string, letter: ScopeLetter): Reach => {
  const { scopes: known, reach } = understood(scopes)
  const key = letter + type
  let found = reach.get(key)
  if (found === undefined) {
    found = reachFrom(known, type, letter)
    reach.set(key, found)
  }
  return found
}

const reachFrom = (scopes: readonly Scope[], type: string, letter: ScopeLetter): Reach => {
  const matching = scopes.filter(
    (scope) => (scope.type === '*' || scope.type === type) && scope.letters.includes(letter),
  )
  if (matching.length === 0) return 'none'
  if (matching.some(({ query }) => query.length === 0)) return 'all'
  return [...new Set(matching.map(({ query }) => query.toSorted().join('&')))].sort()
}

/** Whether these scopes let a caller do this interaction with any resource of this type. */
export const mayInteract = (scopes: readonly string[], type: string, letter: ScopeLetter): boolean =>
  reachOf(scopes, type, letter) !== 'none'

/** Whether one reach is known to cover another: everything that the other lets through, it lets through too. */
export const covers = (reach: Reach, other: Reach): boolean => {
  if (reach === 'all' || other === 'none') return true
  return reach !== 'none' && other !== 'all' && other.every((query) => reach.includes(query))
}

/** Types of which scopes reach only what one of some queries finds. What they do not reach at all is refused before. */
export type Within = ReadonlyMap<string, readonly string[]>

/** The types that scopes narrow for an interaction; undefined where there are none, as nearly always. */
export const withinOf = (scopes: readonly string[], letter: ScopeLetter): Within | undefined => {
  const { scopes: known, within } = understood(scopes)
  if (!within.has(letter)) {
    const narrowed = [...new Set(known.flatMap(({ type, query }) => (query.length === 0 ? [] : type)))].flatMap(
      (type) => {
        const reach = reachOf(scopes, type, letter)
        return typeof reach === 'string' ? [] : [[type, reach] as const]
      },
    )
    within.set(letter, narrowed.length === 0 ? undefined : new Map(narrowed))
  }
  return within.get(letter)
}

const ordered = (letters: (letter: string) => boolean): string => [...LETTERS].filter(letters).join('')

const commonType = (one: string, other: string): string | undefined => {
  if (one === other || other === '*') return one
  return one === '*' ? other : undefined
}

/** What both allow: letters in common, and the parameters of both. */
const common = (one: Scope, other: Scope): Scope | undefined => {
  const type = commonType(one.type, other.type)
  const letters = ordered((letter) => one.letters.includes(letter) && other.letters.includes(letter))
  if (one.context !== other.context || type === undefined || letters === '') return undefined
  return { context: one.context, type, letters, query: [...new Set([...one.query, ...other.query])] }
}

/** True where one lets through all that the other does, and more. */
const isWider = (one: Scope, other: Scope): boolean =>
  one.context === other.context &&
  one.type === other.type &&
  one.query.length < other.query.length &&
  one.query.every((parameter) => other.query.includes(parameter))

/**
 * What both lists allow, as scopes: one for a type and query, sorted, the letters in order. `system/*.rs` against `system/CarePlan.cru?status=active`
 * gives `system/CarePlan.r?status=active`. Texts that are not understood count as nothing.
 */
export const intersectScopes = (requested: readonly string[], registered: readonly string[]): string[] => {
  const allowed = new Map<string, Scope>()
  for (const one of understood(requested).scopes) {
    for (const other of understood(registered).scopes) {
      const both = common(one, other)
      if (both === undefined) continue
      const key = `${both.context}/${both.type}?${both.query.toSorted().join('&')}`
      const sofar = allowed.get(key)
      const letters = ordered((letter) => both.letters.includes(letter) || sofar?.letters.includes(letter) === true)
      // Its parameters in the order in which they were asked for, where all of them were.
      const isAsAsked = sofar === undefined || both.query.length === one.query.length
      allowed.set(key, { ...(isAsAsked ? both : sofar), letters })
    }
  }
  const scopes = [...allowed.values()]
  return scopes
    .flatMap((scope) => {
      const wider = scopes.filter((other) => isWider(other, scope))
      const letters = ordered(
        (letter) => scope.letters.includes(letter) && !wider.some((one) => one.letters.includes(letter)),
      )
      return letters === '' ? [] : [textOf({ ...scope, letters })]
    })
    .sort()
}
