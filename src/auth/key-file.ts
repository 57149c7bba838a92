import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const readIfThere = async (setting: string, file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Error(`${setting}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`)
  }
}

/**
 * Writes the file whole or not at all, and never over another: of several processes that start at once, the first to link its
 * file wins, and every one reads what the winner wrote.
 */
const writeOnce = async (file: string, content: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, content, { mode: 0o600, flag: 'wx', flush: true })
    await link(draft, file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * The file that a setting names, and what it holds; without one, that of this name in the data folder, generated there (mode 0600) by the
 * first process that finds none. Throws an Error that names the setting and the file.
 */
export const readKeyFile = async (options: {
  setting: string
  file?: string | undefined
  dataFolder: string
  name: string
  generate: () => Promise<string>
}): Promise<{ file: string; content: string }> => {
  const { setting } = options
  const file = options.file ?? join(options.dataFolder, options.name)
  const there = await readIfThere(setting, file)
  if (there !== undefined) return { file, content: there }
  if (options.file !== undefined) throw new Error(`${setting}: ${file} does not exist.`)
  await writeOnce(file, await options.generate())
  return { file, content: await readFile(file, 'utf8') }
}

/** The keys of a JWK set as text. Throws what `refuse` makes of what is wrong; the text is never quoted, for it is secret. */
export const keysOf = (content: string, refuse: (what: string) => Error): readonly unknown[] => {
  let keys: unknown
  try {
    keys = (JSON.parse(content) as { keys?: unknown } | null)?.keys
  } catch {
    throw refuse('is not JSON')
  }
  if (!Array.isArray(keys) || keys.length === 0) throw refuse('holds no `keys`')
  return keys
}
