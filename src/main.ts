import { readFileSync } from 'node:fs'
import { audit } from './cli/audit.ts'
import type { Command } from './cli/command.ts'
import { demo } from './cli/demo.ts'
import { reportFailure } from './cli/failure.ts'
import { help } from './cli/help.ts'
import { keys } from './cli/keys.ts'
import { migrate } from './cli/migrate.ts'
import { packages } from './cli/packages.ts'
import { reindex } from './cli/reindex.ts'
import { serve } from './cli/serve.ts'
import { sharing } from './cli/sharing.ts'
import { token } from './cli/token.ts'
import { validate } from './cli/validate.ts'

/** Every command; `keyplan help` lists them in this order. */
const COMMANDS: readonly Command[] = [serve, demo, validate, sharing, audit, migrate, reindex, keys, packages, token]

/** Runs the command line; answers the exit code: 0 done, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h')
    return help(COMMANDS, rest[0], name !== undefined)
  if (name === '--version') {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    process.stdout.write(`${version}\n`)
    return 0
  }
  const command = COMMANDS.find((each) => each.name === name)
  if (command === undefined) {
    process.stderr.write(
      `keyplan: there is no command "${name}". There are ${COMMANDS.map((each) => each.name).join(', ')}; keyplan help says what they do.\n`,
    )
    return 2
  }
  const subcommand = command.subcommands?.find((each) => each.name === rest[0])
  const chosen = subcommand ?? command
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(chosen.help)
    return 0
  }
  try {
    return await chosen.run(subcommand === undefined ? rest : rest.slice(1))
  } catch (error) {
    return reportFailure(subcommand === undefined ? name : `${name} ${subcommand.name}`, error)
  }
}
