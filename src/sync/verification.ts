import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import { compare } from './anti-entropy.ts'
import { asService } from './as-service.ts'
import type { Access } from './channels/channel.ts'
import type { Verifier } from './channels/fhir-verification.ts'
import { VERIFIERS } from './channels/index.ts'
import { beat, type HeartbeatSeal } from './heartbeat.ts'

/** How often it is looked whether something is due. */
const LOOK_MS = 5_000

/** Heartbeats, comparisons and what follows from a restore (docs/decisions/0010-verification-of-recipients.md). */
export type Verification = Readonly<{
  /** Begins to verify this recipient. */
  serve(recipient: Readonly<{ id: string; channel: string; address: string }>, access: Access): Promise<void>
  /** Does what is due from now on. */
  start(): void
  /** Ends what is under way; resolves when nothing is. */
  stop(): Promise<void>
  /** Raises the epoch where the database is not the one that it was. */
  recognise(): Promise<void>
  /** Renders at the epoch in force whatever is not. */
  render(): Promise<void>
  /** One round of heartbeats: those that are due, or all. */
  beat(which?: Readonly<{ all: boolean }>): Promise<void>
  /** One round of comparisons: those that are due, or all. */
  compare(which?: Readonly<{ all: boolean }>): Promise<void>
}>

/** Any number of processes may do this at once: the table says what is due, and one of them takes it. */
export const createVerification = (options: { records: Records; seal: HeartbeatSeal; log: Log }): Verification => {
  const { records, log } = options
  const verifiers = new Map<string, Verifier>()
  const stopping = new AbortController()
  const { signal } = stopping
  const means = { ...options, verifiers, busy: new Set<string>(), signal }
  const running = new Map<string, Promise<void>>()
  let loop: Promise<void> | undefined
  /** For so many persons rendering failed last. */
  let unrendered = 0

  const recognise = async (): Promise<void> => {
    const { epoch, raised } = await records.verification.recognise()
    if (raised)
      log.error(
        { epoch },
        'The database is not the one that it was: it was restored, copied or failed over. The epoch is raised',
      )
  }

  const render = async (): Promise<void> => {
    const failures: unknown[] = []
    for (let after: string | undefined = ''; after !== undefined && !signal.aborted; ) {
      const rendered = await records.verification.renderAtEpoch(asService('restore', 'sharing'), after)
      failures.push(...rendered.failures)
      after = rendered.last
    }
    // They are tried again with each look: said once, not each time.
    if (failures.length > 0 && failures.length !== unrendered)
      log.warn(
        { failed: failures.length, err: failures[0] },
        'Persons could not be rendered at the epoch in force: recipients keep what they have of them; trying again',
      )
    unrendered = failures.length
  }

  /** Starts a round, unless one of this name is still under way. */
  const begin = (name: string, round: () => Promise<void>): void => {
    if (running.has(name)) return
    const run = round()
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error, round: name }, 'Recipients could not be verified; trying again')
      })
      .finally(() => running.delete(name))
    running.set(name, run)
  }

  const look = async (round: number): Promise<void> => {
    await recognise()
    begin('render', render)
    if (verifiers.size === 0) return
    begin('heartbeats', () => beat(means, { all: false }))
    // A comparison takes as long as its recipient does; those of the others go on beside it.
    begin(`comparisons ${round}`, () => compare(means, { all: false }))
  }

  return {
    async serve(recipient, access) {
      const open = VERIFIERS[recipient.channel]
      if (open !== undefined) verifiers.set(recipient.id, open(recipient, access, signal))
      await records.verification.watch(recipient.id)
    },
    start() {
      loop ??= (async () => {
        for (let round = 1; !signal.aborted; round += 1) {
          await look(round).catch((error: unknown) =>
            log.warn({ err: error }, 'The database could not be recognised; trying again'),
          )
          await wait(LOOK_MS, undefined, { signal }).catch(() => {})
        }
      })()
    },
    async stop() {
      stopping.abort()
      await loop
      await Promise.all(running.values())
      for (const verifier of verifiers.values()) verifier.close()
    },
    recognise,
    render,
    beat: (which = { all: false }) => beat(means, which),
    compare: (which = { all: false }) => compare(means, which),
  }
}
