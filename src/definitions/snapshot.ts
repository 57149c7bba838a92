/**
 * Snapshots: every element of a profile, made from its differential and the snapshot of what it builds on
 * (http://hl7.org/fhir/R4/profiling.html#snapshot). Packages from outside often leave theirs out.
 */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { narrowedToNamed, ofNamedType, typeNamed } from './snapshot/choice.ts'
import { constrained, widens } from './snapshot/constrain.ts'
import { SnapshotFault } from './snapshot/fault.ts'
import {
  addChild,
  childOf,
  copyOf,
  elementName,
  elementsOf,
  isChoice,
  type Node,
  sizeOf,
  sliceName,
  treeOf,
} from './snapshot/tree.ts'

export { SnapshotFault }

export type FindStructure = (canonical: string) => StructureDefinition | undefined

/** More elements than any profile has that people use; slices of slices could make any number. */
const MOST_ELEMENTS = 20_000
/** So many profiles build on each other, or are walked into, at most. */
const MOST_LEVELS = 32

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

const BY_URL: ElementDefinition['slicing'] = {
  discriminator: [{ type: 'value', path: 'url' }],
  description: 'Extensions are always sliced by (at least) url',
  ordered: false,
  rules: 'open',
}
const BY_TYPE: ElementDefinition['slicing'] = {
  discriminator: [{ type: 'type', path: '$this' }],
  ordered: false,
  rules: 'closed',
}

type Making = Readonly<{
  profile: StructureDefinition
  find: FindStructure
  /** The profiles on whose account this one is made, so that a ring of them is noticed. */
  way: readonly string[]
  /** Counts the elements that are made. */
  spend(elements: number, id: string): void
}>

const named = ({ url, version }: StructureDefinition): string => (version === undefined ? url : `${url}|${version}`)

/** The tree of the snapshot of another definition, which is made where it has none. */
const treeOfOther = (making: Making, canonical: string, id: string): Node => {
  const { profile, find, way } = making
  const found = find(canonical)
  if (found === undefined) throw new SnapshotFault(named(profile), id, `${canonical} is not loaded.`, canonical)
  const whole = found.snapshot === undefined ? make(found, find, [...way, named(profile)], id) : found
  const tree = treeOf(whole.snapshot?.element ?? [], found.type)
  if (tree?.element === undefined)
    throw new SnapshotFault(named(profile), id, `the snapshot of ${canonical} does not begin with ${found.type}.`)
  return tree
}

/** The profile of an element that has exactly one, and no other type; what an element may be is otherwise said by its type. */
const onlyProfile = ({ type = [] }: ElementDefinition): string | undefined =>
  type.length === 1 && type[0]?.profile?.length === 1 ? type[0].profile[0] : undefined

/** What stands below an element that has no children yet: those of its type, of its only profile, or of the element that it repeats. */
const unfold = (making: Making, node: Node, id: string): void => {
  const element = node.element as ElementDefinition
  if (node.children.length > 0) return
  if (element.contentReference !== undefined) {
    const [address = '', fragment = ''] = element.contentReference.split('#')
    const type = fragment.split('.', 1)[0] as string
    const root = treeOfOther(making, address === '' ? `${CORE}${type}` : address, id)
    const target = fragment
      .split('.')
      .slice(1)
      .reduce<Node | undefined>((at, name) => (at === undefined ? undefined : childOf(at, name)), root)
    if (target === undefined)
      throw new SnapshotFault(named(making.profile), id, `${element.contentReference} names no element.`)
    const { contentReference: _, ...own } = element
    node.element = { ...own, ...(target.element?.type === undefined ? {} : { type: target.element.type }) }
    node.children = copyOf(target).children
  } else {
    const codes = [...new Set((element.type ?? []).map(({ code }) => code))]
    // Of several types, what all have in common can be constrained: id and extension.
    const common = codes.length === 1 ? (codes[0] as string) : 'Element'
    if (common.startsWith('http://hl7.org/fhirpath/')) return
    node.children = copyOf(treeOfOther(making, onlyProfile(element) ?? `${CORE}${common}`, id)).children
  }
  making.spend(sizeOf(node), id)
}

/** Texts and rules of a profile that an element must follow stand on the element too; the number of an extension as well. */
const withProfile = (making: Making, base: ElementDefinition, said: ElementDefinition): ElementDefinition => {
  const canonical = said.type === undefined ? undefined : onlyProfile(said)
  if (canonical === undefined || making.find(canonical) === undefined) return base
  // The root alone is read; a ring of profiles is one only where the elements below are walked into.
  const found = making.find(canonical) as StructureDefinition
  const root = found.snapshot?.element[0] ?? found.differential?.element.find(({ path }) => !path.includes('.'))
  if (root === undefined) return base
  const { min, max, base: _base, mustSupport: _must, slicing: _slicing, type: _type, constraint, ...texts } = root
  // Of a resource that stands in another, the rules stay its own.
  const rules = found.kind === 'resource' || constraint === undefined ? {} : { constraint }
  const number =
    found.type === 'Extension' ? { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) } : {}
  const merged = constrained(base, { ...texts, ...rules, ...number, path: base.path }, found.url)
  const fits = widens(base, { path: base.path, ...number }, true) === undefined
  return fits ? merged : { ...merged, ...(base.max === undefined ? {} : { max: base.max }) }
}

/** A slice begins as what it is a slice of, and may be left out. */
const slice = (of: Node, name: string): Node => {
  const { slicing: _, ...element } = of.element as ElementDefinition
  return { ...copyOf(of, name), element: { ...element, min: 0 } }
}

/** Where a new slice goes: after what it is a slice of and the slices of that. */
const insert = (parent: Node, of: Node, node: Node): void => {
  const mine = elementName(of.name) === of.name ? `${of.name}:` : `${of.name}/`
  const at = parent.children.findLastIndex((child) => child === of || child.name.startsWith(mine))
  addChild(parent, node, at + 1)
}

const sliced = (node: Node, slicing: ElementDefinition['slicing']): void => {
  const element = node.element as ElementDefinition
  if (element.slicing === undefined && slicing !== undefined) node.element = { ...element, slicing }
}

/** The child that a step of the differential means: there already, a slice that begins here, or a choice with its type named. */
const target = (making: Making, parent: Node, name: string, id: string, siblings: readonly Node[]): Node => {
  const there = childOf(parent, name)
  if (there !== undefined) return there
  const label = sliceName(name)
  const element = elementName(name)
  const plain = childOf(parent, element)
  if (label === undefined) {
    const choice = parent.children.find((child) => isChoice(name, child.name))
    if (choice === undefined)
      throw new SnapshotFault(named(making.profile), id, `there is no element ${name} in what it builds on.`)
    const type = typeNamed(choice.element as ElementDefinition, name)
    if (type === undefined)
      throw new SnapshotFault(
        named(making.profile),
        id,
        `${name} is none of the types that ${choice.name} may have here.`,
      )
    const allowed = choice.element?.type ?? []
    // Of one type alone, the choice is no choice: what is said of the type is said of the element.
    if (allowed.length === 1 && choice.element?.slicing === undefined) return choice
    const isNew = choice.element?.slicing === undefined
    sliced(choice, BY_TYPE)
    const found = target(making, parent, `${choice.name}:${name}`, id, siblings)
    found.element = { ...(found.element as ElementDefinition), type: [type] }
    if (isNew) choice.element = narrowedToNamed(choice.element as ElementDefinition, siblings)
    return found
  }
  if (plain === undefined) {
    const choice = parent.children.find((child) => isChoice(element, child.name))
    if (choice !== undefined) return target(making, parent, `${choice.name}:${label}`, id, siblings)
    throw new SnapshotFault(named(making.profile), id, `there is no element ${element} in what it builds on.`)
  }
  const above = label.includes('/') ? childOf(parent, `${element}:${label.slice(0, label.lastIndexOf('/'))}`) : plain
  if (above === undefined)
    throw new SnapshotFault(named(making.profile), id, `it is a slice of a slice that is not there.`)
  if (element === 'extension' || element === 'modifierExtension') sliced(above, BY_URL)
  if (element.endsWith('[x]')) sliced(above, BY_TYPE)
  // A name for what cannot repeat is no slice: it is said of the element.
  if (above.element?.slicing === undefined && above.element?.max === '1') return above
  if (above.element?.slicing === undefined)
    throw new SnapshotFault(
      named(making.profile),
      id,
      `${above.name} is not sliced. Expected a slicing before its slices.`,
    )
  const made = slice(above, name)
  const said = siblings.find((one) => one.name === name)?.element
  if (said?.type === undefined) made.element = ofNamedType(made.element as ElementDefinition, label)
  making.spend(sizeOf(made), id)
  insert(parent, above, made)
  return made
}

/** Brings what the differential says about an element and those below it into the tree of the snapshot. */
const merge = (making: Making, node: Node, said: Node, id: string): void => {
  if (said.element !== undefined) {
    const isSlice = sliceName(node.name) !== undefined
    const base = withProfile(making, node.element as ElementDefinition, said.element)
    const fault = widens(node.element as ElementDefinition, said.element, isSlice)
    if (fault !== undefined) throw new SnapshotFault(named(making.profile), id, fault)
    node.element = constrained(base, said.element, making.profile.url)
  }
  if (said.children.length === 0) return
  unfold(making, node, id)
  for (const child of said.children) {
    const below = `${id}.${child.name}`
    merge(making, target(making, node, child.name, below, said.children), child, below)
  }
}

/** True for a definition with a snapshot that says something; one without elements is none. */
export const hasSnapshot = ({ snapshot }: StructureDefinition): boolean => (snapshot?.element ?? []).length > 0

const make = (
  profile: StructureDefinition,
  find: FindStructure,
  way: readonly string[],
  at: string,
): StructureDefinition => {
  if (hasSnapshot(profile)) return profile
  const self = named(profile)
  const said = treeOf(profile.differential?.element ?? [], profile.type)
  if (way.includes(self)) throw new SnapshotFault(self, at, `it builds on itself: ${[...way, self].join(' → ')}.`)
  if (way.length >= MOST_LEVELS)
    throw new SnapshotFault(self, at, `more than ${MOST_LEVELS} profiles build on each other.`)
  if (profile.baseDefinition === undefined) throw new SnapshotFault(self, profile.type, 'it has no baseDefinition.')
  if (said === undefined)
    throw new SnapshotFault(self, profile.type, `its differential has elements that do not begin with ${profile.type}.`)
  let count = 0
  const making: Making = {
    profile,
    find,
    way,
    spend(elements, id) {
      count += elements
      if (count > MOST_ELEMENTS)
        throw new SnapshotFault(self, id, `its snapshot would have more than ${MOST_ELEMENTS} elements.`)
    },
  }
  const root = treeOfOther(making, profile.baseDefinition, profile.type)
  if (root.name !== profile.type)
    throw new SnapshotFault(self, profile.type, `its base is a ${root.name}. Expected a ${profile.type}.`)
  making.spend(sizeOf(root), profile.type)
  merge(making, root, said, profile.type)
  return { ...profile, snapshot: { element: elementsOf(root) } }
}

/**
 * The profile with its snapshot; one that has a snapshot already comes back as it is. `find` gives definitions by canonical address
 * (`url` or `url|version`), with or without snapshots. Throws a SnapshotFault, which names the element, where the profile widens what
 * it builds on, names what is not there, builds on itself or would become too large.
 */
export const snapshotOf = (profile: StructureDefinition, find: FindStructure): StructureDefinition =>
  make(profile, find, [], profile.type)
