import type { SummaryState } from '../store/sharing/deliveries.ts'

/** Waiting times are doubled from one second up to this: shorter for withdrawals, which harm most when they are late (trust, section 4). */
const BASE_MS = 1_000
const CAP_MS = { current: 300_000, withdrawn: 60_000 } as const

/** What has failed for so long is tried hourly; by then somebody was called. */
const LONG_MS = 7 * 24 * 3_600_000
const HOUR_MS = 3_600_000

/**
 * How long to wait before the next attempt, in milliseconds: full jitter, so that many deliveries that failed together do not come back
 * together. `attempts` counts those made; a longer wait that the recipient asked for (Retry-After) is honoured up to the cap.
 */
export const delayAfter = (
  attempts: number,
  state: SummaryState,
  { failingForMs = 0, retryAfterMs = 0 }: Readonly<{ failingForMs?: number; retryAfterMs?: number }> = {},
  random: () => number = Math.random,
): number => {
  // Half of them at least, so that it is hourly and not anything up to it.
  if (failingForMs > LONG_MS) return HOUR_MS * (0.5 + random() / 2)
  const cap = CAP_MS[state]
  const ceiling = Math.min(cap, BASE_MS * 2 ** Math.min(attempts - 1, 20))
  return Math.max(random() * ceiling, Math.min(retryAfterMs, cap))
}
