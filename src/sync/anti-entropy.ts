import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import type { DueComparison } from '../store/sharing/comparisons.ts'
import { differingBuckets, type EditionRow } from '../store/sharing/digests.ts'
import { asService } from './as-service.ts'
import type { Verifier } from './channels/fhir-verification.ts'

type Means = Readonly<{
  records: Records
  log: Log
  verifiers: ReadonlyMap<string, Verifier>
  /** Recipients that are being compared: they are not taken again meanwhile. */
  busy: Set<string>
  /** Aborted when the service stops: what then comes to nothing says nothing of a recipient. */
  signal: AbortSignal
}>

/** About so many editions are asked for at once. */
const EDITIONS = 5_000
const MOST_BUCKETS = 64

/** An epoch further ahead than this is no epoch that we can have had. */
const MOST_EPOCHS = 1_000

/**
 * Compares what recipients hold, by their own account, with what they have confirmed: those that are due, or all, each by one process. What differs
 * is repaired by making it due again. A recipient that knows more than this database is left as it is, and noted. One recipient's trouble is
 * not another's.
 */
export const compare = async (means: Means, { all }: Readonly<{ all: boolean }>): Promise<void> => {
  const { records, log, verifiers, busy, signal } = means
  const recipients = [...verifiers].filter(([id]) => !busy.has(id)).map(([id, { address }]) => ({ id, address }))
  const due = await records.verification.takeComparisons({ recipients, all })
  await Promise.all(
    due.map(async (comparison) => {
      const { recipient } = comparison
      busy.add(recipient)
      try {
        await compareOne(means, comparison)
      } catch (error) {
        if (signal.aborted) return
        const reason = error instanceof Error ? error.message : String(error)
        log.warn({ recipient, reason }, 'What a recipient holds could not be compared; trying again')
        await records.verification.fail(comparison, reason)
      } finally {
        busy.delete(recipient)
      }
    }),
  )
}

type Differences = { differing: readonly number[]; missing: number; older: number; unexpected: number }

/** `lost` is the highest epoch that it holds though nothing was sent to it at that; 0 where there is none. */
type Found = Differences & { lost: number }

const compareOne = async (means: Means, comparison: DueComparison): Promise<void> => {
  const { records, log, verifiers } = means
  const { recipient } = comparison
  const verifier = verifiers.get(recipient) as Verifier
  const theirs = await verifier.digests()
  const found: Found = { differing: [], missing: 0, older: 0, unexpected: 0, lost: 0 }
  const unverified =
    theirs === undefined
      ? await readBack(means, comparison, verifier, found)
      : await byDigest(means, comparison, verifier, theirs, found)
  const { lost, ...differences } = found
  if (lost > 0) return claim(means, comparison, lost)
  const by = theirs === undefined ? 'search' : 'digest'
  await records.verification.finish(comparison, { by, ...differences, unverified })
  if (found.missing + found.older + found.unexpected > 0)
    log.warn(
      { recipient, ...differences, differing: found.differing.length },
      'A recipient did not hold what it had confirmed; it is sent again',
    )
}

/** Raises the epoch above one that was lost; the comparison begins again. A recipient whose word has done that since the restore does it no more. */
const claim = async ({ records, log }: Means, { recipient, epoch }: DueComparison, holds: number): Promise<void> => {
  const because = `recipient ${recipient} holds summaries of epoch ${holds}, which this database does not remember`
  const outcome = await records.verification.claim({ recipient, asked: epoch, holds, because })
  if (outcome === 'again')
    throw new Error(
      `It holds summaries of epoch ${holds}, which it was never sent, although the epoch has been raised for it since the last restore.`,
    )
  if (outcome === 'raised')
    log.error(
      { recipient, epoch: holds },
      'A recipient holds an epoch that this database had lost. The epoch is raised',
    )
}

/** Why not everything could be compared; null where it was. */
type Unverified = string | null

const byDigest = async (
  means: Means,
  comparison: DueComparison,
  verifier: Verifier,
  theirs: Readonly<{ digests: Uint8Array; persons: number }>,
  found: Found,
): Promise<Unverified> => {
  const { records } = means
  const ours = await records.verification.confirmedDigests(comparison.recipient)
  const buckets = differingBuckets(theirs.digests, ours.digests)
  found.differing = buckets
  // As many as may come: what it holds may be far more than what it has confirmed to a database that went back.
  const persons = Math.max(ours.persons, theirs.persons)
  const step = Math.min(MOST_BUCKETS, Math.max(1, Math.floor((EDITIONS * 1_024) / (persons + 1))))
  for (let from = 0; from < buckets.length; from += step) {
    const some = buckets.slice(from, from + step)
    const at = await records.verification.time()
    const held = await verifier.editions(some)
    await judge(means, comparison, { at, complete: some, held }, found)
  }
  return null
}

const ALL_BUCKETS = Array.from({ length: 1_024 }, (_, bucket) => bucket)

/** Reads back by plain FHIR search from a recipient that offers no digests. A search that finds nothing at all proves nothing. */
const readBack = async (
  means: Means,
  comparison: DueComparison,
  verifier: Verifier,
  found: Found,
): Promise<Unverified> => {
  const { records } = means
  const at = await records.verification.time()
  const held = await verifier.search()
  if (held === undefined) return 'It offers neither $held-summaries nor a search of what it holds.'
  const { persons } = await records.verification.confirmedDigests(comparison.recipient)
  if (persons > 0 && held.editions.length === 0) return 'A search of what it holds finds nothing.'
  const complete = held.complete ? ALL_BUCKETS : []
  found.differing = ALL_BUCKETS
  await judge(means, comparison, { at, complete, held: held.editions }, found)
  return held.complete ? null : 'It holds more than can be read back by searching.'
}

/** Judges one answer; not where an epoch was lost, which has to be overtaken first. */
const judge = async (
  { records, log }: Means,
  { recipient, epoch, asking }: DueComparison,
  answer: Readonly<{ at: string; complete: readonly number[]; held: readonly EditionRow[] }>,
  found: Found,
): Promise<void> => {
  // Nothing was sent to it at the epoch in force: what it holds of that was sent by a life of this database that was lost.
  const lost = answer.held.map((edition) => edition.epoch).filter((each) => each >= epoch && each < epoch + MOST_EPOCHS)
  if (asking) found.lost = lost.reduce((one, other) => Math.max(one, other), found.lost)
  if (found.lost > 0) return
  const judged = await records.verification.judge({ recipient, ...answer })
  found.missing += judged.missing
  found.older += judged.older
  found.unexpected += judged.unexpected
  const { failures } = await records.rederiveEach(asService('comparison', 'sharing'), judged.again, { force: true })
  if (failures.length > 0)
    log.warn(
      { recipient, failed: failures.length, err: failures[0] },
      'Persons could not be derived anew: the recipient takes only a newer edition of their summaries',
    )
}
