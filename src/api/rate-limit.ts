import type { PersonCaller, Purpose, Role, SystemCaller } from '../context.ts'
import { problem } from '../fhir/outcome.ts'

/** Requests a second that one client, or one person at an application, may make of this process, on average. */
export type Rates = Readonly<{
  general: number
  /** What clients of emergency roles may ask of the emergency view, beside everything else that they do. */
  emergency: number
}>

/** Passes where the client may be served now; throws `too-many-requests` with Retry-After otherwise. */
export type Admit = (caller: SystemCaller | PersonCaller, purpose: Purpose) => void

/** A client that was quiet may send so much at once: what it could have sent in this time. */
const BURST_SECONDS = 5

/** Those who ask about people whom they may never have met, with no time to ask twice. */
const EMERGENCY_ROLES: ReadonlySet<Role> = new Set(['ambulance', 'ambulance-control', 'out-of-hours', 'hospital'])

type Bucket = Readonly<{ tokens: number; at: number }>

/** Whose share it is: a system's own, and of an application that people use that of each of them. No id of a client has a space. */
const shareOf = (caller: SystemCaller | PersonCaller): string =>
  caller.kind === 'system' ? caller.clientId : `${caller.clientId} ${caller.user.system} ${caller.user.value}`

/**
 * A token bucket for each client, and for each person at an application, and one more for the emergency view where their role is one of emergencies:
 * whatever else they do, and however much others do, their share of the emergency view stays their own.
 * @param now milliseconds that only ever grow
 */
export const createRateLimit = ({ general, emergency }: Rates, now: () => number = () => performance.now()): Admit => {
  const take = (buckets: Map<string, Bucket>, rate: number, share: string): number => {
    const at = now()
    const most = rate * BURST_SECONDS
    const held = buckets.get(share) ?? { tokens: most, at }
    const tokens = Math.min(most, held.tokens + ((at - held.at) / 1_000) * rate)
    // The longest quiet stand first; a bucket that is full again is none, so that only who has just asked is remembered.
    buckets.delete(share)
    for (const [other, bucket] of buckets) {
      if (at - bucket.at < BURST_SECONDS * 1_000) break
      buckets.delete(other)
    }
    buckets.set(share, { tokens: tokens < 1 ? tokens : tokens - 1, at })
    return tokens < 1 ? Math.ceil((1 - tokens) / rate) : 0
  }

  const all = new Map<string, Bucket>()
  const reserved = new Map<string, Bucket>()
  return (caller, purpose) => {
    const wait =
      purpose === 'emergency' && EMERGENCY_ROLES.has(caller.role)
        ? take(reserved, emergency, shareOf(caller))
        : take(all, general, shareOf(caller))
    if (wait === 0) return
    throw problem(
      'too-many-requests',
      'too-many-requests',
      'More requests have been sent than one client, or one person at an application, may send. Wait for as many seconds as Retry-After says, then go on more slowly.',
      { headers: { 'Retry-After': String(wait) } },
    )
  }
}
