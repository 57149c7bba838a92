import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../../config.ts'
import { asCheckpoint, type SignedCheckpoint } from '../../records/audit/checkpoint.ts'
import { AUDIT_FAULTS } from '../../records/audit/faults.ts'
import type { AuditReport } from '../../records/audit/verification.ts'
import type { Command } from '../command.ts'
import { createProgress } from '../progress.ts'
import { NO_SEAL, withRecords } from '../sharing/open.ts'
import { duration } from '../sharing/table.ts'

const help = `keyplan audit verify [--witness FILE]... [--json]

Goes over the whole audit log and its seals, and says what is wrong: a row that was changed, deleted, inserted or moved after it was sealed, and a
seal that is gone, was changed or is not ours. It needs the key that seals: KEYPLAN_AUDIT_KEY, or audit-key.json in KEYPLAN_DATA.

Whoever can change the database and has the key could cut off the end of the log, write all of it anew, or put an old backup in its place, and leave
nothing to be seen here. Other services have kept the seals that they were shown: fetch those from an operator there, and give them here.

  --witness FILE   what keyplan audit witness printed at a recipient; may be given several times
  --json           the result as JSON

A million rows take about 30 seconds. Exit code 0 where nothing is wrong, 1 where something is or the log could not be read, 2 not understood.
`

export const verify: Command = {
  name: 'verify',
  summary: 'Go over the audit log and its seals, and say what is wrong',
  help,
  async run(args) {
    const { values } = parseArgs({
      args,
      options: { witness: { type: 'string', multiple: true, default: [] }, json: { type: 'boolean', default: false } },
    })
    const witnessed = (await Promise.all(values.witness.map(readWitness))).flat()
    const progress = createProgress()
    const report = await withRecords(
      'keyplan audit verify',
      (records, cx) =>
        records.auditSeal.verify(cx, {
          witnessed,
          progress: (done, of) => progress.show(`${number(done)} of ${number(of)} events`, done / of),
        }),
      await sealOfOurs(),
    ).finally(progress.clear)
    process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report))
    const isUncompared = values.witness.length > 0 && report.total === 0 && report.witnesses.agree === 0
    if (isUncompared) throw new Error('no file of a witness holds a seal of this log, so nothing was held against it.')
    return report.total > 0 ? 1 : 0
  },
}

/** Our keys, without making any: a key that was made now has sealed nothing. */
const sealOfOurs = async () => {
  const { isSignedBy, loadAuditKey } = await import('../../auth/audit-key.ts')
  const { auditKey, dataFolder } = readConfig(process.env)
  const key = await loadAuditKey({ file: auditKey ?? join(dataFolder, 'audit-key.json'), dataFolder })
  return { ...NO_SEAL, audit: { ...key, isSignedBy } }
}

const readWitness = async (file: string): Promise<SignedCheckpoint[]> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${error.code}).`)
  })
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number: at }) => {
      const checkpoint = checkpointIn(line)
      if (checkpoint === undefined)
        throw new Error(`${file}, line ${at}: this is no line that keyplan audit witness prints.`)
      return checkpoint
    })
}

const checkpointIn = (line: string): SignedCheckpoint | undefined => {
  try {
    return asCheckpoint((JSON.parse(line) as { checkpoint?: unknown } | null)?.checkpoint)
  } catch {
    return undefined
  }
}

const number = (value: number): string => value.toLocaleString('en')

const textOf = ({ events, seals, newest, lag, witnesses, faults, total }: AuditReport): string => {
  const lines = [
    newest === undefined
      ? 'Nothing has been sealed yet.'
      : `${number(events)} events in ${number(seals)} seals. The newest: epoch ${newest.epoch}, ${newest.time}, root ${newest.root}.`,
    ...(lag === 0 ? [] : [`The oldest event that is not sealed waits for ${duration(lag)}.`]),
    ...(witnesses.agree === 0 ? [] : [`Seals that witnesses have kept and that agree: ${number(witnesses.agree)}.`]),
    ...(witnesses.strange === 0
      ? []
      : [`Seals that no key of KEYPLAN_AUDIT_KEY has signed, which say nothing here: ${number(witnesses.strange)}.`]),
    ...[...new Set(faults.map(({ code }) => code))].flatMap((code) => [
      `${code}: ${AUDIT_FAULTS[code]}`,
      ...faults.filter((fault) => fault.code === code).map(({ at }) => `  ${at}`),
    ]),
    total === 0
      ? 'Nothing is wrong with what is here.'
      : `Wrong: ${number(total)}${total > faults.length ? `, of which ${number(faults.length)} are shown` : ''}. docs/operations.md says what to do.`,
  ]
  return `${lines.join('\n')}\n`
}
