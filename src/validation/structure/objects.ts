import { isConcreteType } from '../../definitions/tables.ts'
import { after } from '../expected.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { DEEPEST, type Fault, MOST_FAULTS, type StructureRun, tell } from './fault.ts'
import { type Shape, type Slot, shapeOf } from './slots.ts'
import { checkTargets } from './targets.ts'

const NOT_AN_OBJECT: Fault = { keyword: 'complex', params: { fault: 'type' } }

/**
 * Checks an object by base R4 against the shape of its type: its properties, and its rules that are code. An object is asked for what it has, not for
 * all that its type could have, and one loop reads all types: code of its own for each type is faster where one type is checked over and over,
 * and half as fast where many are. `mayBeEmpty` for what stands beside a primitive.
 */
export const checkObject = (shape: Shape, value: Node, run: StructureRun, mayBeEmpty = false): void => {
  if (run.depth >= DEEPEST) run.isTooDeep = true
  if (run.isTooDeep || run.faults.length >= MOST_FAULTS) return
  let hasContent = shape.isResource || mayBeEmpty
  let isConflict = false
  let seen = 0
  let before = shape.start
  for (const name in value) {
    if (name !== 'id') hasContent = true
    const slot = after(before, name, shape.slots)
    if (slot === undefined) {
      tell(run, { keyword: 'additionalProperties', params: { additionalProperty: name } })
      continue
    }
    before = slot
    const held = value[name]
    if (held === undefined) continue
    if ((seen & slot.choice) !== 0) isConflict = true
    seen |= slot.bit
    if (slot.kind === 'primitive') {
      if (slot.isList) checkPrimitives(slot, held, value, run)
      else {
        const faults = slot.test(held, value, name)
        if (faults !== undefined) tellAll(run, faults, name)
      }
    } else if (slot.kind === 'companion') {
      checkItems(slot, held, name, run)
      checkBeside(held, value[slot.name], name, run)
    } else if (slot.kind !== 'nothing') checkItems(slot, held, name, run)
  }
  if (!hasContent) tell(run, { keyword: 'shape', params: { fault: 'empty' } })
  if ((seen & shape.required) !== shape.required) tellMissing(shape, seen, run)
  if (isConflict) tellConflicts(shape, value, run)
  for (const { rule, about } of shape.rules)
    if ((about === 0 || (seen & about) !== 0) && !rule.holds(value, run.root))
      tell(run, { keyword: 'invariants', params: { key: rule.key, path: rule.path } })
}

const tellAll = (run: StructureRun, faults: readonly Fault[], ...below: (string | number)[]): void => {
  for (const fault of faults) tell(run, fault, ...below)
}

const tellMissing = ({ bits, required }: Shape, seen: number, run: StructureRun): void => {
  for (const [element, bit] of bits)
    if ((required & bit) !== 0 && (seen & bit) === 0)
      tell(run, { keyword: 'shape', params: { fault: 'required', element } })
}

/** Tells of the choices that are there as more than one type: a value and what stands beside it are one. */
const tellConflicts = ({ slots, bits }: Shape, value: Node, run: StructureRun): void => {
  for (const [element, bit] of bits) {
    const found = [...slots.values()].filter(
      ({ kind, choice, name }) =>
        choice === bit && kind !== 'companion' && (value[name] !== undefined || value[`_${name}`] !== undefined),
    )
    if (found.length > 1) tell(run, { keyword: 'shape', params: { fault: 'choice', element } })
  }
}

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

/** In a list of primitives null stands where an extension is in its place (http://hl7.org/fhir/R4/json.html#primitive). */
const checkPrimitives = ({ name, most, test }: Slot, value: unknown, holder: Node, run: StructureRun): void => {
  const items = itemsOf(value, name, most, run)
  if (items === undefined) return
  for (let index = 0; index < items.length; index++) {
    const item = items[index]
    if (item === null) {
      if (holder[`_${name}`] === undefined) tell(run, { keyword: 'shape', params: { fault: 'null' } }, name, index)
      continue
    }
    const faults = test(item, items, index)
    if (faults !== undefined) tellAll(run, faults, name, index)
  }
}

const checkItems = (slot: Slot, value: unknown, name: string, run: StructureRun): void => {
  if (!slot.isList) {
    run.way[run.depth++] = name
    checkItem(slot, value, run)
    run.depth--
    return
  }
  const items = itemsOf(value, name, slot.most, run)
  if (items === undefined) return
  run.way[run.depth++] = name
  run.depth++
  for (let index = 0; index < items.length; index++) {
    run.way[run.depth - 1] = index
    checkItem(slot, items[index], run)
  }
  run.depth -= 2
}

const checkItem = (slot: Slot, value: unknown, run: StructureRun): void => {
  if (!isNode(value)) {
    if (slot.kind !== 'companion' || !slot.isList || value !== null) tell(run, NOT_AN_OBJECT)
    return
  }
  if (slot.kind === 'resource') {
    checkResource(slot, value, run)
    return
  }
  slot.shape ??= shapeOf(slot.path)
  checkObject(slot.shape, value, run, slot.kind === 'companion')
  if (slot.kind === 'complex' && slot.targets !== undefined) checkTargets(value, slot.targets, run)
}

const checkResource = ({ isContained }: Slot, value: Node, run: StructureRun): void => {
  const type = value['resourceType']
  if (typeof type !== 'string' || !isConcreteType(type)) {
    const fault = typeof type === 'string' ? 'type-unknown' : 'type-missing'
    tell(run, { keyword: 'resource', params: { fault } })
    return
  }
  // Local references are looked up in the resource that contains; an entry is a resource of its own.
  const { root } = run
  if (!isContained) run.root = value
  checkObject(shapeOf(type), value, run)
  run.root = root
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
