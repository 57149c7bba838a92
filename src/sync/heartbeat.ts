import type { Log } from '../log.ts'
import { HEARTBEAT_SECONDS, type Heartbeat, heartbeatParameters, signedText } from '../plan/summary/heartbeat.ts'
import type { AuditNews } from '../records/audit/seal.ts'
import type { Records } from '../records/door.ts'
import type { DueHeartbeat, HeartbeatOutcome } from '../store/sharing/verification.ts'
import type { Verifier, Witness } from './channels/fhir-verification.ts'

/** The service's signatures over heartbeats (`auth/seal.ts`). */
export type HeartbeatSeal = Readonly<{
  signHeartbeat(payload: string): Promise<string>
  heartbeatKey(signature: string, payload: string): Promise<string | undefined>
  thumbprints(): Promise<readonly string[]>
}>

type Means = Readonly<{
  records: Records
  seal: HeartbeatSeal
  log: Log
  verifiers: ReadonlyMap<string, Verifier>
  /** Aborted when the service stops: what then comes to nothing says nothing of a recipient. */
  signal: AbortSignal
}>

/**
 * Sends the heartbeats that are due, or all, each by one process. What comes back is noted. A recipient that has heard a later one from us than
 * this database remembers is proof, by our own signature, that the database has gone back: the epoch is raised.
 */
export const beat = async (means: Means, { all }: Readonly<{ all: boolean }>): Promise<void> => {
  const due = await means.records.verification.takeHeartbeats({
    recipients: [...means.verifiers.keys()],
    seconds: HEARTBEAT_SECONDS,
    all,
  })
  await Promise.all(due.map((each) => beatOne(means, each)))
}

const beatOne = async ({ records, seal, log, verifiers, signal }: Means, due: DueHeartbeat): Promise<void> => {
  const { recipient, number } = due
  const verifier = verifiers.get(recipient) as Verifier
  const note = (outcome: HeartbeatOutcome): Promise<void> =>
    records.verification.noteHeartbeat(recipient, number, outcome)
  try {
    const heartbeat: Heartbeat = {
      recipient,
      epoch: due.epoch,
      number,
      time: due.time,
      highestSequence: due.highestSequence,
      count: due.count,
      ...(due.outstandingSince === null ? {} : { outstandingSince: due.outstandingSince }),
      ...(await auditNews({ records, log }, due)),
      keys: await seal.thumbprints(),
    }
    const heard = await verifier.beat(heartbeatParameters(heartbeat, await seal.signHeartbeat(signedText(heartbeat))))
    if (heard) return await note(heard)
    if (heard === undefined) return await note({ error: 'It takes no heartbeats.' })
    await note({ error: 'It has heard a later heartbeat.' })
    for (const witness of await verifier.witnesses()) {
      const later = await ownHeartbeat(seal, witness, recipient)
      if (later !== undefined) await goneBack({ records, log }, recipient, later)
    }
  } catch (error) {
    if (signal.aborted) return
    await note({ error: error instanceof Error ? error.message : String(error) }).catch(() => {})
    log.debug({ recipient, err: error }, 'A heartbeat was not heard')
  }
}

/** What it says of the audit log. Where it cannot be proven that that has only grown, the heartbeat goes without the proof: the recipient sees it. */
const auditNews = async (
  { records, log }: Pick<Means, 'records' | 'log'>,
  { recipient, seal, witnessed }: DueHeartbeat,
): Promise<AuditNews | undefined> => {
  try {
    return await records.auditSeal.news({ newest: seal, kept: witnessed })
  } catch (error) {
    log.error({ recipient, err: error }, 'A recipient cannot be shown that the audit log has only grown')
    return records.auditSeal.news({ newest: seal, kept: null })
  }
}

/** The heartbeat that a recipient hands back, where we signed it for this recipient. */
const ownHeartbeat = async (
  seal: HeartbeatSeal,
  { signed, signature }: Witness,
  recipient: string,
): Promise<Pick<Heartbeat, 'epoch' | 'number'> | undefined> => {
  const key = await seal.heartbeatKey(signature, signed)
  if (key === undefined || !(await seal.thumbprints()).includes(key)) return undefined
  const heartbeat = JSON.parse(signed) as Heartbeat
  return heartbeat.recipient === recipient ? heartbeat : undefined
}

const goneBack = async (
  { records, log }: Pick<Means, 'records' | 'log'>,
  recipient: string,
  { epoch, number }: Pick<Heartbeat, 'epoch' | 'number'>,
): Promise<void> => {
  const found = await records.verification.goneBack({
    recipient,
    epoch,
    number,
    because: `recipient ${recipient} has heard heartbeat ${number} of epoch ${epoch}, which this database does not remember`,
  })
  if (found === 'raised')
    log.error(
      { recipient, epoch, number },
      'The database has gone back: it was restored or copied. The epoch is raised',
    )
  if (found === 'contested')
    log.error(
      { recipient, epoch, number },
      'The database has gone back again within an hour of the last time. Two copies of it may be running: stop one',
    )
}
