import { parseArgs } from 'node:util'
import { packagesFolder } from '../../config.ts'
import { type Added, addPackage } from '../../definitions/packages/add.ts'
import type { Command } from '../command.ts'
import { createProgress } from '../progress.ts'
import { structureFault } from './structure-fault.ts'
import { byType, reasonsOf } from './words.ts'

const help = `keyplan packages add FILE.tgz|FOLDER [--name NAME --version VERSION]

Takes the profiles, extensions, value sets, code systems and questionnaires of a FHIR package (R4) from outside: a .tgz as registries
publish it, or a folder. Profiles that come without a snapshot get one. It ends with what was taken, and what was not and why.

  --name NAME         what it is called, where it has no package.json, e.g. fhir.r4.ukcore
  --version VERSION   and its version, e.g. 2.0.1

A package is refused whole, and nothing is written, where it has paths that lead outside, links or devices, more than 50 MB or 20,000
entries, JSON that is broken or nested too deeply, or depends or builds on itself. What FHIR R4 and KeyPlan define is never replaced.
`

const block = (title: string, lines: readonly string[]): string =>
  lines.map((line, at) => `  ${(at === 0 ? title : '').padEnd(10)} ${line}\n`).join('')

/** Resources of types that no package brings here: examples for the most part. */
const others = (leftOut: Added['leftOut']): string[] => {
  const types = leftOut.flatMap(({ type }) => type ?? [])
  return types.length === 0 ? [] : [`${types.length} that define nothing KeyPlan works with: ${byType(types)}`]
}

const summary = ({ manifest, taken, leftOut, waiting, needs }: Added): string => {
  const made = taken.filter(
    ({ resource }) =>
      resource.resourceType === 'StructureDefinition' && resource.snapshot === undefined && !waiting.has(resource.url),
  ).length
  const missing = byType([...waiting.values()])
  return [
    `${manifest.name}#${manifest.version}\n`,
    block('taken', [
      taken.length === 0
        ? 'nothing: there is no definition in it that KeyPlan works with, and nothing was kept'
        : byType(taken.map(({ resource }) => resource.resourceType)),
    ]),
    made === 0 ? '' : block('', [`snapshots made: ${made}`]),
    block('not taken', [...others(leftOut), ...reasonsOf(leftOut)]),
    waiting.size === 0
      ? ''
      : block('waiting', [`${waiting.size} profiles cannot be used before what they build on is added: ${missing}`]),
    block('needs', needs),
  ].join('')
}

export const add: Command = {
  name: 'add',
  summary: 'Take the definitions of a .tgz or a folder',
  help,
  async run(args) {
    const { values, positionals } = parseArgs({
      args,
      options: { name: { type: 'string' }, version: { type: 'string' } },
      allowPositionals: true,
    })
    const [source, ...more] = positionals
    if (source === undefined || more.length > 0) {
      process.stderr.write(
        'keyplan packages add: name one .tgz file or folder. keyplan packages add --help says more.\n',
      )
      return 2
    }
    const progress = createProgress()
    try {
      const added = await addPackage({
        source,
        folder: packagesFolder(process.env),
        named: values,
        check: structureFault,
        progress: (done, all) => progress.show(`${done} of ${all} files`, all === 0 ? 1 : done / all),
      })
      progress.clear()
      process.stdout.write(summary(added))
      return 0
    } finally {
      progress.clear()
    }
  },
}
