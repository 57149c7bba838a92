/**
 * SMART v2 scopes of systems (SMART App Launch 2.2, "Scopes for requesting FHIR Resources"): `system/Type.cruds`, the letters
 * in this order, `*` for every type. A scope is a ceiling, never a grant.
 */

/** create, read (with vread and history of an instance), update, delete, search: the letters of a SMART v2 scope. */
export type ScopeLetter = 'c' | 'r' | 'u' | 'd' | 's'

export type Scope = Readonly<{
  /** A FHIR resource type, or `*` for every type. */
  type: string
  /** A non-empty part of `cruds`, in that order. */
  letters: string
}>

const LETTERS = 'cruds'
const PATTERN = /^system\/(\*|[A-Z][A-Za-z]{0,63})\.(c?r?u?d?s?)$/

/**
 * The scope that a text names; undefined for everything else: other contexts (`user/`, `patient/`), SMART v1 (`.read`, `.*`),
 * letters missing, repeated or in another order, and a query part (`?category=…`), which KeyPlan cannot hold to yet.
 */
export const parseScope = (text: string): Scope | undefined => {
  const match = PATTERN.exec(text)
  const [, type, letters] = match ?? []
  return type === undefined || letters === undefined || letters === '' ? undefined : { type, letters }
}

/**
 * Whether these scopes let a caller do this interaction with resources of this type. A text that is not understood grants
 * nothing, and takes nothing away from the others.
 */
export const mayInteract = (scopes: readonly string[], type: string, interaction: ScopeLetter): boolean =>
  scopes.some((text) => {
    const scope = parseScope(text)
    return scope !== undefined && (scope.type === '*' || scope.type === type) && scope.letters.includes(interaction)
  })

const commonLetters = (one: string, other: string): string =>
  [...LETTERS].filter((letter) => one.includes(letter) && other.includes(letter)).join('')

const commonType = (one: string, other: string): string | undefined => {
  if (one === other || other === '*') return one
  return one === '*' ? other : undefined
}

/**
 * What both lists allow, as scopes: one a type, sorted by type, the letters in order. `system/*.rs` against
 * `system/CarePlan.cru` gives `system/CarePlan.r`. Texts that are not understood count as nothing.
 */
export const intersectScopes = (requested: readonly string[], registered: readonly string[]): string[] => {
  const allowed = new Map<string, string>()
  for (const one of requested.map(parseScope)) {
    for (const other of registered.map(parseScope)) {
      if (one === undefined || other === undefined) continue
      const type = commonType(one.type, other.type)
      const letters = commonLetters(one.letters, other.letters)
      if (type === undefined || letters === '') continue
      const sofar = allowed.get(type) ?? ''
      allowed.set(type, [...LETTERS].filter((letter) => (sofar + letters).includes(letter)).join(''))
    }
  }
  return [...allowed].map(([type, letters]) => `system/${type}.${letters}`).sort()
}
