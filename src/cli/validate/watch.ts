import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { filesOf } from './files.ts'

/** Often enough to feel at once, seldom enough to cost nothing. Looking works on every file system; being told of changes does not. */
const LOOK_MS = 300

/** Names, times and sizes of the files, so that any change to them changes this. */
const stateOf = async (names: readonly string[]): Promise<string> => {
  try {
    const files = await filesOf(names)
    const states = await Promise.all(
      files.map(async (file) => {
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

/** Runs the work now and after every change to the files that these names mean, until the signal. */
export const watch = async (
  names: readonly string[],
  work: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> => {
  let seen: string | undefined
  while (!signal.aborted) {
    const state = await stateOf(names)
    if (state !== '' && state !== seen) {
      seen = state
      await work()
    }
    await wait(LOOK_MS, undefined, { signal }).catch(() => undefined)
  }
}
