/** What of a package is taken, and why the rest is not. */
import type { StructureDefinition } from 'fhir/r4.js'
import { BASE } from '../base.ts'
import { type Canonical, type Definitions, isCanonical } from '../definitions.ts'
import { SnapshotFault, snapshotOf } from '../snapshot.ts'
import { PackageFault } from './fault.ts'
import type { Files } from './files.ts'
import { jsonOf, rootOf } from './manifest.ts'

export type Taken = Readonly<{ file: string; content: Buffer; resource: Canonical }>
/** `type` where it is a resource of a type that KeyPlan takes from no package. */
export type LeftOut = Readonly<{ file: string; why: string; type?: string }>

export type Selection = Readonly<{
  taken: readonly Taken[]
  leftOut: readonly LeftOut[]
  /** Profiles that are taken and of no use before something else is added: what they miss, by their canonical address. */
  waiting: ReadonlyMap<string, string>
}>

/** Says what is wrong with a resource as FHIR R4, in a sentence; undefined where nothing is. */
export type Check = (resource: object) => string | undefined

/** One address and version of one type, which no two packages may both define. */
export const keyOf = ({ resourceType, url, version }: Pick<Canonical, 'resourceType' | 'url' | 'version'>): string =>
  `${resourceType} ${url}|${version ?? ''}`

const typeOf = (value: unknown): string | undefined => {
  const type = typeof value === 'object' && value !== null && 'resourceType' in value ? value.resourceType : undefined
  return typeof type === 'string' && /^[A-Z][A-Za-z]{1,63}$/.test(type) ? type : undefined
}

/** The definition in a file, or why it is of no use here. */
const definitionIn = (value: unknown): Canonical | string | { type: string } => {
  const type = typeOf(value)
  if (type === undefined) return 'no FHIR resource'
  const resource = value as Canonical
  if (!isCanonical(resource)) return { type }
  if (typeof resource.url !== 'string' || resource.url === '') return `a ${type} without a url`
  if (resource.resourceType !== 'StructureDefinition') return resource
  if (resource.kind === 'logical') return 'a logical model, which is no profile of a resource'
  if (resource.derivation !== 'constraint') return 'a type of its own; FHIR R4 says which types there are'
  return resource
}

const isPartOf = (
  { structure, valueSet, codeSystem, questionnaire }: Definitions,
  { resourceType, url }: Canonical,
): boolean => {
  const look = {
    StructureDefinition: structure,
    ValueSet: valueSet,
    CodeSystem: codeSystem,
    Questionnaire: questionnaire,
  }
  return look[resourceType](url as string) !== undefined
}

const refuseCycles = (structures: ReadonlyMap<string, StructureDefinition>): void => {
  const find = (canonical: string | undefined) => structures.get(canonical?.split('|')[0] ?? '')
  const done = new Set<string>()
  for (const start of structures.values()) {
    const way = new Set<string>()
    for (
      let at: StructureDefinition | undefined = start;
      at !== undefined && !done.has(at.url);
      at = find(at.baseDefinition)
    ) {
      if (way.has(at.url))
        throw new PackageFault(
          'package-cycle',
          `The package is refused: ${at.url} builds on itself, by baseDefinition: ${[...way].join(' → ')}.`,
        )
      way.add(at.url)
    }
    for (const url of way) done.add(url)
  }
}

/** The files that may hold definitions: beside package.json, where there is one; what is below are examples and material. */
const definitionFiles = (files: Files): readonly (readonly [string, Buffer])[] => {
  const root = rootOf(files)
  return [...files].filter(([path]) => {
    if (!path.endsWith('.json')) return false
    if (root === undefined) return true
    const rest = path.slice(root.length)
    return path.startsWith(root) && !rest.includes('/') && rest !== 'package.json' && !rest.startsWith('.')
  })
}

/** Profiles whose snapshot cannot be made, with the reason or with what they miss. */
const tryProfile = (
  profile: StructureDefinition,
  find: Definitions['structure'],
): { why: string } | { missing: string } | undefined => {
  try {
    snapshotOf(profile, find)
    return undefined
  } catch (error) {
    if (!(error instanceof SnapshotFault)) throw error
    return error.missing === undefined ? { why: error.message } : { missing: error.missing }
  }
}

/**
 * What is taken of the files of a package, beside those that are kept already (`kept`). `progress` is told of each resource that has been
 * looked at. Throws a PackageFault where the package is to be refused whole.
 */
export const select = (
  files: Files,
  kept: Readonly<{ keys: ReadonlySet<string>; definitions: Definitions }>,
  check: Check,
  progress: (done: number, all: number) => void,
): Selection => {
  const found = definitionFiles(files)
  const leftOut: LeftOut[] = []
  const chosen = new Map<string, Taken>()
  const leave = (file: string, why: string): void => {
    leftOut.push({ file, why })
  }
  for (const [at, [file, content]] of found.entries()) {
    progress(at, found.length)
    const resource = definitionIn(jsonOf(file, content))
    if (typeof resource === 'string') {
      leave(file, resource)
      continue
    }
    if ('type' in resource && !('resourceType' in resource)) {
      leftOut.push({ file, why: 'no definition that KeyPlan works with', type: resource.type })
      continue
    }
    const key = keyOf(resource)
    if (kept.keys.has(key))
      throw new PackageFault(
        'package-conflict',
        `The package is refused: ${resource.url}, version ${resource.version ?? 'none'}, is in a package that was added before. Remove that first: keyplan packages list.`,
      )
    const fault = check(resource)
    if (isPartOf(BASE, resource))
      leave(file, `FHIR R4 or KeyPlan itself defines ${resource.url}, and no other is taken in its place`)
    else if (fault !== undefined) leave(file, `not valid by FHIR R4: ${fault}`)
    else if (chosen.has(key)) leave(file, `${resource.url} stands in the package twice`)
    else chosen.set(key, { file, content, resource })
  }
  const structures = new Map<string, StructureDefinition>()
  for (const { resource } of chosen.values())
    if (resource.resourceType === 'StructureDefinition') structures.set(resource.url, resource)
  refuseCycles(structures)
  const find = (canonical: string): StructureDefinition | undefined =>
    BASE.structure(canonical) ??
    structures.get(canonical.split('|')[0] as string) ??
    kept.definitions.structure(canonical)
  const waiting = new Map<string, string>()
  for (const [key, { file, resource }] of chosen) {
    if (resource.resourceType !== 'StructureDefinition') continue
    const result = tryProfile(resource, find)
    if (result === undefined) continue
    if ('missing' in result) waiting.set(resource.url, result.missing)
    else {
      leftOut.push({ file, why: `no snapshot can be made: ${result.why}` })
      chosen.delete(key)
    }
  }
  progress(found.length, found.length)
  const looked = new Set(found.map(([file]) => file))
  for (const path of files.keys())
    if (!looked.has(path) && /\.json$/.test(path) && !/(^|\/)(package|\.index)\.json$/.test(path))
      leftOut.push({ file: path, why: 'beside the definitions: an example, or material of a publisher' })
  return { taken: [...chosen.values()], leftOut, waiting }
}
