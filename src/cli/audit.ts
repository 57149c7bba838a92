import { verify } from './audit/verify.ts'
import { witness } from './audit/witness.ts'
import type { Command } from './command.ts'
import { group } from './group.ts'

const SUBCOMMANDS: readonly Command[] = [verify, witness]

const help = `keyplan audit ${SUBCOMMANDS.map(({ name }) => name).join('|')} [OPTIONS]

Whether the audit log is what was written, and what other services have shown of theirs.

${SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`).join('\n')}

keyplan audit SUBCOMMAND --help says more. These commands work beside the running service, on its database: DATABASE_URL, or the embedded
PostgreSQL of a KeyPlan that runs on KEYPLAN_DATA (.keyplan). They show no row of the log, only its number.

Exit code: 0 done and nothing wrong, 1 something is wrong or it failed, 2 not understood.
`

export const audit: Command = group({
  name: 'audit',
  summary: 'Verify that the audit log is what was written',
  help,
  subcommands: SUBCOMMANDS,
})
