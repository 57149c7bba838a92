import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { end, startChild } from '../child.ts'

/** What the floor is to send: for each patient and address the bytes that the address holds of the sample, as if of that patient. */
export type FloorTask = Readonly<{
  addresses: readonly string[]
  sample: string
  patients: readonly string[]
  /** Requests under way to one recipient. */
  parallel: number
}>

export type FloorAnswer = Readonly<{ milliseconds: number } | { error: string }>

export type Floor = Readonly<{
  /** Sends everything once; answers the milliseconds that it took. */
  send(task: FloorTask): Promise<number>
  stop(): Promise<void>
}>

export const startFloor = async (): Promise<Floor> => {
  const { child } = await startChild(fileURLToPath(new URL('./floor.ts', import.meta.url)), 'The floor')
  return {
    async send(task) {
      child.send(task)
      const [answer] = (await once(child, 'message')) as [FloorAnswer]
      if ('error' in answer) throw new Error(answer.error)
      return answer.milliseconds
    },
    stop: () => end(child),
  }
}
