/** How the items of an element are told apart into slices, and what is held of these (http://hl7.org/fhir/R4/profiling.html#slicing). */
import type { ElementDefinitionSlicing, ElementDefinitionSlicingDiscriminator } from 'fhir/r4.js'
import { isError } from '../../fhir/outcome.ts'
import type { ElementCheck, Engine } from '../engine.ts'
import { findingAt, type Spot } from '../spot.ts'
import { type Matcher, tellingOf } from './discriminator.ts'
import { canonicalOf, type Library } from './library.ts'
import { candidatesOf } from './slice-index.ts'
import type { ElementNode } from './tree.ts'

const DEFAULT = '@default'
const NONE: readonly Spot[] = []

const BY_URL: readonly ElementDefinitionSlicingDiscriminator[] = [{ type: 'value', path: 'url' }]
const BY_TYPE: readonly ElementDefinitionSlicingDiscriminator[] = [{ type: 'type', path: '$this' }]

/** What tells slices apart where the snapshot leaves it out: extensions by their address, a choice by its type. */
const discriminatorsOf = ({ definition, name }: ElementNode): readonly ElementDefinitionSlicingDiscriminator[] => {
  const told = definition.slicing?.discriminator ?? []
  if (told.length > 0) return told
  if (name === 'extension' || name === 'modifierExtension') return BY_URL
  return definition.path.endsWith('[x]') ? BY_TYPE : []
}

type Slice = Readonly<{
  node: ElementNode
  name: string
  /** True where a value of its own tells the slice; value sets that do may have codes in common. */
  isTold: boolean
  matches: Matcher
  element: ElementCheck | undefined
}>

/** Where nothing tells the items of a slice, those belong to it that have nothing wrong by it. */
const byConformance =
  (check: ElementCheck | undefined): Matcher =>
  (spot, run) => {
    if (check === undefined) return true
    const engine = run as Engine
    return !engine.attempt(() => check.check([spot], spot.parent ?? spot, engine)).some(isError)
  }

/** Discriminators tell each slice from every other; an item of two is held to one of them only. */
const reportAmbiguous = (spot: Spot, engine: Engine, [one, other]: readonly [Slice, Slice], profile: string): void => {
  engine.report(
    findingAt(
      spot,
      'slice-ambiguous',
      'structure',
      `This belongs to the slice ${one.name} as well as to ${other.name}, and may belong to one only.`,
      {
        profile,
        expected: `the slice ${one.name} or ${other.name}`,
        hint: 'Make two items of it, one for each slice, or leave out what belongs to one of them.',
      },
    ),
  )
}

/** The index of the slice that an item belongs to, -1 for none; what cannot be told counts where nothing else does. */
const indexOf = (
  slices: readonly Slice[],
  candidates: readonly number[],
  spot: Spot,
  engine: Engine,
  profile: string,
): number => {
  let perhaps = -1
  let found: number | undefined
  for (const index of candidates) {
    const slice = slices[index] as Slice
    if (found !== undefined && !slice.isTold) continue
    const answer = slice.matches(spot, engine)
    if (answer === true && found !== undefined) {
      reportAmbiguous(spot, engine, [slices[found] as Slice, slice], profile)
      return found
    }
    if (answer === true) {
      if (!slice.isTold) return index
      found = index
    }
    if (answer === undefined && perhaps === -1) perhaps = index
  }
  return found ?? perhaps
}

const reportUnmatched = (
  spot: Spot,
  engine: Engine,
  node: ElementNode,
  slices: readonly Slice[],
  profile: string,
): void => {
  const names = slices.map(({ name }) => name).join(', ')
  engine.report(
    findingAt(
      spot,
      'slice-unmatched',
      'structure',
      `This belongs to none of the slices of ${node.definition.path}, and others are not allowed.`,
      {
        profile,
        expected: `one of the slices ${names}`,
        hint: 'Make it one of these, or leave it out.',
      },
    ),
  )
}

const reportOrder = (spot: Spot, engine: Engine, slice: Slice | undefined, profile: string): void => {
  engine.report(
    findingAt(
      spot,
      'slice-order',
      'structure',
      slice === undefined
        ? 'What belongs to no slice must stand after all that does.'
        : `The slice ${slice.name} must stand before what is above it here.`,
      { profile, hint: 'Put the items into the order of the profile.' },
    ),
  )
}

/** The order of what is matched: that of the slices where they are ordered, and what is in none last where the end alone is open. */
const checkOrder = (
  items: readonly Spot[],
  found: readonly number[],
  { ordered, rules }: Partial<ElementDefinitionSlicing>,
  slices: readonly Slice[],
  engine: Engine,
  profile: string,
): void => {
  if (ordered !== true && rules !== 'openAtEnd') return
  let last = -1
  let unmatched: Spot | undefined
  for (const [position, index] of found.entries()) {
    const spot = items[position] as Spot
    if (index === -1) {
      unmatched ??= spot
      continue
    }
    if (rules === 'openAtEnd' && unmatched !== undefined) {
      reportOrder(unmatched, engine, undefined, profile)
      unmatched = undefined
    }
    if (ordered === true && index < last) reportOrder(spot, engine, slices[index], profile)
    last = Math.max(last, index)
  }
}

/** The check of the slices of an element, whose own checks stand in the order of the slices. */
export const slicingCheck = (
  library: Library,
  node: ElementNode,
  checks: readonly (ElementCheck | undefined)[],
): ElementCheck => {
  const profile = canonicalOf(node.structure)
  const slicing: Partial<ElementDefinitionSlicing> = node.definition.slicing ?? {}
  const discriminators = discriminatorsOf(node)
  const all = node.slices.map((slice, index) => {
    const name = slice.sliceName ?? ''
    const element = checks[index]
    const telling = name === DEFAULT ? undefined : tellingOf(library, slice, discriminators)
    return {
      node: slice,
      name,
      element,
      isTold: telling?.key !== undefined,
      matches: telling?.matches ?? byConformance(element),
      key: telling?.key,
    }
  })
  const rest = all.find(({ name }) => name === DEFAULT)
  const slices = all.filter((slice) => slice !== rest)
  const candidates = candidatesOf(slices.map(({ key }) => key))
  const check: ElementCheck['check'] = (items, parent, engine) => {
    const found = items.map((item) => indexOf(slices, candidates(item, engine), item, engine, profile))
    checkOrder(items, found, slicing, slices, engine, profile)
    const shared: (Spot[] | undefined)[] = []
    const others: Spot[] = []
    for (let position = 0; position < items.length; position++) {
      const index = found[position] as number
      const item = items[position] as Spot
      if (index === -1) others.push(item)
      else if (shared[index] === undefined) shared[index] = [item]
      else shared[index].push(item)
    }
    for (let index = 0; index < slices.length; index++) {
      const element = slices[index]?.element
      const own = shared[index]
      if (own !== undefined || element?.asksAbsent === true) element?.check(own ?? NONE, parent, engine)
    }
    if (rest !== undefined) rest.element?.check(others, parent, engine)
    else if (slicing.rules === 'closed') for (const spot of others) reportUnmatched(spot, engine, node, slices, profile)
  }
  return { check, asksAbsent: all.some(({ element }) => element?.asksAbsent === true) }
}
