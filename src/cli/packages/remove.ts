import { parseArgs } from 'node:util'
import { packagesFolder } from '../../config.ts'
import { discard, keptIn } from '../../definitions/packages/kept.ts'
import type { Command } from '../command.ts'

const help = `keyplan packages remove NAME[#VERSION]

Takes a package away, in the version that is named, or in every version. A service that runs knows it until it is started again.
`

export const remove: Command = {
  name: 'remove',
  summary: 'Take a package away',
  help,
  async run(args) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true })
    const [wanted, ...more] = positionals
    if (wanted === undefined || more.length > 0) {
      process.stderr.write(`keyplan packages remove: name one package, as keyplan packages list shows it.\n`)
      return 2
    }
    const packages = packagesFolder(process.env)
    const found = keptIn(packages).filter(
      ({ manifest: { name, version } }) => wanted === name || wanted === `${name}#${version}`,
    )
    if (found.length === 0) throw new Error(`${wanted} was not added. keyplan packages list shows what was.`)
    for (const one of found) {
      discard(packages, one)
      process.stdout.write(`Removed ${one.manifest.name}#${one.manifest.version}.\n`)
    }
    return 0
  },
}
