/** Waiting times are doubled from one second up to this: shorter for withdrawals, which harm most when they are late (trust, section 4). */
const BASE_MS = 1_000
const CAP_MS = { current: 300_000, withdrawn: 60_000 } as const

/**
 * How long to wait before the next attempt, in milliseconds: full jitter, so that many deliveries that failed together do not come back
 * together. `attempts` counts those made; a longer wait that the recipient asked for (Retry-After) is honoured up to the same cap.
 */
export const delayAfter = (
  attempts: number,
  state: 'current' | 'withdrawn',
  retryAfterMs = 0,
  random: () => number = Math.random,
): number => {
  const cap = CAP_MS[state]
  const ceiling = Math.min(cap, BASE_MS * 2 ** Math.min(attempts - 1, 20))
  return Math.max(random() * ceiling, Math.min(retryAfterMs, cap))
}
