import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageArchive, packageFileName } from '../../definitions/packages/pack.ts'
import type { Command } from '../command.ts'

const help = `keyplan packages pack [FOLDER]

Writes KeyPlan's own FHIR package, keyplan.fhir.r4-VERSION.tgz, to FOLDER (here): profiles with snapshots, terminology, forms, operations,
worked examples, and a JSON Schema of each profile. A running service serves the same at /guide/package.tgz.
`

export const pack: Command = {
  name: 'pack',
  summary: "Write KeyPlan's own package, to load it elsewhere",
  help,
  async run(args) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true })
    const file = join(positionals[0] ?? '.', await packageFileName())
    await writeFile(file, await packageArchive())
    process.stdout.write(`${file}\n`)
    return 0
  },
}
