import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

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

async function* below(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (!PASSED_OVER.has(entry.name)) yield* below(path)
    } else if (ENDINGS.test(entry.name)) yield path
  }
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
    const found = await stat(name).catch(() => undefined)
    if (found?.isFile()) {
      files.add(name)
      continue
    }
    if (found === undefined && !WILD.test(name)) throw new Error(`There is no file or folder ${name}.`)
    const before = files.size
    for await (const path of found === undefined ? matching(name.replace(/^\.\//, '')) : below(name)) files.add(path)
    if (files.size === before)
      throw new Error(`${name} has no files that end in .json, .xml or .ndjson. Name at least one that does.`)
  }
  return [...files]
}
