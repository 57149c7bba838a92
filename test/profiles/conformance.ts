import type { CodeableConcept, ElementDefinition, Extension, FhirResource, StructureDefinition } from 'fhir/r4.js'
import fhirpath, { type Model } from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import { allOf } from './package-files.ts'

/**
 * As much of profile validation as these tests need: cardinalities, fixed and pattern values, slices by pattern, extensions
 * with their context and bound codes, and the invariants of the profile itself. Base R4 is checked elsewhere.
 */

const structures = new Map(allOf('StructureDefinition').map((definition) => [definition.url, definition]))
const BASE = 'https://keyplan.example/fhir/'

/** Codes of a value set of the package, by system: those that it lists, or all of a local code system. */
const codesIn = (valueSet: string | undefined): ReadonlySet<string> => {
  const systems = allOf('CodeSystem')
  const includes = allOf('ValueSet').find(({ url }) => url === valueSet)?.compose?.include ?? []
  return new Set(
    includes.flatMap(({ system, concept }) =>
      (concept ?? systems.find(({ url }) => url === system)?.concept ?? []).map(({ code }) => code),
    ),
  )
}

type Json = Record<string, unknown>

/** The values of an element under one value, by its last name; a choice (`value[x]`) under whatever type it has. */
const under = (value: unknown, name: string): unknown[] => {
  const record = value as Json
  const names = name.endsWith('[x]')
    ? Object.keys(record).filter((key) => new RegExp(`^${name.slice(0, -3)}[A-Z]`).test(key))
    : [name]
  return names.flatMap((key) => record[key] ?? [])
}

const at = (resource: FhirResource, path: string): unknown[] =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown[]>((values, name) => values.flatMap((value) => under(value, name)), [resource])

const holdsPattern = (value: unknown, { coding = [] }: CodeableConcept): boolean =>
  coding.every(({ system, code }) =>
    (value as CodeableConcept).coding?.some((candidate) => candidate.system === system && candidate.code === code),
  )

const elementFaults = (resource: FhirResource, { id = '', path, ...element }: ElementDefinition): string[] => {
  const parent = path.slice(0, path.lastIndexOf('.'))
  const name = path.slice(path.lastIndexOf('.') + 1)
  const most = element.max === '*' ? Number.POSITIVE_INFINITY : Number(element.max)
  const pattern = element.patternCodeableConcept
  return at(resource, parent).flatMap((value) => {
    const found = under(value, name)
    if (id.includes(':')) {
      const matching = pattern === undefined ? [] : found.filter((one) => holdsPattern(one, pattern))
      const counted = pattern !== undefined && id.lastIndexOf(':') > id.lastIndexOf('.')
      return counted && (matching.length < (element.min ?? 0) || matching.length > most)
        ? [`${id}: ${matching.length} times`]
        : []
    }
    return [
      ...(found.length < (element.min ?? 0) || found.length > most ? [`${id}: ${found.length} times`] : []),
      ...(pattern !== undefined && !found.every((one) => holdsPattern(one, pattern)) ? [`${id}: other pattern`] : []),
      ...(element.fixedCode !== undefined && found.some((one) => one !== element.fixedCode)
        ? [`${id}: other code`]
        : []),
    ]
  })
}

const boundFaults = (value: unknown, { id, binding }: ElementDefinition): string[] => {
  if (binding?.strength !== 'required' || binding.valueSet?.startsWith(BASE) !== true) return []
  const codes = codesIn(binding.valueSet)
  const given =
    typeof value === 'string'
      ? [value]
      : ((value as CodeableConcept).coding ?? [value as { code?: string }]).map(({ code }) => code ?? '')
  return given.some((code) => codes.has(code)) ? [] : [`${id}: none of the bound codes`]
}

/** Faults of one extension of KeyPlan, by its definition. */
const extensionFaults = (extension: Extension, type: string): string[] => {
  const definition = structures.get(extension.url)
  if (definition === undefined) return extension.url.startsWith(BASE) ? [`${extension.url}: not defined`] : []
  if (definition.context?.some(({ expression }) => expression === type) !== true)
    return [`${extension.url}: not on ${type}`]
  const element = (id: string) => definition.snapshot?.element.find((candidate) => candidate.id === id)
  const valueFaults = (value: Extension, prefix: string): string[] => {
    const described = element(`${prefix}.value[x]`)
    const [key, ...others] = Object.keys(value).filter((name) => name.startsWith('value'))
    const allowed = described?.type?.map(({ code }) => `value${code.charAt(0).toUpperCase()}${code.slice(1)}`) ?? []
    if (described === undefined || key === undefined || others.length > 0 || !allowed.includes(key))
      return [`${extension.url} ${prefix}: ${key ?? 'no value'}`]
    return boundFaults((value as unknown as Json)[key], described)
  }
  const parts = definition.snapshot?.element.filter(({ id }) => /^Extension\.extension:[^.]+$/.test(id ?? '')) ?? []
  if (parts.length === 0) return valueFaults(extension, 'Extension')
  const given = extension.extension ?? []
  return [
    ...given
      .filter(({ url }) => !parts.some(({ sliceName }) => sliceName === url))
      .map(({ url }) => `${extension.url}#${url}: not described`),
    ...parts.flatMap(({ id = '', sliceName, min = 0, max }) => {
      const found = given.filter(({ url }) => url === sliceName)
      const most = max === '*' ? Number.POSITIVE_INFINITY : Number(max)
      return [
        ...(found.length < min || found.length > most ? [`${extension.url}#${sliceName}: ${found.length} times`] : []),
        ...found.flatMap((part) => valueFaults(part, id)),
      ]
    }),
  ]
}

const requiredExtensionFaults = (resource: FhirResource, definition: StructureDefinition): string[] =>
  (definition.snapshot?.element ?? [])
    .filter(({ id, min }) => new RegExp(`^${definition.type}\\.extension:[^.]+$`).test(id ?? '') && (min ?? 0) > 0)
    .filter(({ type }) => {
      const url = type?.[0]?.profile?.[0]
      return (resource as { extension?: Extension[] }).extension?.some((extension) => extension.url === url) !== true
    })
    .map(({ id }) => `${id}: missing`)

const invariantFaults = (resource: FhirResource, definition: StructureDefinition): string[] =>
  (definition.snapshot?.element[0]?.constraint ?? [])
    .filter(({ source, severity }) => source === definition.url && severity === 'error')
    .filter(({ expression = '' }) => {
      const [holds] = fhirpath.evaluate(resource, expression, { resource }, r4 as Model, { async: false }) as unknown[]
      return holds !== true
    })
    .map(({ key }) => key)

/** What in a resource departs from a profile of the package; empty where it conforms. */
export const departures = (resource: FhirResource, profile: string): string[] => {
  const definition = structures.get(profile)
  if (definition === undefined) return [`${profile}: not in the package`]
  if (definition.type !== resource.resourceType) return [`${profile}: is for ${definition.type}`]
  const elements = (definition.snapshot?.element ?? []).filter(
    ({ path, id }) => path !== definition.type && !/extension/i.test(id ?? ''),
  )
  return [
    ...elements.flatMap((element) => elementFaults(resource, element)),
    ...elements
      .filter(({ id }) => id?.includes(':') !== true)
      .flatMap((element) => at(resource, element.path).flatMap((value) => boundFaults(value, element))),
    ...((resource as { extension?: Extension[] }).extension ?? []).flatMap((extension) =>
      extensionFaults(extension, resource.resourceType),
    ),
    ...requiredExtensionFaults(resource, definition),
    ...invariantFaults(resource, definition),
  ]
}
