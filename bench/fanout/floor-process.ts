import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { end, startChild } from '../child.ts'

/** What the floor is to send: to each address the document of the sample, as if of each of these patients. */
export type FloorTask = Readonly<{
  addresses: readonly string[]
  sample: string
  document: string
  patients: readonly string[]
  /** What all addresses hold of each of these patients: the version that they gave it; 0 for nothing. */
  version: number
  /** Requests under way to one recipient; 0: one loop over all of them, that sends the next when the last was answered. */
  parallel: number
}>

export type FloorAnswer = Readonly<{ milliseconds: number } | { error: string }>

export type Floor = Readonly<{
  pid: number | undefined
  /** Sends everything once; answers the milliseconds that it took. */
  send(task: FloorTask): Promise<number>
  stop(): Promise<void>
}>

export const startFloor = async (): Promise<Floor> => {
  const { child } = await startChild(fileURLToPath(new URL('./floor.ts', import.meta.url)), 'The floor')
  return {
    pid: child.pid,
    async send(task) {
      child.send(task)
      const [answer] = (await once(child, 'message')) as [FloorAnswer]
      if ('error' in answer) throw new Error(answer.error)
      return answer.milliseconds
    },
    stop: () => end(child),
  }
}
