import type { Command } from './command.ts'

/** A command that is done by its subcommands alone: without one that it has, it says which there are and ends with 2. */
export const group = (
  of: Readonly<{ name: string; summary: string; help: string; subcommands: readonly Command[] }>,
): Command => ({
  ...of,
  async run([first]) {
    const { name, help, subcommands } = of
    process.stderr.write(
      first === undefined
        ? help
        : `keyplan ${name}: there is no subcommand "${first}". There are ${subcommands.map((each) => each.name).join(', ')}.\n`,
    )
    return 2
  },
})
