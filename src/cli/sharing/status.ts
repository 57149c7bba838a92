import { parseArgs } from 'node:util'
import type { RequestContext } from '../../context.ts'
import type { Records } from '../../records/door.ts'
import type { Command } from '../command.ts'
import { UsageError, withRecords } from './open.ts'
import { deliveriesTable, personTable, recipientsTable } from './tables.ts'

const help = `keyplan sharing status [--recipient ID | --person ID] [--json]

Shows, from the database as it is now, which recipients hold what they should.

  --recipient ID   what this recipient has not confirmed: withdrawals first, then the longest wanted; at most 500
  --person ID      each recipient's state of one person (the id of the Patient)
  --json           the same as JSON

Without either: every recipient. Exit code 0 whoever is behind, 1 where it could not be read, 2 not understood.
`

const MOST_SHOWN = 500

export const status: Command = {
  name: 'status',
  summary: 'Who is in step and who is behind, per recipient or per person',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { recipient: { type: 'string' }, person: { type: 'string' }, json: { type: 'boolean' } },
    })
    const { recipient, person, json = false } = values
    if (recipient !== undefined && person !== undefined)
      throw new UsageError('--recipient and --person do not go together')
    await withRecords('keyplan sharing status', async (records, cx) => {
      const { data, text } = await shown(records, cx, { recipient, person })
      process.stdout.write(json ? `${JSON.stringify(data, undefined, 2)}\n` : text)
    })
    return 0
  },
}

const shown = async (
  records: Records,
  cx: RequestContext,
  { recipient, person }: { recipient: string | undefined; person: string | undefined },
): Promise<{ data: unknown; text: string }> => {
  if (person !== undefined) {
    const sharing = await records.sharingStatus(cx, person)
    return { data: sharing, text: personTable(sharing, cx.now) }
  }
  if (recipient !== undefined) {
    const found = await records.recipientStatus(cx, { recipient, count: MOST_SHOWN })
    return { data: found, text: recipientsTable([found.standing], cx.now) + deliveriesTable(found, cx.now) }
  }
  const standings = await records.standings()
  return { data: standings, text: recipientsTable(standings, cx.now) }
}
