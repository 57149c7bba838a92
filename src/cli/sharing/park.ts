import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { required, withRecords } from './open.ts'

const help = `keyplan sharing park --recipient ID --person ID --reason TEXT

Stops trying to deliver the summary of one person to one recipient, until the plan changes or keyplan sharing replay. A withdrawal cannot be
parked: it goes on.

  --recipient ID   id of the recipient
  --person ID      id of the Patient
  --reason TEXT    why, in words that name nobody; it is shown in the status

Exit code 0 parked, 1 where there was no summary to be delivered.
`

export const park: Command = {
  name: 'park',
  summary: 'Stop trying one delivery, with a reason',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { recipient: { type: 'string' }, person: { type: 'string' }, reason: { type: 'string' } },
    })
    const chosen = {
      recipient: required('recipient', values.recipient, 'ambulance'),
      patient: required('person', values.person, '3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10'),
    }
    const reason = required('reason', values.reason, '"refused as too large, supplier told"')
    const isParked = await withRecords('keyplan sharing park', (records, cx) => records.park(cx, chosen, reason))
    if (!isParked) {
      throw new Error(
        `no summary of this person is outstanding at ${chosen.recipient}. Withdrawals cannot be parked; keyplan sharing status --recipient ${chosen.recipient} lists what is outstanding.`,
      )
    }
    process.stdout.write('Parked. keyplan sharing replay starts it again.\n')
    return 0
  },
}
