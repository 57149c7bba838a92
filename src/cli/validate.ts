import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Command } from './command.ts'
import type { CheckOptions } from './validate/check.ts'
import { filesOf, STANDARD_INPUT } from './validate/files.ts'

const FORMATS = ['human', 'json', 'sarif', 'junit'] as const
type FormatName = (typeof FORMATS)[number]

const help = `keyplan validate FILES… [--profile URL]… [--package P]… [--format FORMAT] [--all] [--watch]

Checks FHIR R4 resources against R4, the profiles that they name in meta.profile, and those that you name: offline, and without a running
service. FILES are files, folders and patterns ('plans/**/*.json'): .json, .xml, and .ndjson with a resource on each line; - is standard input.

  --profile URL     a profile that every resource must follow as well, with or without |version
  --package P       definitions to know besides R4 and keyplan.fhir.r4: a package (.tgz), a folder of definitions, one definition, or the NAME or
                    NAME#VERSION of a package that was added; those are known anyway, and the one that is named goes before the others.
                    What of it cannot be used is told on standard error. keyplan packages list shows what was added
  --format FORMAT   human (unless told), json, sarif or junit; each goes to standard output
  --all             notes too, and files in which nothing is wrong
  --watch           checks again whenever one of the files or packages changes, until Ctrl+C

Exit status: 0 every resource is valid (there may be warnings), 1 at least one is not valid or cannot be read, 2 the command is not understood,
or a file, folder or package that it names cannot be used: then nothing was checked.

  npx keyplan validate plan.json
  npx keyplan validate plans/ --profile https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan
  npx keyplan validate plans/ --package my-profiles/ --format junit > results.xml
`

const versionOf = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

const formatOf = async (name: FormatName, all: boolean) => {
  switch (name) {
    case 'json':
      return (await import('./validate/formats/json.ts')).json()
    case 'sarif':
      return (await import('./validate/formats/sarif.ts')).sarif(versionOf())
    case 'junit':
      return (await import('./validate/formats/junit.ts')).junit()
    default: {
      const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined
      return (await import('./validate/formats/human.ts')).human({ colours, all })
    }
  }
}

/** Says of these packages on standard error what cannot be used. */
const definitionsIn = async (packages: readonly string[]): Promise<CheckOptions['definitions']> => {
  const { packagesNamed } = await import('./validate/packages.ts')
  const { resources, notUsed } = await packagesNamed(packages)
  for (const lines of notUsed) process.stderr.write(lines)
  return resources
}

const misused = (what: string): number => {
  process.stderr.write(`keyplan validate: ${what} keyplan validate --help lists the options.\n`)
  return 2
}

export const validate: Command = {
  name: 'validate',
  summary: 'Check FHIR resources in files, offline: what is wrong, where, and how to mend it',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        profile: { type: 'string', multiple: true, default: [] },
        package: { type: 'string', multiple: true, default: [] },
        format: { type: 'string', default: 'human' },
        all: { type: 'boolean', default: false },
        watch: { type: 'boolean', default: false },
      },
    })
    const name = FORMATS.find((each) => each === values.format)
    if (name === undefined) return misused(`--format ${values.format} is not known. Choose from ${FORMATS.join(', ')}.`)
    if (positionals.length === 0) return misused('Name the files or folders to check.')
    const profiles = values.profile
    const work = async (): Promise<number> => {
      let files: readonly string[]
      let definitions: CheckOptions['definitions'] = []
      try {
        files = await filesOf(positionals)
        if (values.package.length > 0) definitions = await definitionsIn(values.package)
      } catch (error) {
        return misused((error as Error).message)
      }
      const { runOnce } = await import('./validate/run.ts')
      return runOnce(files, { profiles, definitions }, await formatOf(name, values.all))
    }
    if (!values.watch) return work()
    if (positionals.includes(STANDARD_INPUT)) return misused('What comes in by standard input cannot be watched.')
    const { watch } = await import('./validate/watch.ts')
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
    return watch(positionals, values.package, work, stop.signal)
  },
}
