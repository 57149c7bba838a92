import {
  isAttribute,
  isConcreteType,
  isPrimitive,
  isResourceType,
  type Property,
  propertiesOf,
  propertiesOfElement,
  remember,
} from '../definitions/tables.ts'
import { placesIn } from '../fhir/places.ts'
import { after, type Expected } from './expected.ts'
import { isNode, type Node } from './invariants/invariant.ts'
import { resourceSpotBelow, type Spot, spotBelow } from './spot.ts'

const isKnownPath = (type: string): boolean => !isPrimitive(type) && type !== 'xhtml' && !type.startsWith('http')

/** A JSON property of an element, the one that stands beside it for the id and extensions of a primitive, and the type of what stands there. */
type Place = Readonly<{ property: string; beside: string | undefined; name: string; type: string }>

/** The JSON properties as which an element of a type may appear; none where it has no such element. */
export const propertiesNamed = (type: string, name: string): readonly Property[] =>
  isKnownPath(type) && type !== '' ? propertiesOfElement(type, name) : []

const ofElement = remember((type): ((name: string) => readonly Place[]) =>
  remember((name) =>
    propertiesNamed(type, name).map(({ property, type: { code } }) => ({
      property,
      beside: isPrimitive(code) && !isAttribute(type, property) ? `_${property}` : undefined,
      name,
      type: code,
    })),
  ),
)

/** What may stand below a primitive. */
const OF_PRIMITIVE: Readonly<Record<string, string>> = { extension: 'Extension', id: 'string' }

const NONE: readonly Spot[] = []

const spotAt = (
  parent: Spot,
  { name, type }: Place,
  index: number | undefined,
  value: unknown,
  beside: unknown,
): Spot | undefined => {
  if (type === 'Resource') return resourceIn(parent, name, index, value)
  const companion = isNode(beside) ? beside : undefined
  const own = value ?? undefined
  return own === undefined && companion === undefined ? undefined : spotBelow(parent, name, index, type, own, companion)
}

/** The elements at a place. Most are one alone; a list that grows begins with room for many. */
const spotsAt = (parent: Spot, place: Place, value: unknown, beside: unknown): readonly Spot[] => {
  if (!Array.isArray(value) && !Array.isArray(beside)) {
    const only = spotAt(parent, place, undefined, value, beside)
    return only === undefined ? NONE : [only]
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : NONE
  const companions: readonly unknown[] = Array.isArray(beside) ? beside : NONE
  const length = Math.max(values.length, companions.length)
  let found: Spot[] | undefined
  for (let index = 0; index < length; index++) {
    const spot = spotAt(parent, place, index, values[index], companions === NONE ? undefined : companions[index])
    if (spot === undefined) continue
    if (found === undefined) found = [spot]
    else found.push(spot)
  }
  return found ?? NONE
}

const joined = (some: readonly Spot[] | undefined, more: readonly Spot[]): readonly Spot[] =>
  some === undefined || some.length === 0 ? more : [...some, ...more]

/** The spot of a resource within another, where it is one of a type that there is. */
export const resourceIn = (parent: Spot, name: string, index: number | undefined, value: unknown): Spot | undefined => {
  const type = isNode(value) ? value['resourceType'] : undefined
  return typeof type === 'string' && isConcreteType(type)
    ? resourceSpotBelow(parent, name, index, value as Node)
    : undefined
}

const childrenAt = (parent: Spot, name: string, places: readonly Place[]): readonly Spot[] => {
  const { value, companion } = parent
  if (isNode(value)) {
    let found: readonly Spot[] = NONE
    for (const place of placesIn(value, places)) {
      const own = value[place.property]
      const beside = place.beside === undefined ? undefined : value[place.beside]
      if (own !== undefined || beside !== undefined) found = joined(found, spotsAt(parent, place, own, beside))
    }
    return found
  }
  const inside = OF_PRIMITIVE[name]
  if (companion === undefined || inside === undefined) return NONE
  const held = companion[name]
  if (Array.isArray(held)) return held.map((one, index) => spotBelow(parent, name, index, inside, one))
  return held === undefined ? NONE : [spotBelow(parent, name, undefined, inside, held)]
}

/** The elements of one name below another. */
export const childrenNamed = (parent: Spot, name: string): readonly Spot[] =>
  childrenAt(parent, name, ofElement(parent.type)(name))

/** Where a finding about an element of this name belongs: the first such below another, or the other itself where there is none. */
export const childOrSelf = (parent: Spot, name: string): Spot => childrenNamed(parent, name)[0] ?? parent

/** As `childrenNamed`, for who asks for one name many times, mostly of elements of one type. */
export const childrenOf = (name: string): ((parent: Spot) => readonly Spot[]) => {
  let lastType: string | undefined
  let last: readonly Place[] = []
  return (parent) => {
    if (parent.type !== lastType) {
      last = ofElement(parent.type)(name)
      lastType = parent.type
    }
    return childrenAt(parent, name, last)
  }
}

/** A JSON property of a type, and what is asked for there: which of the names, and the place where it stands; nothing of most. */
interface Asked extends Expected<Asked> {
  readonly index: number
  readonly place: Place | undefined
}

const askedOf = (property: string, index: number, place: Place | undefined): Asked => ({
  property,
  next: undefined,
  index,
  place,
})

const askedIn = (type: string, names: readonly string[]): ReadonlyMap<string, Asked> => {
  const all = new Map<string, Asked>()
  if (!isKnownPath(type) || type === '') return all
  // What is not asked for is known as well: it comes between what is.
  for (const property of propertiesOf(type).keys())
    for (const one of [property, `_${property}`]) all.set(one, askedOf(one, -1, undefined))
  for (const [index, name] of names.entries())
    for (const place of ofElement(type)(name)) {
      all.set(place.property, askedOf(place.property, index, place))
      if (place.beside !== undefined) all.set(place.beside, askedOf(place.beside, index, place))
    }
  return all
}

/** The elements of each of these names below another, in the order of the names; undefined where there is none. Goes once through what is there. */
export const childrenByName = (
  names: readonly string[],
): ((parent: Spot) => readonly (readonly Spot[] | undefined)[]) => {
  const tableOf = remember((type) => ({ start: askedOf('', -1, undefined), all: askedIn(type, names) }))
  let lastType: string | undefined
  let table = tableOf('')
  return (parent) => {
    const { value, type } = parent
    if (!isNode(value)) return names.map((name) => childrenNamed(parent, name))
    const found: (readonly Spot[] | undefined)[] = new Array(names.length)
    if (type !== lastType) {
      table = tableOf(type)
      lastType = type
    }
    let before = table.start
    for (const property in value) {
      const one = after(before, property, table.all)
      if (one === undefined) continue
      before = one
      const { place, index } = one
      if (place === undefined) continue
      const own = value[place.property]
      // What has a value is found by that.
      if (own !== undefined && property !== place.property) continue
      const beside = place.beside === undefined ? undefined : value[place.beside]
      found[index] = joined(found[index], spotsAt(parent, place, own, beside))
    }
    return found
  }
}

/** True for a resource type, as against a datatype or a backbone element. */
export const isResource = (spot: Spot): boolean => isResourceType(spot.type)
