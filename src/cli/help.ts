import type { Command } from './command.ts'

const overview = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return `KeyPlan keeps anticipatory care plans, and keeps every system that may have to act on one in step.

Usage: keyplan COMMAND [OPTIONS]

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

keyplan COMMAND --help says more about a command. The service is configured by the environment: keyplan serve --help.
`
}

/** Prints the help of a command, or the list of all; to standard error, with exit code 2, where nobody asked for it. */
export const help = (commands: readonly Command[], name: string | undefined, asked: boolean): number => {
  const command = commands.find((each) => each.name === name)
  if (name !== undefined && command === undefined) {
    process.stderr.write(
      `keyplan help: there is no command "${name}". There are ${commands.map((each) => each.name).join(', ')}.\n`,
    )
    return 2
  }
  const out = asked ? process.stdout : process.stderr
  out.write(command === undefined ? overview(commands) : command.help)
  return asked ? 0 : 2
}
