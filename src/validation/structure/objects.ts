import {
  type Element,
  elementsOf,
  isResourceType,
  lineageOf,
  type Property,
  propertiesOf,
  remember,
} from '../../definitions/tables.ts'
import { invariantsOf } from '../invariants/index.ts'
import type { Node } from '../invariants/invariant.ts'
import { DEEPEST, MOST_FAULTS, type StructureRun, tell } from './fault.ts'
import { companionCheck, isExtensible, type ObjectCheck, type PropertyCheck, propertyCheck } from './properties.ts'

/** What is known of a property of a type. An object is asked for what it has, not for all that its type could have. */
type Known = Readonly<{
  check: PropertyCheck | undefined
  /** The bit of its element among those that must be there; 0 for another. */
  required: number
  /** The bit of its element among those that may be there as one of several types; 0 for another. */
  choice: number
}>

/** Elements of which a bit can be kept; no type of R4 has half as many that are required, or choices. */
const MOST_BITS = 30

const bitsOf = (elements: readonly Element[]): ReadonlyMap<Element, number> => {
  if (elements.length > MOST_BITS) throw new Error(`A type with more than ${MOST_BITS} required elements or choices`)
  return new Map(elements.map((element, index) => [element, 1 << index]))
}

const knownOf = (path: string, required: ReadonlyMap<Element, number>, choices: ReadonlyMap<Element, number>) => {
  const known = new Map<string, Known>()
  if (isResourceType(path)) known.set('resourceType', { check: undefined, required: 0, choice: 0 })
  for (const [name, property] of propertiesOf(path)) {
    const bits = { required: required.get(property.element) ?? 0, choice: choices.get(property.element) ?? 0 }
    known.set(name, { ...bits, check: propertyCheck(property, objectCheckOf) })
    if (isExtensible(path, property)) known.set(`_${name}`, { ...bits, check: companionCheck(property, objectCheckOf) })
  }
  return known
}

/** Tells of the choices that are there as more than one type: a value and what stands beside it are one. */
const tellConflicts = (value: Node, properties: readonly Property[], run: StructureRun): void => {
  const found = new Map<string, string>()
  const told = new Set<string>()
  for (const { property, element } of properties) {
    if (element.choice !== true || (value[property] === undefined && value[`_${property}`] === undefined)) continue
    const other = found.get(element.name)
    if (other !== undefined && !told.has(element.name)) {
      told.add(element.name)
      tell(run, { keyword: 'shape', params: { fault: 'choice', element: element.name } })
    }
    found.set(element.name, property)
  }
}

/** The check of objects of a type or of a backbone element by base R4: its properties, and its rules that are code. */
export const objectCheckOf = remember((path): ObjectCheck => {
  const elements = elementsOf(path)
  const required = bitsOf(elements.filter(({ min = 0 }) => min > 0))
  const choices = bitsOf(elements.filter(({ choice, types }) => choice === true && types.length > 1))
  const allRequired = 2 ** required.size - 1
  const known = knownOf(path, required, choices)
  const properties = [...propertiesOf(path).values()]
  const invariants = lineageOf(path).flatMap(invariantsOf)
  const isResource = isResourceType(path)

  return (value, run, mayBeEmpty = false) => {
    if (run.depth >= DEEPEST) run.isTooDeep = true
    if (run.isTooDeep || run.faults.length >= MOST_FAULTS) return
    let hasContent = isResource || mayBeEmpty
    let isConflict = false
    let seen = 0
    let chosen = 0
    for (const name in value) {
      if (name !== 'id') hasContent = true
      const property = known.get(name)
      if (property === undefined) {
        tell(run, { keyword: 'additionalProperties', params: { additionalProperty: name } })
        continue
      }
      const held = value[name]
      if (held === undefined) continue
      seen |= property.required
      if ((chosen & property.choice) !== 0) isConflict = true
      chosen |= property.choice
      property.check?.(held, value, run)
    }
    if (!hasContent) tell(run, { keyword: 'shape', params: { fault: 'empty' } })
    if (seen !== allRequired)
      for (const [element, bit] of required)
        if ((seen & bit) === 0) tell(run, { keyword: 'shape', params: { fault: 'required', element: element.name } })
    if (isConflict) tellConflicts(value, properties, run)
    for (const { key, path: about, holds } of invariants)
      if (!holds(value, run.root)) tell(run, { keyword: 'invariants', params: { key, path: about } })
  }
})
