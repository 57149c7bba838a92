import { parseArgs } from 'node:util'
import { packagesFolder } from '../../config.ts'
import { keptIn } from '../../definitions/packages/kept.ts'
import type { Command } from '../command.ts'
import { byType } from './words.ts'

const help = `keyplan packages list

The packages that were added, each with the number of its definitions.
`

export const list: Command = {
  name: 'list',
  summary: 'Show what was added',
  help,
  async run(args) {
    parseArgs({ args, options: {} })
    const kept = keptIn(packagesFolder(process.env))
    if (kept.length === 0) process.stdout.write('No package was added. FHIR R4 and keyplan.fhir.r4 are always there.\n')
    for (const { manifest, entries } of kept)
      process.stdout.write(
        `${manifest.name}#${manifest.version}  ${byType(entries.map(({ resourceType }) => resourceType))}\n`,
      )
    return 0
  },
}
