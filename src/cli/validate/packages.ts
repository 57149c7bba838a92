import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { FhirResource } from 'fhir/r4.js'
import { packagesFolder } from '../../config.ts'
import { type Files, filesOfArchive, filesOfFolder } from '../../definitions/packages/files.ts'
import { definitionsWith, keptIn, resourcesOf } from '../../definitions/packages/kept.ts'
import { BUILT_IN, jsonOf } from '../../definitions/packages/manifest.ts'
import { type Selection, select } from '../../definitions/packages/selection.ts'
import { structureFault } from '../packages/structure-fault.ts'
import { reasonsOf } from '../packages/words.ts'

/** What packages are to be known besides those that were added. */
export type Named = Readonly<{
  /** Their definitions, which go before all others of the same address. */
  resources: readonly FhirResource[]
  /** For people: what of them cannot be used, and why. */
  notUsed: readonly string[]
}>

/**
 * The definitions of these packages: names of those that were added, with or without `#version`, paths of archives, folders and single
 * definitions. Throws an Error that says which of them there is not, or why it is refused.
 */
export const packagesNamed = async (names: readonly string[]): Promise<Named> => {
  const found = await Promise.all(
    names.map((name) => (existsSync(name) ? brought(name).catch(naming(name)) : added(name))),
  )
  const resources = found.flatMap((one) => one.resources)
  const urls = new Set(resources.map((resource) => ('url' in resource ? resource.url : undefined)))
  const isMissing = (canonical: string): boolean => !urls.has(canonical.split('|')[0])
  return { resources, notUsed: found.flatMap((one) => notUsedOf(one, isMissing)) }
}

/** What one of them brings; of what stands in its files, what cannot be used. */
type Brought = Readonly<{ path: string; resources: readonly FhirResource[] }> & Pick<Selection, 'leftOut' | 'waiting'>

/** Of several versions that were added, the newest, unless one is named. */
const added = (name: string): Brought => {
  const nothing = { path: name, resources: [], leftOut: [], waiting: new Map() }
  if (BUILT_IN.includes(name.replace(/#.*$/, ''))) return nothing
  const kept = keptIn(packagesFolder(process.env))
  const found = kept.filter(({ manifest }) => name === manifest.name || name === `${manifest.name}#${manifest.version}`)
  const newest = found.at(-1)
  if (newest !== undefined) return { ...nothing, resources: resourcesOf([newest]) }
  const there = kept.map(({ manifest }) => `${manifest.name}#${manifest.version}`)
  throw new Error(
    `--package ${name}: there is no such file or folder, and no package of that name was added (${there.length === 0 ? 'none was' : `added were ${there.join(', ')}`}). keyplan packages add takes one from a file.`,
  )
}

const brought = async (path: string): Promise<Brought> => {
  const files = await filesAt(path)
  const known = definitionsWith(keptIn(packagesFolder(process.env)))
  const { taken, leftOut, waiting } = select(
    files,
    { keys: new Set(), definitions: known },
    structureFault,
    () => undefined,
  )
  const resources = [...taken.map(({ resource }) => resource), ...guidesIn(files, leftOut)]
  if (resources.length > 0) return { path, resources, leftOut, waiting }
  const why = reasonsOf(leftOut).map((line) => `\n  ${line}`)
  throw new Error(
    `There are no definitions in it that can be used. Expected StructureDefinitions, ValueSets and CodeSystems as JSON.${why.join('')}`,
  )
}

const naming =
  (path: string) =>
  (error: unknown): never => {
    throw new Error(`--package ${path}: ${(error as Error).message}`)
  }

const filesAt = async (path: string): Promise<Files> => {
  if (statSync(path).isDirectory()) return filesOfFolder(path)
  return /\.(?:tgz|tar\.gz)$/i.test(path) ? filesOfArchive(path) : new Map([[basename(path), readFileSync(path)]])
}

/** Guides say which profiles all resources of a type must follow (`ImplementationGuide.global`). */
const guidesIn = (files: Files, leftOut: Selection['leftOut']): readonly FhirResource[] =>
  leftOut
    .filter(({ type }) => type === 'ImplementationGuide')
    .map(({ file }) => jsonOf(file, files.get(file) as Buffer) as FhirResource)

const notUsedOf = ({ path, leftOut, waiting }: Brought, isMissing: (canonical: string) => boolean): string[] => {
  const waits = [...waiting].filter(([, missing]) => isMissing(missing))
  const lines = [
    ...reasonsOf(leftOut),
    ...waits.map(([url, missing]) => `${url}: it builds on ${missing}, which is not known. Name its package too`),
  ]
  return lines.length === 0 ? [] : [`--package ${path}: not used\n${lines.map((line) => `  ${line}\n`).join('')}`]
}
