import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Command } from './command.ts'

const FORMATS = ['human', 'json', 'sarif', 'junit'] as const
type FormatName = (typeof FORMATS)[number]

const help = `keyplan validate FILES… [--profile URL]… [--package P]… [--format FORMAT] [--all] [--watch]

Checks FHIR R4 resources against R4, the profiles that they name in meta.profile, and those that you name: offline, and without a running
service. FILES are files, folders and patterns ('plans/**/*.json'): .json, .xml, and .ndjson with a resource on each line.

  --profile URL     a profile that every resource must follow as well, with or without |version
  --package P       definitions to know besides R4, keyplan.fhir.r4 and what keyplan packages has added: a package (.tgz), a folder of definitions, or one definition
  --format FORMAT   human (unless told), json, sarif or junit; each goes to standard output
  --all             notes too, and files in which nothing is wrong
  --watch           checks again whenever a file changes, until Ctrl+C

Ends with 0 where every resource is valid (there may be warnings), 1 where one is not, 2 where the command is not understood.

  npx keyplan validate plan.json
  npx keyplan validate plans/ --profile https://keyplan.example/fhir/StructureDefinition/anticipatory-care-plan
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
    const options = { profiles: values.profile, packages: values.package }
    const { filesOf } = await import('./validate/files.ts')
    let files: readonly string[]
    try {
      files = await filesOf(positionals)
    } catch (error) {
      return misused((error as Error).message)
    }
    const { runOnce } = await import('./validate/run.ts')
    if (!values.watch) return runOnce(files, options, await formatOf(name, values.all))
    const { watch } = await import('./validate/watch.ts')
    const stop = new AbortController()
    process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort())
    await watch(
      positionals,
      async () => {
        await runOnce(await filesOf(positionals), options, await formatOf(name, values.all))
        process.stderr.write('Waiting for a change; Ctrl+C ends.\n')
      },
      stop.signal,
    )
    return 0
  },
}
