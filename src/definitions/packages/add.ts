import { existsSync, lstatSync } from 'node:fs'
import { PackageFault } from './fault.ts'
import { filesOfArchive, filesOfFolder } from './files.ts'
import { definitionsWith, isKept, type Kept, keep, keptIn } from './kept.ts'
import { BUILT_IN, type Manifest, manifestOf, type Named } from './manifest.ts'
import { type Check, keyOf, type Selection, select } from './selection.ts'

export type Added = Selection &
  Readonly<{
    manifest: Manifest
    /** Packages that it says it needs and that are not kept: name and version. */
    needs: readonly string[]
  }>

const filesOf = async (source: string) => {
  if (!existsSync(source))
    throw new PackageFault('package-not-found', `There is nothing at ${source}. Expected a .tgz file or a folder.`)
  return lstatSync(source).isDirectory() ? filesOfFolder(source) : await filesOfArchive(source)
}

const refuseRing = (manifest: Manifest, kept: readonly Kept[]): void => {
  const needed = new Map(kept.map((one) => [one.manifest.name, Object.keys(one.manifest.dependencies)]))
  const reached = new Set(Object.keys(manifest.dependencies))
  for (const name of reached) for (const next of needed.get(name) ?? []) reached.add(next)
  if (reached.has(manifest.name))
    throw new PackageFault(
      'package-cycle',
      `The package is refused: what ${manifest.name} depends on depends on it in turn.`,
    )
}

/**
 * Takes the definitions of a package from outside, a .tgz or a folder, into the folder of packages; nothing is kept where nothing is taken.
 * Throws a PackageFault where it is refused, whole: then nothing has been written.
 */
export const addPackage = async (
  options: Readonly<{
    source: string
    folder: string
    named: Named
    check: Check
    progress: (done: number, all: number) => void
  }>,
): Promise<Added> => {
  const { source, folder, named, check, progress } = options
  const files = await filesOf(source)
  const manifest = manifestOf(files, named)
  if (isKept(folder, manifest))
    throw new PackageFault(
      'package-there',
      `${manifest.name} ${manifest.version} is there already. To take it anew: keyplan packages remove ${manifest.name}#${manifest.version}`,
    )
  const kept = keptIn(folder)
  refuseRing(manifest, kept)
  const keys = new Set(kept.flatMap(({ entries }) => entries.map(keyOf)))
  const selection = select(files, { keys, definitions: definitionsWith(kept) }, check, progress)
  if (selection.taken.length > 0) keep(folder, manifest, selection.taken)
  const there = new Set([...BUILT_IN, ...kept.map((one) => one.manifest.name)])
  return {
    ...selection,
    manifest,
    needs: Object.entries(manifest.dependencies).flatMap(([name, version]) =>
      there.has(name) ? [] : [`${name} ${version}`],
    ),
  }
}
