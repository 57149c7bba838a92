import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { required, UsageError, withRecords } from './open.ts'
import { since, table } from './table.ts'

const MOST = 1_000

const help = `keyplan sharing ahead [--settle --recipient ID --person ID]

Lists of whom a recipient holds a later summary, or a later withdrawal, than this database knows, as after a restore; at most ${MOST.toLocaleString('en-GB')}. Nothing that
such a recipient holds is overwritten. Find out first what was lost, and enter it again.

  --settle         let what this database has replace what the recipient holds; who is not known here has to be deleted there
  --recipient ID   at this recipient
  --person ID      of this person: id of the Patient

Exit code 0 done, 1 where that recipient was not ahead, or holds what was never ours.
`

export const ahead: Command = {
  name: 'ahead',
  summary: 'List what recipients know and we do not, and settle it',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { settle: { type: 'boolean' }, recipient: { type: 'string' }, person: { type: 'string' } },
    })
    if (values.settle !== true) {
      if (values.recipient !== undefined || values.person !== undefined)
        throw new UsageError('--recipient and --person go with --settle')
      const found = await withRecords('keyplan sharing ahead', (records, cx) => records.verification.ahead(cx, MOST))
      const now = new Date()
      process.stdout.write(
        found.length === 0
          ? 'No recipient knows more than this database.\n'
          : `${table(
              ['recipient', 'person', 'holds', 'edition', 'known here', 'for'],
              found.map((row) => [
                row.recipient,
                row.patient,
                row.state,
                `${row.epoch}/${row.sequence}`,
                row.knownSequence === 0 ? 'nobody' : String(row.knownSequence),
                since(row.foundAt, now),
              ]),
            )}\n`,
      )
      return 0
    }
    const recipient = required('recipient', values.recipient, 'ambulance')
    const patient = required('person', values.person, '3d1a4f5e-6a0b-4c55-9d51-0c9c1f6f2a10')
    const outcome = await withRecords('keyplan sharing ahead', (records, cx) =>
      records.verification.settle(cx, recipient, patient),
    )
    if (outcome === 'not-ahead')
      throw new Error(
        `${recipient} is not ahead of this database about that person. keyplan sharing ahead lists of whom recipients are.`,
      )
    if (outcome === 'not-ours')
      throw new Error(
        `this database has nothing to replace what ${recipient} holds: the person is not known here, or the epoch was never ours. Have it deleted there; it stays listed until then.`,
      )
    process.stdout.write('Settled: the recipient is sent what this database has.\n')
    return 0
  },
}
