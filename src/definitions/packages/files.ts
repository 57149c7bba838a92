/** The files of a package that nobody vouches for: from a .tgz as registries publish them, or from a folder. Nothing is written. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { PackageFault } from './fault.ts'

/** Contents by path, with `/` between its parts. */
export type Files = ReadonlyMap<string, Buffer>

export const PACKAGE_LIMITS = { bytes: 50_000_000, entries: 20_000, depth: 16 } as const

/** What a tar file adds to its contents, for each entry: a header, the rest of a block, and the headers of long names. */
const TAR_OVERHEAD = 2_048

const tooMuch = (): PackageFault =>
  new PackageFault(
    'package-too-large',
    `The package is refused: unpacked it is more than ${PACKAGE_LIMITS.bytes / 1_000_000} MB. Expected a FHIR package of definitions.`,
  )
const tooMany = (): PackageFault =>
  new PackageFault(
    'package-too-many-files',
    `The package is refused: it has more than ${PACKAGE_LIMITS.entries} entries.`,
  )
const notAFile = (path: string, what: string): PackageFault =>
  new PackageFault(
    'package-not-a-file',
    `The package is refused: ${shown(path)} is a ${what}. Expected files and folders only.`,
  )

/** A path as it can be shown on a terminal. */
const shown = (path: string): string => JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path)

/** The path without what says nothing; throws for one that could lead elsewhere, here or on another system. */
const safePath = (path: string): string => {
  const parts = path
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '')
    .split('/')
  const isSafe =
    parts.length <= PACKAGE_LIMITS.depth &&
    path.length <= 1_024 &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..') &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    !/[\u0000-\u001f\u007f\\:]/.test(path)
  if (!isSafe)
    throw new PackageFault(
      'package-path',
      `The package is refused: the path ${shown(path)} could lead outside of it. Expected relative paths of at most ${PACKAGE_LIMITS.depth} parts, without "..", backslash, colon or control characters.`,
    )
  return parts.join('/')
}

/** Collects files while it counts them. */
const collect = () => {
  const files = new Map<string, Buffer>()
  const names = new Set<string>()
  let entries = 0
  let bytes = 0
  return {
    files,
    /** Before a file is read, so that nothing too large ever is. */
    expect(size: number): void {
      bytes += size
      if (bytes > PACKAGE_LIMITS.bytes) throw tooMuch()
    },
    entry(): void {
      if (++entries > PACKAGE_LIMITS.entries) throw tooMany()
    },
    add(path: string, content: Buffer): void {
      // Two names that some file systems take for one.
      const name = path.normalize('NFC').toLowerCase()
      if (names.has(name))
        throw new PackageFault('package-duplicate-file', `The package is refused: ${shown(path)} stands in it twice.`)
      names.add(name)
      files.set(path, content)
    },
  }
}

const unzipped = (file: string): Buffer => {
  const handle = openSync(file, 'r')
  try {
    if (fstatSync(handle).size > PACKAGE_LIMITS.bytes) throw tooMuch()
    const most = PACKAGE_LIMITS.bytes + PACKAGE_LIMITS.entries * TAR_OVERHEAD
    return gunzipSync(readFileSync(handle), { maxOutputLength: most })
  } catch (error) {
    if (error instanceof PackageFault) throw error
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooMuch()
    throw new PackageFault(
      'package-not-gzip',
      'The package is refused: it is not a whole .tgz file (gzip). Expected one as registries publish them, or a folder.',
    )
  } finally {
    closeSync(handle)
  }
}

/** The files of a .tgz. Throws a PackageFault for whatever is not a plain file within it, and for more than the limits. */
export const filesOfArchive = async (file: string): Promise<Files> => {
  const found = collect()
  const tar = extract()
  tar.end(unzipped(file))
  try {
    for await (const entry of tar) {
      const { name, type, size = 0 } = entry.header
      found.entry()
      const path = safePath(name)
      if (type !== 'file' && type !== 'directory') throw notAFile(name, type ?? 'thing of no known kind')
      found.expect(size)
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      if (type === 'file') found.add(path, Buffer.concat(chunks))
    }
  } catch (error) {
    if (error instanceof PackageFault) throw error
    throw new PackageFault('package-not-tar', 'The package is refused: what is in it is not a whole tar file.')
  }
  return found.files
}

/** The files of a folder and the folders below it, those left out whose names begin with a dot. Throws as `filesOfArchive` does. */
export const filesOfFolder = (folder: string): Files => {
  const found = collect()
  const visit = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      if (name.startsWith('.')) continue
      const path = safePath(below === '' ? name : `${below}/${name}`)
      const stats = lstatSync(join(folder, path))
      found.entry()
      if (stats.isDirectory()) {
        visit(path)
        continue
      }
      if (!stats.isFile()) throw notAFile(path, stats.isSymbolicLink() ? 'link' : 'device or socket')
      found.expect(stats.size)
      // Not through a link that was put there since.
      const handle = openSync(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW)
      try {
        found.add(path, readFileSync(handle))
      } finally {
        closeSync(handle)
      }
    }
  }
  visit('')
  return found.files
}
