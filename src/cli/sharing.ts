import type { Command } from './command.ts'
import { group } from './group.ts'
import { ahead } from './sharing/ahead.ts'
import { forget } from './sharing/forget.ts'
import { park } from './sharing/park.ts'
import { replay } from './sharing/replay.ts'
import { restored } from './sharing/restored.ts'
import { status } from './sharing/status.ts'
import { sweep } from './sharing/sweep.ts'

const SUBCOMMANDS: readonly Command[] = [status, replay, park, sweep, restored, ahead, forget]

const help = `keyplan sharing ${SUBCOMMANDS.map(({ name }) => name).join('|')} [OPTIONS]

Which recipients hold what they should, and what an operator can do about those that do not.

${SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`).join('\n')}

keyplan sharing SUBCOMMAND --help says more. These commands work beside the running service, on its database: DATABASE_URL, or the embedded
PostgreSQL of a KeyPlan that runs on KEYPLAN_DATA (.keyplan). What they do is audited. Persons are shown by their ids alone.

Exit code: 0 done, 1 failed, 2 not understood.
`

export const sharing: Command = group({
  name: 'sharing',
  summary: 'Show who holds the current plans, and help what is behind',
  help,
  subcommands: SUBCOMMANDS,
})
