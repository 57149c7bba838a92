/** What may stand under one JSON property: one or a list of a primitive, an element, a resource, or what stands beside a primitive. */
import {
  type Element,
  type ElementType,
  isAttribute,
  isConcreteType,
  isPrimitive,
  type Property,
} from '../../definitions/tables.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { DEEPEST, type Fault, type StructureRun, tell } from './fault.ts'
import { type PrimitiveTest, primitiveTest } from './primitives.ts'
import { checkTargets } from './targets.ts'

/** Checks what stands under a property of an object. */
export type PropertyCheck = (value: unknown, holder: Node, run: StructureRun) => void

/** Checks an object by its type; `mayBeEmpty` for what stands beside a primitive. */
export type ObjectCheck = (value: Node, run: StructureRun, mayBeEmpty?: boolean) => void

/** The check of a type or a backbone element, made when it is first asked for. */
export type ObjectCheckOf = (path: string) => ObjectCheck

type ItemCheck = (value: unknown, run: StructureRun) => void

const NOT_AN_OBJECT: Fault = { keyword: 'complex', params: { fault: 'type' } }

const repeats = (element: Element): boolean => element.max !== undefined && element.max !== '1'

const isPrimitiveType = (type: ElementType): boolean => isPrimitive(type.code) && type.code !== 'xhtml'

/** A primitive has an id and extensions beside it, unless it is an attribute in XML. */
export const isExtensible = (path: string, { property, type }: Property): boolean =>
  isPrimitiveType(type) && !isAttribute(path, property)

/** The items of a list, where it is one and holds as many as it may; undefined otherwise. */
const itemsOf = (value: unknown, name: string, most: number, run: StructureRun): readonly unknown[] | undefined => {
  if (!Array.isArray(value)) {
    tell(run, { keyword: 'type', params: { type: 'array' } }, name)
    return undefined
  }
  // An object in it would be as deep as nothing may be.
  if (run.depth + 1 >= DEEPEST) run.isTooDeep = true
  if (value.length < 1) tell(run, { keyword: 'minItems', params: { limit: 1 } }, name)
  if (value.length > most) tell(run, { keyword: 'maxItems', params: { limit: most } }, name)
  return value
}

const onePrimitive =
  (name: string, test: PrimitiveTest): PropertyCheck =>
  (value, holder, run) => {
    const faults = test(value, holder, name)
    if (faults !== undefined) for (const fault of faults) tell(run, fault, name)
  }

/** In a list of primitives null stands where an extension is in its place (http://hl7.org/fhir/R4/json.html#primitive). */
const listOfPrimitives = (name: string, most: number, test: PrimitiveTest): PropertyCheck => {
  const beside = `_${name}`
  return (value, holder, run) => {
    const items = itemsOf(value, name, most, run)
    if (items === undefined) return
    for (let index = 0; index < items.length; index++) {
      const item = items[index]
      if (item === null) {
        if (holder[beside] === undefined) tell(run, { keyword: 'shape', params: { fault: 'null' } }, name, index)
        continue
      }
      const faults = test(item, items, index)
      if (faults !== undefined) for (const fault of faults) tell(run, fault, name, index)
    }
  }
}

const one =
  (name: string, check: ItemCheck): PropertyCheck =>
  (value, _holder, run) => {
    run.way[run.depth++] = name
    check(value, run)
    run.depth--
  }

const listOf =
  (name: string, most: number, check: ItemCheck): PropertyCheck =>
  (value, _holder, run) => {
    const items = itemsOf(value, name, most, run)
    if (items === undefined) return
    run.way[run.depth++] = name
    run.depth++
    for (let index = 0; index < items.length; index++) {
      run.way[run.depth - 1] = index
      check(items[index], run)
    }
    run.depth -= 2
  }

const complex = ({ code, profile, targets }: ElementType, objectCheckOf: ObjectCheckOf): ItemCheck => {
  const path = profile ?? code
  let check: ObjectCheck | undefined
  return (value, run) => {
    if (!isNode(value)) {
      tell(run, NOT_AN_OBJECT)
      return
    }
    check ??= objectCheckOf(path)
    check(value, run)
    if (targets !== undefined) checkTargets(value, targets, run)
  }
}

const resource =
  (isContained: boolean, objectCheckOf: ObjectCheckOf): ItemCheck =>
  (value, run) => {
    if (!isNode(value)) {
      tell(run, NOT_AN_OBJECT)
      return
    }
    const type = value['resourceType']
    if (typeof type !== 'string' || !isConcreteType(type)) {
      const fault = typeof type === 'string' ? 'type-unknown' : 'type-missing'
      tell(run, { keyword: 'resource', params: { fault } })
      return
    }
    // Local references are looked up in the resource that contains; an entry is a resource of its own.
    const { root } = run
    if (!isContained) run.root = value
    objectCheckOf(type)(value, run)
    run.root = root
  }

const itemCheck = ({ element, type }: Property, objectCheckOf: ObjectCheckOf): ItemCheck =>
  type.code === 'Resource' ? resource(element.name === 'contained', objectCheckOf) : complex(type, objectCheckOf)

export const propertyCheck = (property: Property, objectCheckOf: ObjectCheckOf): PropertyCheck => {
  const { element, type, property: name } = property
  const most = element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max)
  if (isPrimitive(type.code) || type.code === 'xhtml') {
    const test = primitiveTest(property)
    return repeats(element) ? listOfPrimitives(name, most, test) : onePrimitive(name, test)
  }
  const check = itemCheck(property, objectCheckOf)
  return repeats(element) ? listOf(name, most, check) : one(name, check)
}

const isEmpty = (companion: unknown): boolean =>
  companion === null || (isNode(companion) && companion['extension'] === undefined)

/** ele-1 for primitives: each has a value or an extension; in lists the two stand at the same index (http://hl7.org/fhir/R4/json.html#primitive). */
const checkBeside = (companion: unknown, value: unknown, beside: string, run: StructureRun): void => {
  const empty = (...below: (string | number)[]): void =>
    tell(run, { keyword: 'shape', params: { fault: 'empty' } }, ...below)
  if (!Array.isArray(companion)) {
    if (value === undefined && isEmpty(companion)) empty(beside)
    return
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  if (Array.isArray(value) && value.length !== companion.length)
    tell(run, { keyword: 'shape', params: { fault: 'misaligned' } }, beside)
  companion.forEach((item, index) => {
    if ((values[index] === undefined || values[index] === null) && isEmpty(item)) empty(beside, index)
  })
}

/** The check of the ids and extensions of a primitive, which stand under its name after `_`. */
export const companionCheck = ({ element, property }: Property, objectCheckOf: ObjectCheckOf): PropertyCheck => {
  const beside = `_${property}`
  const isList = repeats(element)
  const item: ItemCheck = (value, run) => {
    if (value === null && isList) return
    if (isNode(value)) objectCheckOf('Element')(value, run, true)
    else tell(run, NOT_AN_OBJECT)
  }
  const check = isList ? listOf(beside, Number.POSITIVE_INFINITY, item) : one(beside, item)
  return (value, holder, run) => {
    check(value, holder, run)
    checkBeside(value, holder[property], beside, run)
  }
}
