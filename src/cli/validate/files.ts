import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/** The name that means what comes in by standard input. */
export const STANDARD_INPUT = '-'

/** What `keyplan validate` reads, by the ending of its name. */
export const ENDINGS = /\.(?:json|xml|ndjson)$/i

const WILD = /[*?]/
/** Folders that hold no resources of whoever asks. */
const PASSED_OVER = new Set(['node_modules', '.git'])

/** A pattern as shells know it: `*` and `?` within a name, `**` across folders. */
const patternOf = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*\*\/?|\*|\?/g, (wild) => (wild.startsWith('**') ? '(?:.*/)?' : wild === '*' ? '[^/]*' : '[^/]'))}$`,
  )

/** What stands in a folder, by name. Throws an Error that names one that may not be read. */
const entriesOf = async (folder: string): Promise<readonly Dirent[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1))
  } catch (error) {
    throw new Error(`The folder ${folder} cannot be read: ${reasonOf(error)}. Nothing was checked.`)
  }
}

/** Why the system refuses something, without the names of its calls: `permission denied`. */
export const reasonOf = (error: unknown): string => {
  const { message } = error as Error
  return /^E[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message
}

/** Not into links to folders, which can lead round in a ring; not into pipes and devices, which can be without an end. */
async function* below(folder: string): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) yield* below(path)
    } else if (
      ENDINGS.test(entry.name) &&
      (entry.isFile() || (entry.isSymbolicLink() && !(await leadsElsewhere(path))))
    )
      yield path
  }
}

/** True for a link to what is no file; one that leads nowhere is for whoever reads it to say. */
const leadsElsewhere = async (link: string): Promise<boolean> => {
  const found = await stat(link).catch(() => undefined)
  return found !== undefined && !found.isFile()
}

/** The files that a path means, one or those below a folder. */
export const filesBelow = async (path: string): Promise<readonly string[]> => {
  if (!(await stat(path)).isDirectory()) return [path]
  const files: string[] = []
  for await (const file of below(path)) files.push(file)
  return files
}

async function* matching(glob: string): AsyncGenerator<string> {
  const fixed = glob.split('/').slice(
    0,
    glob.split('/').findIndex((part) => WILD.test(part)),
  )
  const pattern = patternOf(glob)
  const root = fixed.join('/') || (glob.startsWith('/') ? '/' : '.')
  for await (const path of below(root)) {
    const named = glob.startsWith('/') ? path : relative('.', path)
    if (pattern.test(named.replaceAll(sep, '/'))) yield path
  }
}

/**
 * The files that these names mean, each once, in their order: files themselves, those below folders, and those that a pattern matches.
 * Throws an Error that names a file or folder that is not there, or a pattern that matches nothing.
 */
export const filesOf = async (names: readonly string[]): Promise<readonly string[]> => {
  const files = new Set<string>()
  for (const name of names) {
    if (name === STANDARD_INPUT) {
      files.add(name)
      continue
    }
    const found = await stat(name).catch(() => undefined)
    if (found?.isFile()) {
      files.add(name)
      continue
    }
    if (found === undefined && !WILD.test(name)) throw new Error(`There is no file or folder ${name}.`)
    if (found !== undefined && !found.isDirectory())
      throw new Error(`${name} is neither a file nor a folder. For what comes out of a pipe write ${STANDARD_INPUT}.`)
    const before = files.size
    for await (const path of found === undefined ? matching(name.replace(/^\.\//, '')) : below(name)) files.add(path)
    if (files.size === before)
      throw new Error(
        found === undefined
          ? `${name} matches no file that ends in .json, .xml or .ndjson.`
          : `The folder ${name} has no file that ends in .json, .xml or .ndjson. Name one that has.`,
      )
  }
  return [...files]
}
