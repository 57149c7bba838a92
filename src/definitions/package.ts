import { readFileSync } from 'node:fs'
import type { FhirResource, OperationDefinition, Questionnaire } from 'fhir/r4.js'

/** The folder of the built FHIR package: one level below the root from `src/` as well as from `dist/`. */
const FOLDER = new URL('../../profiles/package/', import.meta.url)

/** One line of `.index.json` (FHIR package index, version 2). */
type IndexEntry = Readonly<{
  filename: string
  resourceType: string
  id: string
  url?: string
  version?: string
  type?: string
  derivation?: string
}>

export type ProfileEntry = Readonly<{ url: string; version: string; type: string }>

/**
 * KeyPlan's own FHIR package `keyplan.fhir.r4`. A resource is read when it is first asked for and then kept; all callers
 * get the same object and must not change it.
 */
export type Package = Readonly<{
  /** By canonical address, with or without `|version`; undefined where the package has no such Questionnaire. */
  questionnaire(canonical: string): Questionnaire | undefined
  /** The same for a resource of any type that has an address. */
  byCanonical(type: string, canonical: string): FhirResource | undefined
  resource(type: string, id: string): FhirResource | undefined
  /** The types of its resources, in the order of the alphabet. */
  types(): readonly string[]
  /** Every resource of a type, in the order of their ids. */
  all(type: string): readonly FhirResource[]
  /** Profiles of resources, extensions left out, in the order of their file names. */
  profiles(): readonly ProfileEntry[]
  /** By code without the dollar sign, e.g. `submit`, and by the resource type where more than one has an operation of that code. */
  operationDefinition(code: string, type?: string): OperationDefinition | undefined
}>

const readJson = (name: string): unknown => {
  try {
    return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
  } catch (cause) {
    throw new Error(`The FHIR package cannot be read: ${name} in profiles/package. Build it with: npm run profiles`, {
      cause,
    })
  }
}

const openPackage = (): Package => {
  const entries = (readJson('.index.json') as { files: readonly IndexEntry[] }).files
  const loaded = new Map<string, FhirResource>()

  const load = ({ filename }: IndexEntry): FhirResource => {
    const resource = loaded.get(filename) ?? (readJson(filename) as FhirResource)
    loaded.set(filename, resource)
    return resource
  }
  const find = (matches: (entry: IndexEntry) => boolean): FhirResource | undefined => {
    const entry = entries.find(matches)
    return entry === undefined ? undefined : load(entry)
  }
  /** By type, then by address with and without its version. */
  const addressed = new Map<string, Map<string, IndexEntry>>()
  for (const entry of entries) {
    const { resourceType, url, version } = entry
    if (url === undefined) continue
    const ofType = addressed.get(resourceType) ?? new Map<string, IndexEntry>()
    addressed.set(resourceType, ofType.set(url, entry))
    if (version !== undefined) ofType.set(`${url}|${version}`, entry)
  }
  const byCanonical = (type: string, canonical: string): FhirResource | undefined => {
    const entry = addressed.get(type)?.get(canonical)
    return entry === undefined ? undefined : load(entry)
  }
  const types = [...new Set(entries.map(({ resourceType }) => resourceType))].sort()
  const profiles = entries
    .filter(
      ({ resourceType, type, derivation }) =>
        resourceType === 'StructureDefinition' && derivation === 'constraint' && type !== 'Extension',
    )
    .map(({ url, version, type }) => ({ url, version, type }) as ProfileEntry)

  return {
    questionnaire: (canonical) => byCanonical('Questionnaire', canonical) as Questionnaire | undefined,
    byCanonical,
    resource: (type, id) => find((entry) => entry.resourceType === type && entry.id === id),
    types: () => types,
    all: (type) => entries.filter(({ resourceType }) => resourceType === type).map(load),
    profiles: () => profiles,
    operationDefinition: (code, type) =>
      entries
        .filter(({ resourceType }) => resourceType === 'OperationDefinition')
        .map((entry) => load(entry) as OperationDefinition)
        .find(
          ({ code: its, resource = [] }) =>
            its === code && (type === undefined || resource.some((one) => one === type)),
        ),
  }
}

let opened: Package | undefined

/** The package that this service ships, opened once per process: the index at the first call, each resource when asked for. */
export const loadPackage = (): Package => {
  opened ??= openPackage()
  return opened
}
