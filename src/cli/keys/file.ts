import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../../config.ts'
import type { Command } from '../command.ts'

/** A command that changes the file of signing keys and prints the kid of the key that it is about. */
export const keyCommand = (
  of: Readonly<{ name: string; summary: string; change: (file: string) => Promise<string> }>,
): Command => ({
  name: of.name,
  summary: of.summary,
  help: `keyplan keys ${of.name} [--file FILE]\n\n${of.summary}. Prints its kid. keyplan keys --help says how keys are changed.\n`,
  async run(args) {
    const { values } = parseArgs({ args, options: { file: { type: 'string' } } })
    process.stdout.write(`${await of.change(values.file ?? fileOf(readConfig(process.env)))}\n`)
    return 0
  },
})

const fileOf = ({ signingKeys, dataFolder }: ReturnType<typeof readConfig>): string =>
  signingKeys ?? join(dataFolder, 'signing-keys.json')
