import type { Command } from './command.ts'
import { group } from './group.ts'
import { add } from './packages/add.ts'
import { list } from './packages/list.ts'
import { pack } from './packages/pack.ts'
import { remove } from './packages/remove.ts'

const SUBCOMMANDS: readonly Command[] = [add, list, remove, pack]

const help = `keyplan packages ${SUBCOMMANDS.map(({ name }) => name).join('|')} [OPTIONS]

The FHIR packages that KeyPlan knows beside FHIR R4 and its own: their profiles can be validated against, their codes looked up.

${SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(7)} ${summary}`).join('\n')}

They are kept in KEYPLAN_PACKAGES (packages, below KEYPLAN_DATA). A service that runs knows what was there when it started.
keyplan packages SUBCOMMAND --help says more; docs/packages.md says all.

Exit code: 0 done, 1 refused or failed, 2 not understood.
`

export const packages: Command = group({
  name: 'packages',
  summary: 'Add FHIR packages from outside, and pack our own',
  help,
  subcommands: SUBCOMMANDS,
})
