import { type Problem, problem } from '../outcome.ts'
import type { Resource } from '../resource.ts'
import { newItem, type PatchValue, readValue } from './patch-value.ts'
import {
  type ElementModel,
  itemsOf,
  type List,
  type PatchPath,
  type Place,
  placesOf,
  readPath,
  setItems,
} from './place.ts'
import { isObject, type JsonObject } from './tree.ts'

/** One operation of a FHIRPath Patch. `at` says where it stands in the Parameters. */
export type FhirPathOperation = Readonly<{ at: string; path: PatchPath }> &
  Readonly<
    | { type: 'add'; name: string; value: PatchValue }
    | { type: 'insert'; index: number; value: PatchValue }
    | { type: 'delete' }
    | { type: 'replace'; value: PatchValue }
    | { type: 'move'; source: number; destination: number }
  >

const MOST_OPERATIONS = 1_000

/** The parts that each type of operation has besides type and path; all of them are needed. */
const PARTS = {
  add: ['name', 'value'],
  insert: ['index', 'value'],
  delete: [],
  replace: ['value'],
  move: ['source', 'destination'],
} as const satisfies Record<FhirPathOperation['type'], readonly string[]>

/**
 * The operations of a FHIRPath Patch (http://hl7.org/fhir/R4/fhirpatch.html). A path is the subset of FHIRPath that `readPath` takes. Throws
 * `bad-request` for a Parameters that is none, an operation with a part that is missing or not known, and a path outside the subset.
 */
export const readFhirPathPatch = (parameters: Resource): FhirPathOperation[] => {
  const { parameter: given = [] } = parameters as unknown as JsonObject
  if (parameters.resourceType !== 'Parameters' || !Array.isArray(given))
    throw malformed(
      'Parameters.parameter',
      'A FHIRPath Patch is a Parameters resource with a parameter for each operation.',
    )
  if (given.length > MOST_OPERATIONS)
    throw malformed('Parameters.parameter', `A patch has at most ${MOST_OPERATIONS} operations here.`)
  return given.map((operation: unknown, index) => readOperation(operation, `Parameters.parameter[${index}]`))
}

const readOperation = (given: unknown, at: string): FhirPathOperation => {
  if (!isObject(given) || given['name'] !== 'operation' || !Array.isArray(given['part']))
    throw malformed(at, 'Each parameter is named operation and has parts.')
  const parts = new Map<string, JsonObject>()
  for (const [index, part] of given['part'].entries()) {
    const name = isObject(part) ? part['name'] : undefined
    if (typeof name !== 'string' || parts.has(name))
      throw malformed(`${at}.part[${index}]`, 'Each part has a name, and each name stands once.')
    parts.set(name, part as JsonObject)
  }
  const type = parts.get('type')?.['valueCode'] as FhirPathOperation['type']
  if (typeof type !== 'string' || !Object.hasOwn(PARTS, type))
    throw malformed(at, 'The part type is a valueCode: add, insert, delete, replace or move.')
  const wanted: readonly string[] = ['type', 'path', ...PARTS[type]]
  const wrong = [
    ...wanted.filter((name) => !parts.has(name)),
    ...[...parts.keys()].filter((name) => !wanted.includes(name)),
  ]
  if (wrong.length > 0)
    throw malformed(at, `The operation ${type} has the parts ${wanted.join(', ')}, each once, and no other.`)

  const number = (name: string): number => {
    const value = parts.get(name)?.['valueInteger']
    if (!Number.isInteger(value) || (value as number) < 0)
      throw malformed(at, `The part ${name} is a valueInteger, counted from 0.`)
    return value as number
  }
  const text = (name: string): string => {
    const value = parts.get(name)?.['valueString']
    if (typeof value !== 'string') throw malformed(at, `The part ${name} is a valueString.`)
    return value
  }
  const value = (): PatchValue => {
    const read = readValue(parts.get('value') as JsonObject)
    if (read === undefined)
      throw malformed(at, 'The part value has one value of a FHIR type (valueCode, valueHumanName …), or parts.')
    return read
  }
  const path = readPath(text('path'))
  if (path === undefined)
    throw problem(
      'bad-request',
      'patch-path-not-supported',
      "This path is not understood. A path is the type, then elements, with [index], where(element = 'text') or ofType(Type), e.g. Patient.name[0].given.",
      { expression: at, code: 'not-supported' },
    )
  switch (type) {
    case 'add':
      return { at, path, type, name: text('name'), value: value() }
    case 'insert':
      return { at, path, type, index: number('index'), value: value() }
    case 'replace':
      return { at, path, type, value: value() }
    case 'move':
      return { at, path, type, source: number('source'), destination: number('destination') }
    case 'delete':
      return { at, path, type }
  }
}

/**
 * The resource after the operations, which change it. Throws `conflict` where an operation does not fit the resource as it is now,
 * `unprocessable` where it fits no resource of the type.
 */
export const applyFhirPathPatch = (
  resource: JsonObject,
  operations: readonly FhirPathOperation[],
  model: ElementModel,
): JsonObject => {
  for (const operation of operations) {
    const { at, path } = operation
    switch (operation.type) {
      case 'add': {
        const place = onePlace(path, resource, model, at)
        const { list, item } = addition(place, operation, model)
        const items = itemsOf(list)
        if (!list.property.repeats && items.length > 0) throw conflict(at, 'The element is there already. Replace it.')
        setItems(list, [...items, item])
        break
      }
      case 'insert': {
        const list = listAt(path, resource, model, at)
        const items = itemsOf(list)
        if (operation.index > items.length) throw conflict(at, 'The list is shorter than index says.')
        setItems(list, items.toSpliced(operation.index, 0, itemFor([list.property], operation.value, model, at).item))
        break
      }
      case 'delete': {
        const places = found(path, resource, model, at)
        if (places.length > 1) throw conflict(at, 'The path leads to more than one element. One is deleted at a time.')
        const [place] = places
        if (place !== undefined) remove(place, at)
        break
      }
      case 'replace': {
        const { list, index } = standing(onePlace(path, resource, model, at), at)
        const candidates = candidatesAt(path, resource, model) ?? [list.property]
        const { property, item } = itemFor(candidates, operation.value, model, at)
        const items = itemsOf(list)
        if (property.property === list.property.property) setItems(list, items.with(index, item))
        else {
          // A choice of another type: value[x] stands under one name at a time.
          setItems(list, items.toSpliced(index, 1))
          setItems({ holder: list.holder, property }, [item])
        }
        break
      }
      case 'move': {
        const list = listAt(path, resource, model, at)
        const items = itemsOf(list)
        const { source, destination } = operation
        const moved = items[source]
        if (moved === undefined || destination >= items.length)
          throw conflict(at, 'The list is shorter than source or destination says.')
        setItems(list, items.toSpliced(source, 1).toSpliced(destination, 0, moved))
      }
    }
  }
  return resource
}

const found = (path: PatchPath, resource: JsonObject, model: ElementModel, at: string): readonly Place[] => {
  const places = placesOf(path, resource, model)
  if (places === undefined)
    throw unfit(at, 'The path begins with another type, or names an element that is not there in R4.')
  return places
}

const onePlace = (path: PatchPath, resource: JsonObject, model: ElementModel, at: string): Place => {
  const places = found(path, resource, model, at)
  const [place] = places
  if (place === undefined) throw conflict(at, 'There is nothing at this path in the resource.')
  if (places.length > 1) throw conflict(at, 'The path leads to more than one element. It must lead to one: say which.')
  return place
}

/** Takes a value away, and what it stood in where nothing is left of that: no element is empty (http://hl7.org/fhir/R4/json.html). */
const remove = (place: Place, at: string): void => {
  const { list, index } = standing(place, at)
  setItems(list, itemsOf(list).toSpliced(index, 1))
  if (place.parent?.list !== undefined && Object.keys(list.holder).length === 0) remove(place.parent, at)
}

const standing = ({ list, index }: Place, at: string): { list: List; index: number } => {
  if (list === undefined || index === undefined)
    throw unfit(at, 'The resource itself is not replaced or deleted by a patch.')
  return { list, index }
}

/** The list that a path names, which need not have anything in it yet. */
const listAt = (path: PatchPath, resource: JsonObject, model: ElementModel, at: string): List => {
  if (path.kind !== 'step') throw unfit(at, 'The path of this operation ends in the name of a list.')
  const parent = onePlace(path.from as PatchPath, resource, model, at)
  const [property, ...others] = model(parent.type, path.name)
  if (property === undefined || others.length > 0 || !property.repeats || !isObject(parent.item.value))
    throw unfit(at, 'The path of this operation ends in the name of a list.')
  return { holder: parent.item.value, property }
}

/** The properties as which the element of a path may appear, where the path ends in its name. */
const candidatesAt = (path: PatchPath, resource: JsonObject, model: ElementModel) => {
  if (path.kind !== 'step') return undefined
  const [parent] = placesOf(path.from as PatchPath, resource, model) ?? []
  return parent === undefined ? undefined : model(parent.type, path.name)
}

const addition = (
  { type, item: { value: holder } }: Place,
  { at, name, value }: Extract<FhirPathOperation, { type: 'add' }>,
  model: ElementModel,
) => {
  const candidates = model(type, name)
  if (candidates.length === 0 || !isObject(holder)) throw unfit(at, 'The element has no part of this name in R4.')
  if (candidates.length > 1 && candidates.some((property) => itemsOf({ holder, property }).length > 0))
    throw conflict(at, 'The element is there already. Replace it.')
  const { property, item } = itemFor(candidates, value, model, at)
  return { list: { holder, property }, item }
}

const itemFor = (candidates: Parameters<typeof newItem>[0], value: PatchValue, model: ElementModel, at: string) => {
  const made = newItem(candidates, value, model)
  if (made === undefined)
    throw unfit(
      at,
      `The value is not of a type that the element has: ${candidates.map(({ type }) => type).join(', ')}.`,
    )
  return made
}

const malformed = (expression: string, text: string): Problem =>
  problem('bad-request', 'patch-malformed', text, { expression, code: 'structure' })

const conflict = (expression: string, text: string): Problem =>
  problem('conflict', 'patch-conflict', `${text} Nothing was changed.`, { expression })

const unfit = (expression: string, text: string): Problem =>
  problem('unprocessable', 'patch-not-applicable', `${text} Nothing was changed.`, { expression, code: 'invalid' })
