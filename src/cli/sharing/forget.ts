import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { required, withRecords } from './open.ts'

const help = `keyplan sharing forget --sender ID

Where this service is a recipient: forgets which keys a sender announced, so that the next heartbeat of that sender, with whatever keys, is taken.
Needed where a sender lost its keys; ask its operator first, and compare the thumbprints with its /auth/jwks.

  --sender ID   client id of the sender

Exit code 0 forgotten, 1 where no such sender has been heard.
`

export const forget: Command = {
  name: 'forget',
  summary: 'Forget the keys of a sender (as a recipient)',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options: { sender: { type: 'string' } } })
    const sender = required('sender', values.sender, 'keyplan')
    const isForgotten = await withRecords('keyplan sharing forget', (records, cx) =>
      records.received.forget(cx, sender),
    )
    if (!isForgotten)
      throw new Error(`no sender "${sender}" has been heard. Bundle/$sharing-health lists those that have.`)
    process.stdout.write('Forgotten: its next heartbeat is taken, whichever key signed it.\n')
    return 0
  },
}
