import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import type { Due, LeasedDelivery, SummaryState } from '../store/sharing/deliveries.ts'
import { delayAfter } from './backoff.ts'
import type { OpenChannel, SendResult } from './channels/channel.ts'
import { createLane, type Lane, PARALLEL } from './lane.ts'
import type { Leases } from './leases.ts'

/** So many failures of the recipient itself in a row open its breaker; then nothing is sent but a probe, this often. */
const BREAKER = { most: 5, seconds: 10 }
/** A recipient that asks for more time between probes (Retry-After) gets this at most. */
const MOST_SECONDS = 60
/** What came of a sending is recorded, or tried to be, for as long as its lease may hold. */
const RECORD_TRIES = 10
const RECORD_MS = 500

/** What one process does for one recipient. */
export type Serving = Readonly<{
  /** Something of this state may be due. */
  wake(state: SummaryState): void
  /** Acts on what is due now; answers in how many milliseconds something will be, Infinity where nothing is to be expected. */
  act(due: Due): number
  stop(): Promise<void>
}>

export const createServing = ({
  records,
  log,
  leases,
  recipient,
  open,
  lookIn,
}: Readonly<{
  records: Records
  log: Log
  leases: Leases
  recipient: string
  open: (options: Parameters<OpenChannel>[2]) => ReturnType<OpenChannel>
  /** Asks for what is due to be looked up after so many milliseconds. */
  lookIn: (milliseconds: number) => void
}>): Serving => {
  /** Whether anybody has failed to reach it since it was last known to answer. */
  let isDoubted = false

  const lane = (state: SummaryState): Lane =>
    createLane({
      records,
      log,
      leases,
      recipient,
      state,
      channel: open({ connections: PARALLEL }),
      report: (delivery, result) => report(delivery, result),
      idle: () => lookIn(0),
    })
  const lanes: Readonly<Record<SummaryState, Lane>> = { withdrawn: lane('withdrawn'), current: lane('current') }

  const wakeBoth = (): void => {
    lanes.withdrawn.wake()
    lanes.current.wake()
  }

  const report = (delivery: LeasedDelivery, result: SendResult): Promise<void> =>
    persistently(() => (result.kind === 'confirmed' ? confirm(delivery, result) : postpone(delivery, result)))

  const confirm = async (delivery: LeasedDelivery, { version }: SendResult & { kind: 'confirmed' }): Promise<void> => {
    const { state, epoch, sequence } = delivery
    const recorded = await records.deliveries.confirm({ ...delivery, version })
    log.debug({ recipient, state, epoch, sequence, recorded }, 'Delivered')
    // What came to be wanted of this person meanwhile could not be leased until now, in whichever lane.
    if (recorded === 'behind') wakeBoth()
    await answered()
  }

  const postpone = async (delivery: LeasedDelivery, result: SendResult & { kind: 'failed' }): Promise<void> => {
    const { state, epoch, sequence, attempts, failingSince } = delivery
    const { fault, error, received = false, retryAfterMs = 0, holds } = result
    const failingForMs = failingSince === null ? 0 : Date.now() - Date.parse(failingSince)
    // What the recipient holds is known now: the next attempt is against that, and need not wait, but for a recipient that changes its mind.
    const delayMs =
      holds !== undefined && attempts < 3 ? 0 : delayAfter(attempts, state, { failingForMs, retryAfterMs })
    log.warn({ recipient, state, epoch, sequence, attempts, reason: error }, 'Not delivered; trying again')
    await records.deliveries.postpone({
      ...delivery,
      error,
      delayMs,
      received,
      refused: fault === 'document',
      ...(holds === undefined ? {} : { version: holds }),
    })
    if (fault === 'recipient') await failed(retryAfterMs)
    else await answered()
    // Something newer may be wanted by now, which waits for nothing.
    lookIn(0)
  }

  const failed = async (retryAfterMs: number): Promise<void> => {
    isDoubted = true
    const seconds = Math.max(BREAKER.seconds, Math.min(retryAfterMs / 1_000, MOST_SECONDS))
    const breaker = await records.recipients.failed(recipient, { most: BREAKER.most, seconds })
    if (breaker?.openUntil == null) return
    if (breaker.failures === BREAKER.most)
      log.warn({ recipient, failures: breaker.failures }, 'The recipient does not answer: only probes go out to it')
    lanes.withdrawn.pause()
    lanes.current.pause()
  }

  const answered = async (): Promise<void> => {
    if (!isDoubted) return
    isDoubted = false
    if (!(await records.recipients.answered(recipient))) return
    log.info({ recipient }, 'The recipient answers again')
    wakeBoth()
  }

  /**
   * The recipient is known by its answer to whatever is outstanding: a withdrawal before anything else, and a summary, since a recipient that
   * fails at this one withdrawal may take everything else.
   */
  const probe = async (): Promise<void> => {
    isDoubted = true
    try {
      if (!(await records.recipients.probe(recipient, BREAKER.seconds))) return
      await lanes.withdrawn.probe()
      await lanes.current.probe()
    } catch (error) {
      log.warn({ err: error, recipient }, 'The recipient could not be probed; trying again')
    }
  }

  return {
    wake(state) {
      lanes[state].wake()
    },
    act({ failures, opensIn, withdrawnIn, currentIn }) {
      if (failures > 0) isDoubted = true
      if (opensIn !== null) {
        if (withdrawnIn === null && currentIn === null) return Number.POSITIVE_INFINITY
        if (opensIn <= 0) void probe()
        return opensIn <= 0 ? BREAKER.seconds * 1_000 : opensIn
      }
      if (withdrawnIn !== null && withdrawnIn <= 0) lanes.withdrawn.wake()
      if (currentIn !== null && currentIn <= 0) lanes.current.wake()
      return Math.min(
        ...[withdrawnIn, currentIn].map((due) => (due === null || due <= 0 ? Number.POSITIVE_INFINITY : due)),
      )
    },
    async stop() {
      await Promise.all([lanes.withdrawn.stop(), lanes.current.stop()])
    },
  }
}

/** A database that is away for a moment costs a delay, not the sending. */
const persistently = async (record: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await record()
    } catch (error) {
      if (tries >= RECORD_TRIES) throw error
      await new Promise((settle) => setTimeout(settle, RECORD_MS))
    }
  }
}
