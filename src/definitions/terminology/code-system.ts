import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from 'fhir/r4.js'

/** A concept with what stands directly above and below it. */
export type Concept = Readonly<{
  concept: CodeSystemConcept
  parents: readonly string[]
  children: readonly string[]
}>

/** A code system with its concepts by code. `below` and `above` hold the code itself. */
export type LoadedCodeSystem = Readonly<{
  resource: CodeSystem
  /** In the order of the code system, each before those below it. */
  concepts: ReadonlyMap<string, Concept>
  /** The concept of a code, however its letters are written where the code system says that this is of no account (`caseSensitive` false). */
  find(code: string): Concept | undefined
  /** True where it holds all its codes, so that what is not in it is no code of it. */
  whole: boolean
  /** True where what stands below a code is a kind of it (http://hl7.org/fhir/R4/codesystem.html#hierarchy); so it is read where nothing is said. */
  subsumes: boolean
  below(code: string): ReadonlySet<string>
  above(code: string): ReadonlySet<string>
}>

const textOf = (property: CodeSystemConceptProperty): string | undefined => {
  const { code: _, ...value } = property
  const [found] = Object.entries(value).filter(([name]) => name.startsWith('value'))
  if (found === undefined) return undefined
  return typeof found[1] === 'object' ? (found[1] as { code?: string }).code : String(found[1])
}

/** The values of a property of a concept, as text; `code`, `display` and `definition` are properties too. */
export const propertyOf = ({ concept, parents, children }: Concept, name: string): readonly string[] => {
  if (name === 'parent') return parents
  if (name === 'child') return children
  if (name === 'code' || name === 'concept') return [concept.code]
  if (name === 'display' || name === 'definition') return concept[name] === undefined ? [] : [concept[name]]
  return (concept.property ?? []).filter(({ code }) => code === name).flatMap((property) => textOf(property) ?? [])
}

/** True for a concept that groups others and is not to be chosen (http://hl7.org/fhir/R4/codesystem-concept-properties.html). */
export const isAbstract = (concept: Concept): boolean =>
  concept.concept.property !== undefined &&
  [...propertyOf(concept, 'notSelectable'), ...propertyOf(concept, 'abstract')].includes('true')

export const isInactive = (concept: Concept): boolean =>
  concept.concept.property !== undefined &&
  (propertyOf(concept, 'inactive').includes('true') ||
    propertyOf(concept, 'status').some((status) => status === 'retired' || status === 'inactive'))

/** Everything that can be reached from a code, itself included. */
const reach = (from: string, next: (code: string) => readonly string[]): ReadonlySet<string> => {
  const found = new Set([from])
  for (const code of found) for (const other of next(code)) found.add(other)
  return found
}

/** A concept may stand below several: by nesting below one, by the properties `parent` and `child` below others. */
export const loadCodeSystem = (resource: CodeSystem): LoadedCodeSystem => {
  const found = new Map<string, CodeSystemConcept>()
  const parents = new Map<string, Set<string>>()
  const children = new Map<string, Set<string>>()
  const join = (parent: string, child: string): void => {
    children.set(parent, (children.get(parent) ?? new Set()).add(child))
    parents.set(child, (parents.get(child) ?? new Set()).add(parent))
  }
  const visit = (concept: CodeSystemConcept, parent: string | undefined): void => {
    if (!found.has(concept.code)) found.set(concept.code, concept)
    if (parent !== undefined) join(parent, concept.code)
    for (const property of concept.property ?? []) {
      if (property.code === 'child') join(concept.code, textOf(property) as string)
      if (property.code === 'parent') join(textOf(property) as string, concept.code)
    }
    for (const child of concept.concept ?? []) visit(child, concept.code)
  }
  for (const concept of resource.concept ?? []) visit(concept, undefined)
  const above = (code: string): readonly string[] => [...(parents.get(code) ?? [])]
  const below = (code: string): readonly string[] => [...(children.get(code) ?? [])]
  const concepts = new Map(
    [...found].map(([code, concept]): [string, Concept] => [
      code,
      { concept, parents: above(code), children: below(code) },
    ]),
  )
  const inAnyCase =
    resource.caseSensitive === false
      ? new Map([...concepts].map(([code, concept]) => [code.toLowerCase(), concept]))
      : undefined
  return {
    resource,
    concepts,
    find: (code) => concepts.get(code) ?? inAnyCase?.get(code.toLowerCase()),
    whole: resource.content === 'complete',
    subsumes: resource.hierarchyMeaning === undefined || resource.hierarchyMeaning === 'is-a',
    below: (code) => reach(code, below),
    above: (code) => reach(code, above),
  }
}
