/**
 * What a profile asks as JSON Schema (2020-12), for those who have no FHIR validator: what must be there, how often, of which type, with
 * which values and codes, slices that are told apart by a value. Rules in FHIRPath, references and codes of open lists are not in it.
 */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import type { Definitions } from './definitions.ts'
import { codesOf } from './json-schema/codes.ts'
import { allOf, holding, PRIMITIVES, primitiveOf, type Schema } from './json-schema/schema.ts'
import { elementName, type Node, sliceName, treeOf } from './snapshot/tree.ts'
import type { Library } from './terminology/value-set.ts'
import { libraryOf } from './terminology.ts'

type Making = Readonly<{
  definitions: Definitions
  library: Library
  /** The types and extensions that are named in it, by name. */
  named: Map<string, Schema>
}>

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

const reference = (name: string): Schema => ({ $ref: `#/$defs/${name}` })

/** A schema of its own, made once however often it is needed, and also where it needs itself. */
const naming = (making: Making, name: string, make: () => Schema): Schema => {
  if (!making.named.has(name)) {
    making.named.set(name, {})
    making.named.set(name, make())
  }
  return reference(name)
}

const RESOURCE: Schema = {
  type: 'object',
  properties: { resourceType: { type: 'string' } },
  required: ['resourceType'],
}

const treeOfStructure = ({ snapshot, type }: StructureDefinition): Node => treeOf(snapshot?.element ?? [], type) as Node

const ofType = (making: Making, code: string, profile: string | undefined): Schema => {
  const primitive = primitiveOf(code)
  if (primitive !== undefined) return naming(making, primitive, () => PRIMITIVES[primitive] as Schema)
  const special = profile === undefined ? undefined : making.definitions.structure(profile)
  const structure = special ?? making.definitions.structure(`${CORE}${code}`)
  if (structure === undefined || structure.kind === 'resource') return naming(making, 'Resource', () => RESOURCE)
  return naming(making, structure.id ?? code, () => object(making, treeOfStructure(structure)))
}

const values = (element: ElementDefinition): Schema[] =>
  Object.entries(element).flatMap(([name, value]) => {
    if (/^fixed[A-Z]/.test(name)) return [{ const: value }]
    if (/^minValue(Integer|PositiveInt|UnsignedInt|Decimal)$/.test(name)) return [{ minimum: value }]
    if (/^maxValue(Integer|PositiveInt|UnsignedInt|Decimal)$/.test(name)) return [{ maximum: value }]
    return /^pattern[A-Z]/.test(name) ? [holding(value)] : []
  })

/** One value of an element, of this type. */
const value = (making: Making, node: Node, code: string, profile?: string): Schema => {
  const element = node.element as ElementDefinition
  const isOpen = node.children.length === 0 || primitiveOf(code) !== undefined
  const codes = codesOf(element, code, making.library)
  return allOf([
    isOpen ? ofType(making, code, profile) : object(making, node),
    ...values(element),
    ...(codes === undefined ? [] : [codes]),
    ...(element.maxLength === undefined ? [] : [{ maxLength: element.maxLength }]),
  ])
}

const only = (element: ElementDefinition): { code: string; profile: string | undefined } => {
  const [type, ...more] = element.type ?? []
  const code = type === undefined || more.some((other) => other.code !== type.code) ? 'Element' : type.code
  return { code, profile: more.length === 0 && type?.profile?.length === 1 ? type.profile[0] : undefined }
}

const held = (making: Making, node: Node): Schema => {
  const element = node.element as ElementDefinition
  if (element.contentReference !== undefined && node.children.length === 0) {
    const path = element.contentReference.slice(element.contentReference.indexOf('#') + 1)
    return naming(making, path, () => repeated(making, path))
  }
  const { code, profile } = only(element)
  return value(making, node, code, profile)
}

/** What an element that others repeat holds, as its type defines it. */
const repeated = (making: Making, path: string): Schema => {
  const [type = '', ...steps] = path.split('.')
  const structure = making.definitions.structure(`${CORE}${type}`)
  let node = structure === undefined ? undefined : treeOfStructure(structure)
  for (const step of steps) node = node?.children.find(({ name }) => name === step)
  return node === undefined ? {} : object(making, node)
}

const isMany = ({ base, max }: ElementDefinition): boolean => (base?.max ?? max) !== '1'

/** What tells a slice by one of its discriminators; undefined where a value does not tell. */
const tells = (making: Making, node: Node, kind: string, steps: readonly string[]): Schema | undefined => {
  const element = node.element as ElementDefinition
  const said = values(element).find((one) => 'const' in one || 'type' in one)
  if (said !== undefined) return said
  const [step, ...rest] = steps
  const { code, profile } = only(element)
  if (step === undefined) {
    if (kind === 'type')
      return { type: 'object', properties: { resourceType: { const: code } }, required: ['resourceType'] }
    return codesOf(element, code, making.library)
  }
  if (step === 'url' && profile !== undefined)
    return { type: 'object', properties: { url: { const: profile.split('|')[0] } }, required: ['url'] }
  const child = node.children.find(({ name }) => name === step)
  const below = child === undefined ? undefined : tells(making, child, kind, rest)
  if (child === undefined || below === undefined) return undefined
  const inside = isMany(child.element as ElementDefinition) ? { type: 'array', contains: below } : below
  return { type: 'object', properties: { [step]: inside }, required: [step] }
}

const ofSlice = (making: Making, plain: Node, slice: Node): Schema[] => {
  const by = plain.element?.slicing?.discriminator ?? []
  const told = by.map(({ type, path }) =>
    type === 'profile' || type === 'exists'
      ? undefined
      : tells(making, slice, type, path === '$this' ? [] : path.split('.')),
  )
  if (told.length === 0 || told.includes(undefined)) return []
  const mine = allOf(told as Schema[])
  const { min = 0, max = '*' } = slice.element as ElementDefinition
  const isCounted = min > 0 || max !== '*'
  const counted = { contains: mine, minContains: min, ...(max === '*' ? {} : { maxContains: Number(max) }) }
  return [...(isCounted ? [counted] : []), { items: { anyOf: [{ not: mine }, held(making, slice)] } }]
}

type Members = { properties: Record<string, Schema>; required: string[]; rules: Schema[] }

/** One of these must be there: what is missing of a primitive can be told in its extension (http://hl7.org/fhir/R4/json.html#primitive). */
const oneOf = (members: Members, names: readonly string[]): void => {
  if (names.length === 1) members.required.push(names[0] as string)
  else members.rules.push({ anyOf: names.map((name) => ({ required: [name] })) })
}

const place = (members: Members, name: string, schema: Schema, isPrimitive: boolean, isList: boolean): string[] => {
  members.properties[name] = schema
  if (!isPrimitive) return [name]
  members.properties[`_${name}`] = isList
    ? { type: 'array', items: { anyOf: [reference('Element'), { type: 'null' }] } }
    : reference('Element')
  return [name, `_${name}`]
}

const addChoice = (making: Making, members: Members, plain: Node, slices: readonly Node[]): void => {
  const { type = [], min = 0 } = plain.element as ElementDefinition
  const stem = plain.name.slice(0, -3)
  const there: string[] = []
  const names = new Set<string>()
  for (const { code, profile } of type) {
    const name = `${stem}${code.charAt(0).toUpperCase()}${code.slice(1)}`
    if (names.has(name)) continue
    names.add(name)
    const slice = slices.find((one) => one.element?.type?.length === 1 && one.element.type[0]?.code === code)
    if (slice?.element?.max === '0') continue
    const schema = value(making, slice ?? plain, code, profile?.length === 1 ? profile[0] : undefined)
    const both = place(members, name, schema, primitiveOf(code) !== undefined, false)
    there.push(...both)
    if ((slice?.element?.min ?? 0) > 0) oneOf(members, both)
  }
  if (min > 0) oneOf(members, there)
  const values = [...names].filter((name) => name in members.properties)
  if (values.length > 1)
    members.rules.push({
      oneOf: [
        ...values.map((name) => ({ required: [name] })),
        { not: { anyOf: values.map((name) => ({ required: [name] })) } },
      ],
    })
}

const addElement = (making: Making, members: Members, plain: Node, slices: readonly Node[]): void => {
  const element = plain.element as ElementDefinition
  const { min = 0, max = '*' } = element
  const isPrimitive = primitiveOf(only(element).code) !== undefined
  const isList = isMany(element)
  const one = held(making, plain)
  const list = (): Schema => ({
    type: 'array',
    items: isPrimitive ? { anyOf: [one, { type: 'null' }] } : one,
    minItems: Math.max(1, min),
    ...(max === '*' ? {} : { maxItems: Number(max) }),
    ...(slices.length === 0 ? {} : { allOf: slices.flatMap((slice) => ofSlice(making, plain, slice)) }),
  })
  const schema = isList ? list() : one
  const said = element.short === undefined ? schema : { description: element.short, ...schema }
  const both = place(members, plain.name, said, isPrimitive, isList)
  const asked = Math.max(min, ...slices.map(({ name, element: its }) => (name.includes('/') ? 0 : (its?.min ?? 0))))
  if (asked > 0) oneOf(members, both)
}

/** What stands below an element, and nothing else may. */
function object(making: Making, node: Node, resourceType?: string): Schema {
  const members: Members = { properties: {}, required: [], rules: [] }
  if (resourceType !== undefined) {
    members.properties['resourceType'] = { const: resourceType }
    members.required.push('resourceType')
  }
  ofType(making, 'Element', undefined)
  for (const plain of node.children) {
    if (sliceName(plain.name) !== undefined || plain.element?.max === '0') continue
    const slices = node.children.filter(({ name }) => sliceName(name) !== undefined && elementName(name) === plain.name)
    if (plain.name.endsWith('[x]')) addChoice(making, members, plain, slices)
    else addElement(making, members, plain, slices)
  }
  const { properties, required, rules } = members
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    ...(rules.length === 0 ? {} : { allOf: rules }),
    additionalProperties: false,
  }
}

/** The JSON Schema (2020-12) of a profile of a resource that has a snapshot. `id` is the address that it is known by. */
export const jsonSchemaOf = (profile: StructureDefinition, definitions: Definitions, id: string): Schema => {
  const making: Making = { definitions, library: libraryOf(definitions), named: new Map() }
  const schema = object(making, treeOfStructure(profile), profile.type)
  const rules = (profile.snapshot?.element ?? []).flatMap(({ constraint = [] }) =>
    constraint.flatMap(({ key, source }) => (source === undefined || source === profile.url ? [key] : [])),
  )
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: id,
    title: profile.title ?? profile.name,
    description: profile.description ?? '',
    $comment: `Made from ${profile.url}|${profile.version ?? ''}. Not in it: references, codes of open lists, and the rules ${[...new Set(rules)].join(', ') || 'of FHIR'}.`,
    ...schema,
    $defs: Object.fromEntries([...making.named].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}
