import type { RequestContext, SystemCaller } from '../../context.ts'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import { SYSTEM } from '../../plan/codes.ts'
import { type Heartbeat, SILENCE_SECONDS, signedText } from '../../plan/summary/heartbeat.ts'
import type { SummarySystems } from '../../store/sharing/received.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { witness } from '../audit/witness.ts'
import { requireScope } from '../permission/permission.ts'
import type { Seal } from '../seal.ts'

/** KeyPlan as a recipient: what its senders say of themselves, and what it holds of theirs (docs/decisions/0010-verification-of-recipients.md). */

const SYSTEMS: SummarySystems = { summary: IDENTIFIER_SYSTEM.summary, state: SYSTEM.summaryState }

/** A heartbeat that took longer than this, or whose sender's clock is this far off, says nothing about now. */
const MOST_DELAY_MS = 120_000

/** How far what one sender has put here can be trusted to be current. */
export type SenderHealth = Readonly<{
  /** Its client id. */
  sender: string
  /** The id under which the sender has registered this service. */
  recipient: string
  /** Since when what it has put here may be out of date: nothing was heard since, or this service has not confirmed something since; undefined: it is current. */
  outOfDateSince: string | undefined
  heardAt: string
  /** Of how many persons the current summary should be held here, by the newest heartbeat. */
  expected: number
  /** The newest heartbeat as it was signed, and its signature. */
  signed: string
  signature: string
}>

/** All senders, and of how many persons a current summary is held here, whoever put it here. */
export type SharingHealth = Readonly<{ senders: readonly SenderHealth[]; held: number }>

/**
 * Takes a sender's heartbeat. Throws `unprocessable` where it is late or its signature is no good one, `forbidden` where the key is not one that
 * the sender announced, `conflict` where a newer one has been heard: then the sender's database may have been restored. Answers which checkpoint
 * of the sender's audit log is kept here, where it brings one.
 */
export const receiveHeartbeat = async (
  store: Store,
  seal: Seal,
  cx: RequestContext,
  heartbeat: Heartbeat,
  signature: string,
): Promise<Readonly<{ epoch: number; size: number }> | undefined> => {
  requireScope(cx, 'Bundle', 'u')
  const { clientId } = requireSender(cx)
  if (Math.abs(cx.now.getTime() - Date.parse(heartbeat.time)) > MOST_DELAY_MS)
    throw problem(
      'unprocessable',
      'heartbeat-late',
      'The heartbeat was made more than two minutes before or after now. Set the clocks of both systems, and send the newest.',
      { expression: 'time' },
    )
  const signed = signedText(heartbeat)
  const key = await seal.heartbeatKey(signature, signed)
  if (key === undefined || !heartbeat.keys.includes(key))
    throw problem(
      'unprocessable',
      'signature-invalid',
      'The signature is not a good one of this heartbeat by one of the keys that it announces. Expected a detached JWS that brings its key (ES384).',
      { expression: 'signature' },
    )
  const { recipient, epoch, number, time, count, outstandingSince = null, keys, checkpoint, consistency } = heartbeat
  const kept = await store.received.keepHeartbeat(
    { sender: clientId, recipient, epoch, number, sentAt: time, count, outstandingSince, keys, signed, signature },
    key,
  )
  const origin = { sender: clientId, recipient, epoch }
  if (kept) return checkpoint === undefined ? undefined : witness(store, seal, origin, { checkpoint, consistency })
  const last = (await store.received.heartbeats()).find(
    (each) => each.sender === clientId && each.recipient === recipient,
  )
  throw last?.keys.includes(key) === false ? keyUnknown() : outdated(last?.epoch ?? 0, last?.number ?? 0)
}

/** How far what is held here can be trusted to be current, by sender. */
export const sharingHealth = async (store: Store, cx: RequestContext): Promise<SharingHealth> => {
  requireScope(cx, 'Bundle', 'r')
  const [senders, held] = await Promise.all([senderHealth(store, cx.now), store.received.count(SYSTEMS)])
  return { held, senders }
}

/** How each sender stands. */
export const senderHealth = async (store: Store, now: Date): Promise<readonly SenderHealth[]> =>
  (await store.received.heartbeats()).map(
    ({ sender, recipient, receivedAt, sentAt, outstandingSince, count, signed, signature }) => ({
      sender,
      recipient,
      outOfDateSince: outOfDateSince(now, { receivedAt, sentAt, outstandingSince }),
      heardAt: receivedAt,
      expected: count,
      signed,
      signature,
    }),
  )

/** What waits for a confirmation is on its way in the usual case; what has waited for two heartbeats has not come. */
const outOfDateSince = (
  now: Date,
  { receivedAt, sentAt, outstandingSince }: { receivedAt: string; sentAt: string; outstandingSince: string | null },
): string | undefined => {
  const late = (instant: string): boolean => now.getTime() - Date.parse(instant) > SILENCE_SECONDS * 1_000
  if (outstandingSince !== null && late(outstandingSince)) return outstandingSince
  // What was sent is what was true then, however long it took.
  const spoken = sentAt < receivedAt ? sentAt : receivedAt
  return late(spoken) ? spoken : undefined
}

/** The digests of the summaries that are held here, in base64, and of how many persons they are. */
export const heldDigests = async (store: Store, cx: RequestContext): Promise<{ digests: string; persons: number }> => {
  requireScope(cx, 'Bundle', 's')
  requireSender(cx)
  const { digests, persons } = await store.received.digests(SYSTEMS)
  return { digests: Buffer.from(digests).toString('base64'), persons }
}

/** What is held here of the persons in these buckets, as `person/epoch/sequence/state`. */
export const heldEditions = async (
  store: Store,
  cx: RequestContext,
  buckets: readonly number[],
): Promise<readonly string[]> => {
  requireScope(cx, 'Bundle', 's')
  requireSender(cx)
  const rows = await store.received.editions(SYSTEMS, buckets)
  await store.audit([auditEntry(cx, '$held-summaries', 'permit', [])])
  return rows.map(({ patient, epoch, sequence, state }) => `${patient}/${epoch}/${sequence}/${state}`)
}

/** Forgets the keys that a sender announced, and with them what it last said, and of its audit log. False where it has not been heard. */
export const forgetSender = async (store: Store, cx: RequestContext, sender: string): Promise<boolean> => {
  const forgotten = await store.received.forget(sender)
  await store.audit([
    auditEntry(cx, 'forget-sender', forgotten ? 'permit' : 'not-found', [], { reason: `sender ${sender}` }),
  ])
  return forgotten
}

/** Only who keeps recipients in step may ask for what is held of everybody, and say that it is current. */
const requireSender = ({ caller }: RequestContext): SystemCaller => {
  if (caller.kind === 'system' && caller.role === 'keyplan') return caller
  throw problem(
    'forbidden',
    'not-a-sender',
    'Only a client that is registered with the role keyplan, as a sender of summaries, may do this.',
  )
}

const keyUnknown = (): Problem =>
  problem(
    'forbidden',
    'signature-key-unknown',
    'The heartbeat is signed with a key that this sender did not announce in its last one. Publish a new key beside the old one first. Otherwise the operator here has to forget the sender (docs/operations.md).',
    { expression: 'signature' },
  )

const outdated = (epoch: number, number: number): Problem =>
  problem(
    'conflict',
    'heartbeat-outdated',
    `A later heartbeat has been heard: epoch ${epoch}, number ${number}. If this is the newest that there is, the sender's database was restored: Bundle/$sharing-health shows the later one.`,
  )
