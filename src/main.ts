import { readFileSync } from 'node:fs'
import type { Command } from './cli/command.ts'
import { reportFailure } from './cli/failure.ts'
import { help } from './cli/help.ts'

/** Every command; `keyplan help` lists them in this order. Each is loaded when it is asked for: what another needs would delay its first word. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./cli/serve.ts')).serve,
  demo: async () => (await import('./cli/demo.ts')).demo,
  validate: async () => (await import('./cli/validate.ts')).validate,
  sharing: async () => (await import('./cli/sharing.ts')).sharing,
  audit: async () => (await import('./cli/audit.ts')).audit,
  migrate: async () => (await import('./cli/migrate.ts')).migrate,
  reindex: async () => (await import('./cli/reindex.ts')).reindex,
  keys: async () => (await import('./cli/keys.ts')).keys,
  packages: async () => (await import('./cli/packages.ts')).packages,
  token: async () => (await import('./cli/token.ts')).token,
}

/** What the system's own commands end with when whoever reads their output has read enough (`| head`): 128 and the number of SIGPIPE. */
const NOBODY_READS = 141

const endUnread = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
  process.exit(NOBODY_READS)
}

/** Runs the command line; answers the exit code: 0 done, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  const [name, ...rest] = args
  process.stdout.once('error', endUnread)
  if (name === undefined || name === 'help' || name === '--help' || name === '-h')
    return help(await Promise.all(Object.values(COMMANDS).map((load) => load())), rest[0], name !== undefined)
  if (name === '--version') {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    process.stdout.write(`${version}\n`)
    return 0
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined) {
    process.stderr.write(
      `keyplan: there is no command "${name}". There are ${Object.keys(COMMANDS).join(', ')}; keyplan help says what they do.\n`,
    )
    return 2
  }
  const command = await load()
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
