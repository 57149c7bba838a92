import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { UsageError, withRecords } from './open.ts'

const help = `keyplan sharing replay [--recipient ID] [--person ID] [--all]

Makes outstanding deliveries due at once, parked ones too: after what kept them from arriving has been mended. Only the newest state is ever
sent, so nothing old can come back.

  --recipient ID   those of this recipient
  --person ID      those of this person (the id of the Patient); with --recipient, the one of both
  --all            all of them

Says how many there were. Exit code 0, also where there was none; 2 where none of the options is given.
`

export const replay: Command = {
  name: 'replay',
  summary: 'Try outstanding deliveries again at once, parked ones too',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { recipient: { type: 'string' }, person: { type: 'string' }, all: { type: 'boolean' } },
    })
    const { recipient, person, all = false } = values
    if (all ? recipient !== undefined || person !== undefined : recipient === undefined && person === undefined)
      throw new UsageError('say which: --recipient ID, --person ID, both, or --all alone')
    const count = await withRecords('keyplan sharing replay', (records, cx) =>
      records.replay(cx, {
        ...(recipient === undefined ? {} : { recipient }),
        ...(person === undefined ? {} : { patient: person }),
      }),
    )
    process.stdout.write(`${count === 1 ? '1 delivery is' : `${count} deliveries are`} due now.\n`)
    return 0
  },
}
