import { parseArgs } from 'node:util'
import type { Command } from './command.ts'

const help = `keyplan demo [--once]

Starts KeyPlan with four recipient systems and takes synthetic people's plans through them; then keeps serving.

  --once   end after that: exit code 0 only where every step was verified
`

export const demo: Command = {
  name: 'demo',
  summary: 'Show the whole way of a plan, with synthetic people (serve --demo)',
  help,
  async run(args) {
    parseArgs({ args, options: { once: { type: 'boolean' } } })
    process.stderr.write('keyplan demo: the demo is not part of this version yet. keyplan serve starts the service.\n')
    return 1
  },
}
