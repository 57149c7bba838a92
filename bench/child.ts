import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const TYPESCRIPT = new URL('./typescript.js', import.meta.url).href
const STOP_SECONDS = 20

/** Runs a TypeScript file as a process of its own that speaks over an IPC channel; answers with the first thing that it says. */
export const startChild = async <First>(
  file: string,
  name: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ child: ChildProcess; first: First }> => {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, file], {
    env: { PATH: process.env['PATH'], ...environment },
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [first] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${name} did not start.`)
    }),
  ])) as [First]
  return { child, first }
}

/** Ends a process, and waits for it. */
export const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1_000)
  await ended
  clearTimeout(late)
}
