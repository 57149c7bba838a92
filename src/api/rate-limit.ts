import type { PersonCaller, Purpose, Role, SystemCaller } from '../context.ts'
import { problem } from '../fhir/outcome.ts'

/** Requests a second that one client may make of this process, on average. */
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
const EMERGENCY_ROLES: ReadonlySet<Role> = new Set(['ambulance', 'out-of-hours', 'hospital'])

type Bucket = { tokens: number; at: number }

/**
 * A token bucket for each client, and one more for the emergency view where its role is one of emergencies: whatever else such a client does, and
 * however much others do, its share of the emergency view stays its own.
 * @param now milliseconds that only ever grow
 */
export const createRateLimit = ({ general, emergency }: Rates, now: () => number = () => performance.now()): Admit => {
  const take = (buckets: Map<string, Bucket>, rate: number, client: string): number => {
    const at = now()
    const most = rate * BURST_SECONDS
    let bucket = buckets.get(client)
    if (bucket === undefined) {
      bucket = { tokens: most, at }
      buckets.set(client, bucket)
    }
    bucket.tokens = Math.min(most, bucket.tokens + ((at - bucket.at) / 1_000) * rate)
    bucket.at = at
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / rate)
    bucket.tokens -= 1
    return 0
  }

  // As many entries as there are registered clients: only who has signed in is counted.
  const all = new Map<string, Bucket>()
  const reserved = new Map<string, Bucket>()
  return ({ clientId, role }, purpose) => {
    const wait =
      purpose === 'emergency' && EMERGENCY_ROLES.has(role)
        ? take(reserved, emergency, clientId)
        : take(all, general, clientId)
    if (wait === 0) return
    throw problem(
      'too-many-requests',
      'too-many-requests',
      'This client has sent more requests than it may. Wait for as many seconds as Retry-After says, then go on more slowly.',
      { headers: { 'Retry-After': String(wait) } },
    )
  }
}
