import { parseArgs } from 'node:util'
import { signedCheckpoint } from '../../records/audit/seal.ts'
import type { Command } from '../command.ts'
import { withRecords } from '../sharing/open.ts'

const help = `keyplan audit witness [--own]

Prints the seals of senders' audit logs that this service, as their recipient, has kept: the newest of each sender and epoch that was shown to
continue the one before, and the first that contradicts it ("contradicts": true). One a line, as JSON. Whoever runs the sender gives them to
keyplan audit verify --witness FILE.

  --own   the newest seal of this service itself, to be kept where nobody who can change its database can reach it

Exit code 0, 1 where it could not be read, 2 not understood.
`

export const witness: Command = {
  name: 'witness',
  summary: 'Print the seals of other services that were kept here',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options: { own: { type: 'boolean', default: false } } })
    const lines = await withRecords('keyplan audit witness', async ({ auditSeal }) => {
      if (!values.own) return auditSeal.witnessed()
      const { newest } = await auditSeal.state()
      return newest === undefined ? [] : [{ checkpoint: signedCheckpoint(newest) }]
    })
    process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    return 0
  },
}
