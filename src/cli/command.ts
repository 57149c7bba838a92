/** One command of the command line: `keyplan NAME …`. */
export type Command = {
  name: string
  /** One line for the list of commands. */
  summary: string
  /** What `keyplan NAME --help` prints. */
  help: string
  /** Commands of its own, for `keyplan NAME SUBCOMMAND …`; each prints its help by itself. */
  subcommands?: readonly Command[]
  /** Runs with the arguments after the command's name; answers the exit code. */
  run(args: string[]): Promise<number>
}
