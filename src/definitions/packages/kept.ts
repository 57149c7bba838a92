/**
 * The packages that were added, in a folder: `NAME#VERSION/package/`, as tools for FHIR keep them, each with an index of what was taken.
 * A package is there whole or not at all.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { BASE } from '../base.ts'
import { bringing } from '../brought.ts'
import type { Canonical, Definitions } from '../definitions.ts'
import { PackageFault } from './fault.ts'
import type { Manifest } from './manifest.ts'
import type { Taken } from './selection.ts'

type Entry = Readonly<{ filename: string; resourceType: Canonical['resourceType']; url: string; version?: string }>

export type Kept = Readonly<{ manifest: Manifest; entries: readonly Entry[]; folder: string }>

const FOLDER_NAME = /^[a-z0-9.-]+#[0-9A-Za-z.+-]+$/

const read = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw new PackageFault(
      'package-damaged',
      `${file} cannot be read. Remove the package and add it again: keyplan packages --help.`,
    )
  }
}

const collator = new Intl.Collator('en', { numeric: true })

/** What is kept in a folder, by name and then version, the older first; nothing where there is no such folder. */
export const keptIn = (folder: string): readonly Kept[] => {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => FOLDER_NAME.test(name))
    .sort(collator.compare)
    .map((name) => {
      const home = join(folder, name, 'package')
      const { files } = read(join(home, '.index.json')) as { files: readonly Entry[] }
      return { manifest: read(join(home, 'package.json')) as Manifest, entries: files, folder: home }
    })
}

/** `NAME#VERSION` */
export const nameOf = ({ name, version }: Pick<Manifest, 'name' | 'version'>): string => `${name}#${version}`

export const isKept = (folder: string, manifest: Manifest): boolean => existsSync(join(folder, nameOf(manifest)))

/** Writes a package beside the others, and puts it in its place when it is whole. */
export const keep = (folder: string, manifest: Manifest, taken: readonly Taken[]): void => {
  mkdirSync(folder, { recursive: true })
  const making = mkdtempSync(join(folder, '.adding-'))
  try {
    const home = join(making, 'package')
    mkdirSync(home)
    // Named by number: what a package calls its files is its own affair.
    const files = taken.map(({ content, resource }, at): Entry => {
      const filename = `${resource.resourceType}-${at + 1}.json`
      writeFileSync(join(home, filename), content)
      const { resourceType, url, version } = resource
      return { filename, resourceType, url: url as string, ...(version === undefined ? {} : { version }) }
    })
    writeFileSync(join(home, '.index.json'), `${JSON.stringify({ 'index-version': 2, files }, null, 2)}\n`)
    writeFileSync(join(home, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    renameSync(making, join(folder, nameOf(manifest)))
  } catch (error) {
    rmSync(making, { recursive: true, force: true })
    throw error
  }
}

/** Takes a package away: out of its place first, so that it is never there in part. */
export const discard = (folder: string, { manifest }: Kept): void => {
  const leaving = join(folder, `.removing-${nameOf(manifest)}`)
  renameSync(join(folder, nameOf(manifest)), leaving)
  rmSync(leaving, { recursive: true })
}

/** What these packages define, an older version before a newer, so that the newest answers to an address without a version. */
export const resourcesOf = (packages: readonly Kept[]): Canonical[] =>
  packages.flatMap(({ folder, entries }) => entries.map(({ filename }) => read(join(folder, filename)) as Canonical))

/** FHIR R4, KeyPlan's own package, and what was added to them. Throws a PackageFault where a package that is kept cannot be read. */
export const definitionsWith = (packages: readonly Kept[]): Definitions =>
  packages.length === 0 ? BASE : bringing(BASE, resourcesOf(packages)).definitions
