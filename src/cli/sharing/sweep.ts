import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { withRecords } from './open.ts'

const help = `keyplan sharing sweep [--recipient ID]

Makes the running service compare, at once and not in its 15 minutes, what recipients really hold with what they should, and repair what
differs. keyplan sharing status shows when it was done.

  --recipient ID   this one alone

Exit code 0, 1 where there is no such recipient.
`

export const sweep: Command = {
  name: 'sweep',
  summary: 'Compare now what recipients really hold',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options: { recipient: { type: 'string' } } })
    const due = await withRecords('keyplan sharing sweep', (records, cx) => records.sweep(cx, values.recipient))
    process.stdout.write(
      due.length === 0 ? 'There are no recipients to compare with.\n' : `To be compared now: ${due.join(', ')}.\n`,
    )
    return 0
  },
}
