import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { withRecords } from './open.ts'

const help = `keyplan sharing restored [--release ID]

Says that the database was restored, copied or failed over with a possible loss, where KeyPlan did not find it out by itself: the epoch rises,
nothing is sent to a recipient before it has said what it holds, and everybody's summary is rendered anew. docs/operations.md, "After a restore".

  --release ID   say nothing of the kind: let this recipient, which cannot say what it holds, be sent what this database has

Exit code 0 done, 1 where that recipient waits for nothing.
`

export const restored: Command = {
  name: 'restored',
  summary: 'Say that the database was restored',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options: { release: { type: 'string' } } })
    const { release } = values
    if (release === undefined) {
      const epoch = await withRecords('keyplan sharing restored', (records, cx) =>
        records.verification.declareRestored(cx),
      )
      process.stdout.write(
        `The epoch is ${epoch}. Recipients are asked what they hold; keyplan sharing ahead lists what they know more.\n`,
      )
      return 0
    }
    const isReleased = await withRecords('keyplan sharing restored', (records, cx) =>
      records.verification.release(cx, release),
    )
    if (!isReleased)
      throw new Error(`no recipient "${release}" waits to be asked what it holds. keyplan sharing status lists them.`)
    process.stdout.write('It is sent what this database has.\n')
    return 0
  },
}
