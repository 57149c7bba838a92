/** What R4 itself demands of every element besides structure: its constraints, bindings, codes, extensions, and what references resolve to. */
import type { ElementDefinition } from 'fhir/r4.js'
import { isPrimitive, isResourceType, type Property, propertiesOf, remember } from '../definitions/tables.ts'
import { resourceIn } from './children.ts'
import { bindingCheck } from './codes/bindings.ts'
import { checkLanguage, isLanguageCode } from './codes/languages.ts'
import type { Engine, EngineCheck } from './engine.ts'
import { after, type Expected } from './expected.ts'
import { definitionOf, type Kind } from './extensions/extensions.ts'
import { checkTimes } from './extensions/times.ts'
import { constraintsOf } from './invariants/constraints.ts'
import { allowFor } from './invariants/evaluations.ts'
import { isNode, type Node } from './invariants/invariant.ts'
import { allOf } from './profile/all-of.ts'
import { canonicalOf, type Library } from './profile/library.ts'
import { referenceCheck } from './profile/reference.ts'
import { canonicalCheck, checkUri } from './references/addresses.ts'
import { checkReferenceForm } from './references/reference-values.ts'
import { type Spot, spotBelow } from './spot.ts'
import { checkElementId } from './values/ids.ts'
import { OF_PRIMITIVE, OF_TYPE } from './values/of-type.ts'

export type Walk = Readonly<{
  /** Checks a resource and all that is in it, those contained and those of entries included; `atResource` is told of each. */
  resource(spot: Spot, engine: Engine): void
}>

type Handler = (value: unknown, parent: Spot, engine: Engine) => void

/** A JSON property of a type, and what handles what stands under it. */
interface Step extends Expected<Step> {
  readonly handle: Handler | undefined
}

type TypeWalk = Readonly<{
  check: EngineCheck | undefined
  /** Stands before the first property. */
  start: Step
  steps: ReadonlyMap<string, Step>
}>

const stepOf = (property: string, handle: Handler | undefined): Step => ({ property, next: undefined, handle })

/** An item of an element, with its index where the element is a list. */
type Visit = (item: unknown, index: number | undefined, parent: Spot, engine: Engine) => void

const each =
  (visit: Visit): Handler =>
  (value, parent, engine) => {
    if (!Array.isArray(value)) visit(value, undefined, parent, engine)
    else for (let index = 0; index < value.length; index++) visit(value[index], index, parent, engine)
  }

const isThere = (item: unknown): boolean => item !== null

/** The walk through resources by the types of R4, each compiled when it is first met. */
export const createWalk = (library: Library, atResource: EngineCheck): Walk => {
  const structureOf = (path: string) => library.typeTree(path.split('.')[0] as string)?.structure

  /** What an element's own definition demands, as against what its type does. */
  const elementCheckOf = (path: string, { element, type }: Property): EngineCheck | undefined => {
    const definition: ElementDefinition | undefined = library.baseElement(path, element.name)
    const structure = structureOf(path)
    if (definition === undefined || structure === undefined) return undefined
    const { binding } = definition
    // What can be listed is checked with the structure.
    const isCheckedBinding = element.codes !== undefined && type.code === 'code'
    return allOf([
      constraintsOf(definition, structure),
      binding === undefined || isCheckedBinding ? undefined : bindingCheck(binding, canonicalOf(structure)),
      isLanguageCode(definition, type.code) ? checkLanguage : undefined,
      type.code === 'Reference' && type.targets === undefined ? checkReferenceForm : undefined,
      type.code === 'Reference' && type.targets !== undefined
        ? referenceCheck(definition.type ?? [], canonicalOf(structure), { resolvedOnly: true })
        : undefined,
    ])
  }

  const primitive = (
    name: string,
    type: string,
    check: EngineCheck | undefined,
    isToCheck: (item: unknown) => boolean = isThere,
  ): Handler | undefined =>
    check === undefined
      ? undefined
      : each((item, index, parent, engine) => {
          if (isToCheck(item)) check(spotBelow(parent, name, index, type, item), engine)
        })

  const companion = (name: string, property: string, type: string): Handler =>
    each((item, index, parent, engine) => {
      if (!isNode(item)) return
      const { id, extension } = item
      if (id === undefined && extension === undefined) return
      const values = (parent.value as Node)[property]
      const own = index === undefined ? values : Array.isArray(values) ? values[index] : undefined
      const spot = spotBelow(parent, name, index, type, own ?? undefined, item)
      if (id !== undefined) checkElementId(spotBelow(spot, 'id', undefined, 'string', id), engine)
      if (extension !== undefined) ofExtension(extension, spot, engine)
    })

  const extensions = (kind: Kind): Handler => {
    const into = below('Extension')
    const ofEach = each((item, index, parent, engine) => {
      if (!isNode(item)) return
      const spot = spotBelow(parent, kind, index, 'Extension', item)
      const structure = definitionOf(spot, kind, engine)
      const profile = structure === undefined ? undefined : engine.profile(structure.url)
      if (profile !== undefined) engine.hold(spot, profile)
      into(spot, engine)
    })
    return (value, parent, engine) => {
      ofEach(value, parent, engine)
      if (Array.isArray(value) && value.length > 1) checkTimes(value, parent, kind, engine)
    }
  }

  const resources = (name: string): Handler =>
    each((item, index, parent, engine) => {
      const spot = resourceIn(parent, name, index, item)
      if (spot !== undefined) walkResource(spot, engine)
    })

  const complex = (name: string, type: string, check: EngineCheck | undefined): Handler => {
    const into = below(type)
    return each((item, index, parent, engine) => {
      if (!isNode(item)) return
      const spot = spotBelow(parent, name, index, type, item)
      check?.(spot, engine)
      into(spot, engine)
    })
  }

  const handlerOf = (path: string, property: Property): Handler | undefined => {
    const { name } = property.element
    const { code } = property.type
    if (name === 'extension' || name === 'modifierExtension') return extensions(name)
    if (name === 'id' && !isResourceType(path)) return primitive(name, code, checkElementId)
    if (code === 'Resource') return resources(name)
    const check = elementCheckOf(path, property)
    if (code === 'canonical')
      return primitive(name, code, allOf([check, checkUri, canonicalCheck(library.baseElement(path, name))]))
    const ofPrimitive = OF_PRIMITIVE.get(code)
    if (ofPrimitive !== undefined)
      return check === undefined
        ? primitive(name, code, ofPrimitive.check, ofPrimitive.isToCheck)
        : primitive(name, code, allOf([check, ofPrimitive.check]))
    return isPrimitive(code) || code === 'xhtml' ? primitive(name, code, check) : complex(name, code, check)
  }

  const typeWalk = remember((path): TypeWalk => {
    const steps = new Map<string, Step>()
    const add = (property: string, handle: Handler | undefined): unknown =>
      steps.set(property, stepOf(property, handle))
    add('resourceType', undefined)
    for (const [name, property] of propertiesOf(path)) {
      add(name, handlerOf(path, property))
      if (isPrimitive(property.type.code)) add(`_${name}`, companion(property.element.name, name, property.type.code))
    }
    const tree = path.includes('.') ? undefined : library.typeTree(path)
    const ofType = OF_TYPE.get(path)
    const constraints = tree === undefined ? undefined : constraintsOf(tree.definition, tree.structure)
    return { check: allOf([constraints, ofType]), start: stepOf('', undefined), steps }
  })

  const walkInto = ({ check, start, steps }: TypeWalk, spot: Spot, engine: Engine): void => {
    check?.(spot, engine)
    const value = spot.value as Node
    let before = start
    for (const property in value) {
      const step = after(before, property, steps)
      if (step === undefined) continue
      before = step
      step.handle?.(value[property], spot, engine)
    }
  }

  /** What is asked of all elements of a path, which is looked up when the first is met: types hold each other. */
  const below = (path: string): EngineCheck => {
    let walk: TypeWalk | undefined
    return (spot, engine) => {
      walk ??= typeWalk(path)
      walkInto(walk, spot, engine)
    }
  }

  const ofExtension = extensions('extension')

  const walkResource = (spot: Spot, engine: Engine): void => {
    allowFor(engine.evaluations)
    walkInto(typeWalk(spot.type), spot, engine)
    atResource(spot, engine)
  }

  return { resource: walkResource }
}
