/** How an item is told to belong to a slice (http://hl7.org/fhir/R4/profiling.html#discriminator). */
import type { ElementDefinitionSlicingDiscriminator } from 'fhir/r4.js'
import { lineageOf } from '../../definitions/tables.ts'
import { childrenNamed } from '../children.ts'
import type { Run, Spot } from '../spot.ts'
import { findsThrough, type Step, stepsOf } from './discriminator-path.ts'
import type { Library } from './library.ts'
import { leafOf, type SliceKey } from './slice-key.ts'
import type { ElementNode } from './tree.ts'
import { fixedOf, isSame, patternOf, patternTest } from './values.ts'

/** Whether something holds; undefined where it cannot be told. */
type Truth = boolean | undefined

/** What a definition demands of the elements that its discriminator finds; undefined where it demands nothing. */
type Criterion = (spots: readonly Spot[], run: Run) => Truth

/** Whether an item belongs to a slice; undefined where it cannot be told. */
export type Matcher = (spot: Spot, run: Run) => Truth

const DEEPEST = 6

const some = <T>(items: readonly T[], holds: (item: T) => Truth): Truth => {
  let answer: Truth = false
  for (const item of items) {
    const one = holds(item)
    if (one === true) return true
    if (one === undefined) answer = undefined
  }
  return answer
}

const every = <T>(items: readonly T[], holds: (item: T) => Truth): Truth => {
  let answer: Truth = true
  for (const item of items) {
    const one = holds(item)
    if (one === false) return false
    if (one === undefined) answer = undefined
  }
  return answer
}

/** The trees of the profiles that an element's types name, with the types that these are of. */
const profileTrees = (library: Library, node: ElementNode): readonly ElementNode[] =>
  (node.definition.type ?? []).flatMap(({ profile = [] }) => profile.flatMap((one) => library.tree(one) ?? []))

const typeTrees = (library: Library, node: ElementNode): readonly ElementNode[] => {
  const reference = node.definition.contentReference
  const codes =
    reference === undefined ? (node.definition.type ?? []).map(({ code }) => code) : [reference.split('#')[1] ?? '']
  return codes.flatMap((code) => library.typeTree(code) ?? [])
}

/** What a definition says about the elements of one name below an element: its own, else its profiles', else its types'. */
const below = (library: Library, node: ElementNode, name: string): readonly ElementNode[] => {
  const own = node.children.get(name)
  if (own !== undefined) return [own]
  const inside = (trees: readonly ElementNode[]) => trees.flatMap((tree) => tree.children.get(name) ?? [])
  const ofProfiles = inside(profileTrees(library, node))
  if (ofProfiles.length > 0) return ofProfiles
  const ofTypes = inside(typeTrees(library, node))
  const addresses = name === 'url' ? extensionsOf(node) : []
  return addresses.length === 0 ? ofTypes : ofTypes.flatMap((url) => addresses.map((address) => fixedTo(url, address)))
}

/** The extensions that an element may be: their url is the address of their definition, be that known or not. */
const extensionsOf = ({ definition }: ElementNode): readonly string[] =>
  (definition.type ?? []).flatMap(({ code, profile = [] }) =>
    code === 'Extension' ? profile.map((canonical) => canonical.split('|')[0] as string) : [],
  )

const fixedTo = (node: ElementNode, address: string): ElementNode => ({
  ...node,
  definition: { ...node.definition, fixedUri: address },
})

const isExtensionSlice = (library: Library, slice: ElementNode, url: string): boolean =>
  extensionsOf(slice).includes(url) ||
  below(library, slice, 'url').some(({ definition }) => fixedOf(definition)?.value === url)

const definitionsAt = (library: Library, nodes: readonly ElementNode[], step: Step): readonly ElementNode[] => {
  switch (step.kind) {
    case 'child':
      return nodes.flatMap((node) => below(library, node, step.name))
    case 'extension':
      return nodes.flatMap((node) =>
        below(library, node, 'extension').flatMap(({ slices }) =>
          slices.filter((slice) => isExtensionSlice(library, slice, step.url)),
        ),
      )
    case 'type':
      return nodes.flatMap((node) => {
        const slice = node.slices.find(({ definition }) => definition.type?.every(({ code }) => code === step.type))
        return slice ?? node
      })
    case 'resolve':
      return nodes.flatMap(({ definition }) =>
        (definition.type ?? []).flatMap(({ targetProfile = [] }) =>
          targetProfile.flatMap((one) => library.tree(one) ?? []),
        ),
      )
  }
}

/** The criteria of what stands below an element, where that is told by what stands there. */
const belowCriterion = (library: Library, node: ElementNode, levels: number): Criterion | undefined => {
  if (levels === 0) return undefined
  const parts = [...node.children.values()].flatMap((child) => {
    const slices = child.slices.filter(({ definition }) => (definition.min ?? 0) > 0)
    return [child, ...slices].flatMap((one) => {
      const criterion = ownCriterion(library, one, levels - 1)
      return criterion === undefined ? [] : [(spot: Spot, run: Run) => criterion(childrenNamed(spot, child.name), run)]
    })
  })
  if (parts.length === 0) return undefined
  return (spots, run) => some(spots, (spot) => every(parts, (part) => part(spot, run)))
}

/** What an element itself fixes, by value, pattern, required binding or what is below it. */
const ownCriterion = (library: Library, node: ElementNode, levels: number): Criterion | undefined => {
  const { definition } = node
  const fixed = fixedOf(definition)
  if (fixed !== undefined) return (spots) => spots.some(({ value }) => isSame(value, fixed.value))
  const pattern = patternOf(definition)
  if (pattern !== undefined) {
    const holds = patternTest(pattern.value)
    return (spots) => spots.some(({ value }) => holds(value))
  }
  const inside = belowCriterion(library, node, levels)
  if (inside !== undefined) return inside
  const { strength, valueSet } = definition.binding ?? {}
  if (strength === 'required' && valueSet !== undefined)
    return (spots, run) => some(spots, (spot) => run.memberOf(spot, valueSet))
  const profiled = profileTrees(library, node).flatMap((tree) => belowCriterion(library, tree, levels - 1) ?? [])
  return profiled.length === 0 ? undefined : (spots, run) => some(profiled, (criterion) => criterion(spots, run))
}

/** The value that an element is fixed to, or the pattern that it has. */
const constantOf = ({ definition }: ElementNode): unknown => fixedOf(definition)?.value ?? patternOf(definition)?.value

const existsCriterion = ({ definition }: ElementNode): Criterion | undefined => {
  if (definition.max === '0') return (spots) => spots.length === 0
  return (definition.min ?? 0) > 0 ? (spots) => spots.length > 0 : undefined
}

const typeCriterion = ({ definition, structure, id }: ElementNode): Criterion | undefined => {
  const codes = id.includes('.') ? definition.type?.map(({ code }) => code) : [structure.type]
  if (codes === undefined) return undefined
  return (spots) => spots.some(({ type }) => lineageOf(type).some((one) => codes.includes(one)))
}

const profileCriterion = (node: ElementNode): Criterion | undefined => {
  const { definition, structure, id } = node
  const profiles = id.includes('.') ? (definition.type ?? []).flatMap(({ profile = [] }) => profile) : [structure.url]
  if (profiles.length === 0) return undefined
  return (spots, run) => some(spots, (spot) => some(profiles, (profile) => run.conformsTo(spot, profile)))
}

const criterionOf = (
  library: Library,
  kind: ElementDefinitionSlicingDiscriminator['type'],
  node: ElementNode,
): Criterion | undefined => {
  switch (kind) {
    case 'type':
      return typeCriterion(node)
    case 'profile':
      return profileCriterion(node)
    case 'exists':
      return existsCriterion(node)
    default:
      return ownCriterion(library, node, DEEPEST) ?? existsCriterion(node)
  }
}

/** How the items of a slice are told: those that the key finds, where there is one, by what matches. */
export type Telling = Readonly<{ matches: Matcher; key: SliceKey | undefined }>

/** What tells the items of a slice; undefined where its discriminators tell nothing about it. */
export const tellingOf = (
  library: Library,
  slice: ElementNode,
  discriminators: readonly ElementDefinitionSlicingDiscriminator[],
): Telling | undefined => {
  let key: SliceKey | undefined
  let isKeyAll = false
  const parts = discriminators.flatMap(({ type, path }): Matcher[] => {
    const steps = stepsOf(path)
    if (steps === undefined) return [() => undefined]
    const nodes = steps.reduce<readonly ElementNode[]>((found, step) => definitionsAt(library, found, step), [slice])
    const criteria = nodes.flatMap((node) => criterionOf(library, type, node) ?? [])
    const [criterion] = criteria
    if (criterion === undefined) return []
    const [node] = nodes
    if ((type === 'value' || type === 'pattern') && nodes.length === 1 && node !== undefined) {
      const constant = constantOf(node)
      const leaf = leafOf(constant)
      if (leaf !== undefined) {
        key ??= { steps, ...leaf }
        isKeyAll = leaf.value === constant && criteria.length === 1
      }
    }
    const finds = findsThrough(steps)
    return criteria.length === 1
      ? [(spot, run) => criterion(finds(spot, run), run)]
      : [
          (spot, run) => {
            const spots = finds(spot, run)
            return some(criteria, (one) => one(spots, run))
          },
        ]
  })
  const [only] = parts
  if (only === undefined) return undefined
  if (parts.length > 1) return { matches: (spot, run) => every(parts, (part) => part(spot, run)), key }
  return { matches: isKeyAll ? () => true : only, key }
}
