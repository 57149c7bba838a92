/** What may stand in objects of a type, as tables: one slot for each JSON property that its elements may appear as. */
import {
  type Element,
  elementsOf,
  isAttribute,
  isPrimitive,
  isResourceType,
  lineageOf,
  type Property,
  propertiesOf,
  remember,
} from '../../definitions/tables.ts'
import type { Expected } from '../expected.ts'
import { invariantsOf } from '../invariants/index.ts'
import type { Invariant } from '../invariants/invariant.ts'
import { type PrimitiveTest, primitiveTest } from './primitives.ts'

/** What may stand under a JSON property. All have the same shape, so that one loop reads them all at the same speed. */
export interface Slot extends Expected<Slot> {
  /** The property without the `_` of a companion. */
  readonly name: string
  /** `companion` is what stands under `_name`, beside a primitive. */
  readonly kind: 'primitive' | 'complex' | 'resource' | 'companion' | 'nothing'
  readonly isList: boolean
  readonly most: number
  /** The bit of its element, where it has one: see `Shape`. */
  readonly bit: number
  /** The same, where its element may be there as one of several types; else 0. */
  readonly choice: number
  /** Of a primitive. */
  readonly test: PrimitiveTest
  /** Of what is complex, the type or backbone element. */
  readonly path: string
  /** The shape of that path, put here when it is first met: shapes hold each other. */
  shape: Shape | undefined
  /** Of a reference, the types of resources that it may be to. */
  readonly targets: readonly string[] | undefined
  /** True for a contained resource, as against one that stands by itself. */
  readonly isContained: boolean
}

/** A type or a backbone element. Its required elements, its choices and what its rules are about have a bit each. */
export type Shape = Readonly<{
  isResource: boolean
  /** Stands before the first property. */
  start: Slot
  slots: ReadonlyMap<string, Slot>
  bits: ReadonlyMap<string, number>
  /** The bits of what must be there. */
  required: number
  /** The rules that are code, each with the bits of the elements without all of which it holds; 0 where it may be broken by what is missing. */
  rules: readonly Readonly<{ rule: Invariant; about: number }>[]
}>

/** Elements of which a bit can be kept; no type of R4 has half as many that need one. */
const MOST_BITS = 30

const isRequired = ({ min = 0 }: Element): boolean => min > 0
const isChoice = ({ choice, types }: Element): boolean => choice === true && types.length > 1

const bitsOf = (names: Iterable<string>): ReadonlyMap<string, number> => {
  const bits = new Map([...new Set(names)].map((name, index) => [name, 1 << index]))
  if (bits.size > MOST_BITS) throw new Error(`A type with more than ${MOST_BITS} elements that need a bit`)
  return bits
}

const together = (bits: ReadonlyMap<string, number>, names: readonly string[]): number =>
  names.reduce((all, name) => all | (bits.get(name) ?? 0), 0)

const repeats = ({ max }: Element): boolean => max !== undefined && max !== '1'

const isText = (code: string): boolean => isPrimitive(code) || code === 'xhtml'

const nothingToTest: PrimitiveTest = () => undefined

const slotOf = ({ element, type, property }: Property, bits: ReadonlyMap<string, number>): Slot => {
  const bit = bits.get(element.name) ?? 0
  const kind = isText(type.code) ? 'primitive' : type.code === 'Resource' ? 'resource' : 'complex'
  return {
    name: property,
    property,
    next: undefined,
    kind,
    isList: repeats(element),
    most: element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max),
    bit,
    choice: isChoice(element) ? bit : 0,
    test: kind === 'primitive' ? primitiveTest({ element, type, property }) : nothingToTest,
    path: type.profile ?? type.code,
    shape: undefined,
    targets: type.targets,
    isContained: element.name === 'contained',
  }
}

/** A primitive has an id and extensions beside it, unless it is an attribute in XML. */
const companionOf = (slot: Slot): Slot => ({
  ...slot,
  property: `_${slot.name}`,
  kind: 'companion',
  most: Number.POSITIVE_INFINITY,
  path: 'Element',
  test: nothingToTest,
})

/** What stands before the first property of an object, and what the type of a resource is told by: neither has anything to check. */
const emptySlot = (property: string): Slot => ({
  name: property,
  property,
  next: undefined,
  kind: 'nothing',
  isList: false,
  most: 1,
  bit: 0,
  choice: 0,
  test: nothingToTest,
  path: '',
  shape: undefined,
  targets: undefined,
  isContained: false,
})

const slotsOf = (path: string, bits: ReadonlyMap<string, number>): ReadonlyMap<string, Slot> => {
  const slots = new Map<string, Slot>()
  if (isResourceType(path)) slots.set('resourceType', emptySlot('resourceType'))
  for (const [name, property] of propertiesOf(path)) {
    const slot = slotOf(property, bits)
    slots.set(name, slot)
    if (isPrimitive(property.type.code) && property.type.code !== 'xhtml' && !isAttribute(path, name))
      slots.set(`_${name}`, companionOf(slot))
  }
  return slots
}

/** The shape of a type or of a backbone element by base R4, made when it is first asked for. */
export const shapeOf = remember((path): Shape => {
  const elements = elementsOf(path)
  const rules = lineageOf(path).flatMap(invariantsOf)
  const required = elements.filter(isRequired).map(({ name }) => name)
  const choices = elements.filter(isChoice).map(({ name }) => name)
  const bits = bitsOf([...required, ...choices, ...rules.flatMap(({ onlyWith = [] }) => onlyWith)])
  return {
    isResource: isResourceType(path),
    start: emptySlot(''),
    slots: slotsOf(path, bits),
    bits,
    required: together(bits, required),
    rules: rules.map((rule) => ({ rule, about: together(bits, rule.onlyWith ?? []) })),
  }
})
