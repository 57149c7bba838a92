import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Fault } from '../proxy/faults.ts'
import type { Done, Order } from '../proxy/main.ts'
import { TYPESCRIPT } from './typescript.ts'

/** The links of a run, in their own process. */
export type Links = Readonly<{
  /** Port of each link; it stays. */
  port(link: string): number
  lead(link: string, target: number): Promise<void>
  set(link: string, fault: Fault | undefined): Promise<void>
  count(link: string): Promise<Pick<Done, 'underWay' | 'abandoned'>>
  close(): Promise<void>
}>

const PROXY = fileURLToPath(new URL('../proxy/main.ts', import.meta.url))

type Wish = Order extends infer Each ? (Each extends Order ? Omit<Each, 'number'> : never) : never

export const openLinks = async (names: readonly string[]): Promise<Links> => {
  const child = fork(PROXY, names, { execArgv: TYPESCRIPT, detached: true })
  const [ports] = (await once(child, 'message')) as [Record<string, number>]
  const waiting = new Map<number, (done: Done) => void>()
  let count = 0
  child.on('message', (done: Done) => {
    waiting.get(done.number)?.(done)
    waiting.delete(done.number)
  })
  const ask = (wish: Wish): Promise<Done> =>
    new Promise((settle, fail) => {
      const number = count++
      waiting.set(number, settle)
      child.send({ ...wish, number }, (error) => (error === null ? undefined : fail(error)))
    })

  return {
    port: (link) => ports[link] as number,
    lead: async (link, target) => void (await ask({ do: 'lead', link, target })),
    set: async (link, fault) => void (await ask({ do: 'set', link, fault: fault ?? null })),
    count: (link) => ask({ do: 'count', link }),
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}
