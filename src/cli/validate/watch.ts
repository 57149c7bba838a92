import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { filesBelow, filesOf } from './files.ts'

/** Often enough to feel at once, seldom enough to cost nothing. Looking works on every file system; being told of changes does not. */
const LOOK_MS = 300

/** Names, times and sizes of the files and of what the packages hold, so that any change to them changes this. */
const stateOf = async (names: readonly string[], packages: readonly string[]): Promise<string> => {
  try {
    const held = await Promise.all(packages.filter((path) => existsSync(path)).map(filesBelow))
    const states = await Promise.all(
      [...(await filesOf(names)), ...held.flat()].map(async (file) => {
        const { mtimeMs, size } = await stat(file)
        return `${file} ${mtimeMs} ${size}`
      }),
    )
    return states.join('\n')
  } catch {
    // A file that is being written or renamed: looked at again in a moment.
    return ''
  }
}

/**
 * Does the work now, and after every change to the files that these names mean and to the packages, until the signal; answers 0. Work that
 * answers 2 at first could not even begin: then so does this.
 */
export const watch = async (
  names: readonly string[],
  packages: readonly string[],
  work: () => Promise<number>,
  signal: AbortSignal,
): Promise<number> => {
  let seen: string | undefined
  while (!signal.aborted) {
    const state = await stateOf(names, packages)
    if (seen === undefined || (state !== '' && state !== seen)) {
      const isFirst = seen === undefined
      seen = state
      if ((await work()) === 2 && isFirst) return 2
      process.stderr.write('Waiting for a change; Ctrl+C ends.\n')
    }
    await wait(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
  return 0
}
