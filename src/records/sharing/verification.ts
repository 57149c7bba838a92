import type { RequestContext } from '../../context.ts'
import type { AheadRow, VerificationRow } from '../../store/sharing/verification.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { rederive, rederiveEach } from '../summaries/rederive.ts'

/** How recipients stand by what they say themselves, and when and why the epoch was last raised. */
export type Verification = Readonly<{
  epoch: number
  /** The last restore, copy or failover that was found or declared; undefined where there never was one. */
  raised: Readonly<{ at: string; because: string }> | undefined
  recipients: readonly VerificationRow[]
}>

/** How recipients stand by what they say themselves: names nobody. */
export const verification = async (store: Store): Promise<Verification> => {
  const [recipients, raised] = await Promise.all([store.verification.read(), store.verification.lastRaise()])
  return {
    epoch: raised?.epoch ?? store.epoch,
    raised: raised === undefined ? undefined : { at: raised.at, because: raised.because },
    recipients,
  }
}

/** Persons of whom a recipient holds a later edition than this database knows, the longest known first; at most so many. */
export const ahead = async (store: Store, cx: RequestContext, most: number): Promise<readonly AheadRow[]> => {
  const rows = await store.verification.ahead(most)
  const patients = [...new Set(rows.map(({ patient }) => patient))]
  await store.audit(
    patients.map((patient) => auditEntry(cx, 'list-ahead', 'permit', [`Patient/${patient}`], { patient })),
  )
  return rows
}

/**
 * Says that this database was restored: the epoch rises, nothing is sent to a recipient before it has said what it holds, and everybody's
 * summary is rendered anew. Answers the new epoch.
 */
export const declareRestored = async (store: Store, cx: RequestContext): Promise<number> => {
  const epoch = await store.verification.raise({
    because: 'an operator said that it was restored',
    above: 0,
    askAll: true,
  })
  await store.audit([auditEntry(cx, 'declare-restored', 'permit', [], { reason: `epoch ${epoch}` })])
  return epoch
}

/** Persons are derived anew in steps of this many. */
const STEP = 100

/** The last of those who were looked at, undefined where all have been; and why some could not be rendered, one for each. */
export type RenderedAtEpoch = Readonly<{ last: string | undefined; failures: readonly unknown[] }>

/** Renders the next persons after this id at the epoch in force, past those for whom it fails. */
export const renderAtEpoch = async (store: Store, cx: RequestContext, after: string): Promise<RenderedAtEpoch> => {
  const patients = await store.verification.personsOfPastEpochs(after, STEP)
  // Whoever another process has rendered meanwhile is left as they are.
  const { written, failures } = await rederiveEach(store, cx, patients)
  if (written.length > 0) await store.verification.noteRendered(written)
  return { last: patients.at(-1), failures }
}

/** Lets a recipient that cannot say what it holds be sent this database's state all the same. False where it did not wait for that. */
export const releaseRecipient = async (store: Store, cx: RequestContext, recipient: string): Promise<boolean> => {
  const released = await store.verification.release(recipient)
  await store.audit([
    auditEntry(cx, 'release-recipient', released ? 'permit' : 'not-found', [`Organization/${recipient}`]),
  ])
  return released
}

/** What came of settling: `not-ours` where the recipient holds what was never here, of a person who is not known or an epoch that is far off. */
export type AheadSettled = 'settled' | 'not-ahead' | 'not-ours'

/**
 * Lets this database's state of a person replace the later one that a recipient holds: where that is of the epoch in force or a later one, the epoch
 * rises above it. A recipient that is to hold nothing of the person gets the tombstone.
 */
export const settleAhead = async (
  store: Store,
  cx: RequestContext,
  recipient: string,
  patient: string,
): Promise<AheadSettled> => {
  const held = await store.verification.settle(recipient, patient)
  const epoch = held?.epoch ?? undefined
  if (epoch !== undefined && held?.hasPassed === false) {
    const because = 'an operator let this database prevail over what a recipient holds'
    await store.verification.raise({ because, above: epoch, askAll: false })
  }
  // The hint that something is due comes with this commit.
  if (epoch !== undefined) await rederive(store, cx, [patient], { force: true })
  await store.audit([
    auditEntry(cx, 'settle-ahead', epoch === undefined ? 'not-found' : 'permit', [`Patient/${patient}`], {
      reason: `at ${recipient}`,
      ...(epoch === undefined ? {} : { patient }),
    }),
  ])
  if (held === undefined) return 'not-ahead'
  return epoch === undefined ? 'not-ours' : 'settled'
}
