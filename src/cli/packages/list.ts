import { parseArgs } from 'node:util'
import { packagesFolder } from '../../config.ts'
import { type Kept, keptIn, nameOf } from '../../definitions/packages/kept.ts'
import { BUILT_IN } from '../../definitions/packages/manifest.ts'
import { type KnownProfile, knownProfiles } from '../../definitions/packages/profiles.ts'
import type { Command } from '../command.ts'
import { byType } from './words.ts'

const help = `keyplan packages list [NAME]

The packages that were added, each with the number of its definitions. FHIR R4 and keyplan.fhir.r4 are always there beside them.
With the NAME or NAME#VERSION of a package, keyplan.fhir.r4 too: its profiles, by the address that --profile of keyplan validate takes.
`

const lineOf = ({ manifest, entries }: Kept): string =>
  `${nameOf(manifest)}  ${byType(entries.map(({ resourceType }) => resourceType))}${manifest.title === undefined ? '' : `  (${manifest.title})`}\n`

const packagesIn = (kept: readonly Kept[]): string =>
  kept.length === 0
    ? 'No package was added. FHIR R4 and keyplan.fhir.r4 are always there.\n'
    : kept.map(lineOf).join('')

const isOf = ({ package: its }: KnownProfile, wanted: string): boolean => its === wanted || its.startsWith(`${wanted}#`)

const profilesOf = (kept: readonly Kept[], wanted: string): string => {
  const isKnown = [...BUILT_IN, ...kept.flatMap(({ manifest }) => [manifest.name, nameOf(manifest)])].includes(wanted)
  const found = knownProfiles(kept).filter((profile) => isOf(profile, wanted))
  if (!isKnown && found.length === 0) throw new Error(`${wanted} was not added. keyplan packages list shows what was.`)
  if (found.length === 0) return `${wanted} has no profiles of resources of its own.\n`
  return found.map(({ url, title, type }) => `${url}  ${title} (${type})\n`).join('')
}

export const list: Command = {
  name: 'list',
  summary: 'Show what was added, or the profiles of one package',
  help,
  async run(args) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true })
    const [wanted, ...more] = positionals
    if (more.length > 0) {
      process.stderr.write('keyplan packages list: name one package at most. keyplan packages list --help says more.\n')
      return 2
    }
    const kept = keptIn(packagesFolder(process.env))
    process.stdout.write(wanted === undefined ? packagesIn(kept) : profilesOf(kept, wanted))
    return 0
  },
}
