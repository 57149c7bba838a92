import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import type { LeasedDelivery, SummaryState } from '../store/sharing/deliveries.ts'
import { asService } from './as-service.ts'
import type { Channel, SendResult } from './channels/channel.ts'
import { type Held, LEASE_SECONDS, type Leases } from './leases.ts'

/** Sendings under way at a time in one lane of one recipient; a slow recipient takes nobody else's place. */
export const PARALLEL = 8
/** At most so many are leased at a time, and never more than go out soon. */
const MOST = 192
/** A state that was loaded so long ago does not leave: there may be a newer one. */
const FRESH_MS = 250
/** After so many leases without a report a delivery may be what processes died of: it is sent with nothing else beside it. */
const SUSPECT = 2
/** A lease for a few is put off for so long. */
const PATIENCE_MS = 10
/** After a failure to reach the database. */
const AGAIN_MS = 1_000

/** What is leased and sent of one state, summaries or withdrawals, to one recipient: withdrawals never wait for summaries. */
export type Lane = Readonly<{
  /** Something may be due. */
  wake(): void
  /** Leases and sends one delivery whether or not it is due. */
  probe(): Promise<void>
  /** Gives back what is leased and not yet being sent. */
  pause(): void
  /** Takes nothing more, gives back what is not yet being sent, and resolves when nothing is. */
  stop(): Promise<void>
}>

type Queued = Readonly<{ lease: Held; loadedAt: number }>

export const createLane = ({
  records,
  log,
  leases,
  recipient,
  state,
  channel,
  report,
  idle,
}: Readonly<{
  records: Records
  log: Log
  leases: Leases
  recipient: string
  state: SummaryState
  channel: Channel
  /** Records what came of a sending; meanwhile the lane goes on. */
  report: (delivery: LeasedDelivery, result: SendResult) => Promise<void>
  /** Nothing more is due now. */
  idle: () => void
}>): Lane => {
  const queue: Queued[] = []
  let sending = 0
  /** Leases that are being reported or given back. */
  let reporting = 0
  let isLeasing = false
  let isWoken = false
  let isAlone = false
  let isStopping = false
  let depth = PARALLEL
  let isPutOff = false

  const lease = async (most: number, probe: boolean): Promise<number> => {
    isLeasing = true
    try {
      const asked = { recipient, lane: state, most, seconds: LEASE_SECONDS, probe }
      const leased = await records.deliveries.lease(asService('dispatcher', 'sharing'), asked)
      const loadedAt = performance.now()
      queue.push(...leased.map((delivery) => ({ lease: leases.hold(delivery), loadedAt })))
      isAlone = leased.some(({ unfinished }) => unfinished >= SUSPECT)
      return leased.length
    } finally {
      isLeasing = false
    }
  }

  /** Leases more when half of what is at hand is gone; or, with nothing at hand, what there is room for after a moment. */
  const fill = (isPatient = true): void => {
    if (isAlone && queue.length + sending + reporting === 0) isAlone = false
    const room = depth - queue.length - sending
    if (isStopping || isLeasing || isAlone || !isWoken || room <= 0 || reporting > MOST) return
    if (isPatient && room < depth / 2) {
      if (queue.length > 0 || isPutOff) return
      isPutOff = true
      setTimeout(() => {
        isPutOff = false
        fill(false)
      }, PATIENCE_MS)
      return
    }
    isWoken = false
    lease(room, false)
      .then(
        (count) => {
          if (count > 0) isWoken = true
          else if (!isWoken) idle()
        },
        (error: unknown) => {
          log.warn({ err: error, recipient }, 'Deliveries could not be read; trying again')
          setTimeout(wake, AGAIN_MS).unref()
        },
      )
      .finally(send)
  }

  const send = (): void => {
    if (isStopping) pause()
    while (queue.length > 0 && sending < PARALLEL && !(isAlone && sending + reporting > 0)) {
      const next = queue.shift() as Queued
      if (performance.now() - next.loadedAt < FRESH_MS) void sendOne(next)
      else {
        depth = Math.max(PARALLEL, Math.floor(depth / 2))
        queue.unshift(next)
        pause()
      }
    }
    fill()
  }

  const sendOne = async ({ lease, loadedAt }: Queued): Promise<void> => {
    const { delivery, ending } = lease
    sending += 1
    const isFresh = (): boolean => performance.now() - loadedAt < FRESH_MS
    const result = await channel.send(delivery, ending, isFresh)
    sending -= 1
    // Deep enough that the next are at hand when these are sent, and no deeper.
    if (result.kind !== 'confirmed') depth = PARALLEL
    else if (performance.now() - loadedAt < FRESH_MS / 2) depth = Math.min(depth + 1, MOST)
    if (ending.why?.code === 'stopped' || result.kind === 'stale') giveBack([lease])
    else end([lease], report(delivery, result))
    send()
  }

  /** Lets leases go once what becomes of them is recorded. */
  const end = (ended: readonly Held[], recorded: Promise<void>): void => {
    reporting += ended.length
    recorded
      .catch((error: unknown) =>
        log.warn({ err: error, recipient }, 'Leases could not be ended; they end by themselves'),
      )
      .finally(() => {
        reporting -= ended.length
        for (const lease of ended) leases.letGo(lease)
        send()
      })
  }

  const giveBack = (unsent: readonly Held[]): void => {
    isWoken = true
    end(unsent, records.deliveries.release(unsent.map(({ delivery }) => delivery)))
  }

  const pause = (): void => {
    if (queue.length > 0) giveBack(queue.splice(0).map(({ lease }) => lease))
  }

  const wake = (): void => {
    isWoken = true
    fill()
  }

  const isBusy = (): boolean => isLeasing || queue.length + sending + reporting > 0

  return {
    wake,
    pause,
    async probe() {
      if (isStopping || isBusy()) return
      await channel.ready()
      if (isStopping || isBusy()) return
      try {
        await lease(1, true)
      } finally {
        send()
      }
    },
    async stop() {
      isStopping = true
      pause()
      while (isBusy()) await new Promise((settle) => setTimeout(settle, 10))
      channel.close()
    },
  }
}
