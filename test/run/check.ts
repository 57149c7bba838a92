import type { ChildProcess } from 'node:child_process'
import { node, type Part } from './part.ts'

/** A program that passes or fails as a whole. What it writes to standard output is shown when it has ended, the rest where it failed. */
export const check = (
  name: string,
  options: Readonly<{ args: readonly string[]; seconds: number; again: string }>,
): Part => ({
  name,
  counts: false,
  seconds: options.seconds,
  async run(listener) {
    let output = ''
    let errors = ''
    const started = (child: ChildProcess): void => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk
      })
      child.stderr?.on('data', (chunk: Buffer) => {
        errors += chunk
        // Up to the first comma it is short.
        const [said = ''] = errors.trimEnd().split('\n').at(-1)?.trim().split(',') ?? []
        listener.at({ text: said })
      })
    }
    const code = await node(options.args, { stdio: 'pipe', started })
    const shown = code === 0 ? output : errors + output
    if (shown.trim() !== '') listener.line(shown.trimEnd())
    if (code === 0) return { passed: 1, failed: 0, failures: [] }
    return { passed: 0, failed: 1, failures: [{ what: `${name} (exit code ${code})`, again: options.again }] }
  },
})
