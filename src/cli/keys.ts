import type { Command } from './command.ts'
import { group } from './group.ts'
import { add } from './keys/add.ts'
import { use } from './keys/use.ts'

const SUBCOMMANDS: readonly Command[] = [add, use]

const help = `keyplan keys ${SUBCOMMANDS.map(({ name }) => name).join('|')} [--file FILE]

Changes the keys that the service signs access tokens, plans and heartbeats with, while it runs: it reads the file again when it has changed.
First add a new key: it is published at /auth/jwks, and recipients hear of it in the next heartbeat (30 s). Then use it, at the earliest five
minutes later, for that is how long others may keep the published keys. What the old key signed holds.

${SUBCOMMANDS.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`).join('\n')}

  --file FILE   the file of keys; KEYPLAN_SIGNING_KEYS unless told, or signing-keys.json in KEYPLAN_DATA (.keyplan)

Prints the kid of the key. Where processes have copies of the file, each copy must be replaced. Exit code: 0 done, 1 failed, 2 not understood.
`

export const keys: Command = group({
  name: 'keys',
  summary: 'Change the keys that the service signs with, while it runs',
  help,
  subcommands: SUBCOMMANDS,
})
