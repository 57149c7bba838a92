/**
 * Every link of a run, in a process of its own, so that what they carry does not wait for anything else that the run does: `main.ts NAME...`.
 * A link of the name `database` carries PostgreSQL's protocol. It ends with the process that started it.
 */
import type { Fault } from './faults.ts'
import { openLink } from './link.ts'

export type Order = Readonly<
  { number: number; link: string } & (
    | { do: 'lead'; target: number }
    | { do: 'set'; fault: Fault | null }
    | { do: 'count' }
  )
>

export type Done = Readonly<{ number: number; underWay: number; abandoned: number }>

const names = process.argv.slice(2)
const links = new Map(
  await Promise.all(names.map(async (name) => [name, await openLink({ http: name !== 'database' })] as const)),
)

process.on('message', async (order: Order) => {
  const link = links.get(order.link)
  if (link === undefined) throw new Error(`There is no link ${order.link}.`)
  if (order.do === 'lead') link.lead(order.target)
  if (order.do === 'set') await link.set(order.fault ?? undefined)
  process.send?.({ number: order.number, underWay: link.underWay(), abandoned: link.abandoned() } satisfies Done)
})
process.once('disconnect', () => process.exit(0))
process.send?.(Object.fromEntries([...links].map(([name, { port }]) => [name, port])))
