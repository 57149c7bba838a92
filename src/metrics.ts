import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Connections of the database pool. */
type PoolState = Readonly<{ total: number; idle: number; waiting: number }>

/** How one recipient stands, as far as figures tell of it. Instants; `asOf` is when this was so, by the clock of the database. */
type Standing = Readonly<{
  recipient: string
  asOf: string
  outstanding: number
  withdrawals: number
  parked: number
  oldestAt: string | null
  oldestWithdrawalAt: string | null
  breaker: 'closed' | 'open' | 'probing'
  verification:
    | Readonly<{ heartbeatAcknowledgedAt: string | null; unverifiedSince: string | null; ahead: number; held: boolean }>
    | undefined
}>

/** How one sender stands, where this service is a recipient. */
type Sender = Readonly<{ sender: string; recipient: string; outOfDateSince: string | undefined }>

/** How long rows of the audit log wait for their seal, in seconds, and whether what a sender said of its own has contradicted itself. */
type AuditStanding = Readonly<{
  lag: number
  senders: readonly Readonly<{ sender: string; recipient: string; contradicted: boolean }>[]
}>

export type Metrics = Readonly<{
  contentType: string
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>
  /** Counts one answered request under its route template; never under its path, which may hold an id. */
  observeRequest(served: Readonly<{ route: string; method: string; status: number; seconds: number }>): void
  /** Counts what became of attempts to deliver. */
  deliveries: Readonly<{
    stored(delivery: Readonly<{ recipient: string; state: 'current' | 'withdrawn'; seconds: number }>): void
    failed(attempt: Readonly<{ recipient: string; kind: 'refused' | 'unconfirmed' | 'failed' }>): void
  }>
  /** What each recipient stored last, and after how many seconds; since this process was started. */
  lastStored: ReadonlyMap<string, Readonly<{ state: 'current' | 'withdrawn'; seconds: number }>>
}>

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Metrics of one service, in a registry of their own, so that several services in one process do not mix. What is given is asked at each reading. */
export const createMetrics = (sources: {
  pool: () => PoolState
  standings: () => Promise<readonly Standing[]>
  senders: (now: Date) => Promise<readonly Sender[]>
  audit: () => Promise<AuditStanding>
}): Metrics => {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const requests = new Histogram({
    name: 'keyplan_http_request_duration_seconds',
    help: 'Time from the head of the request to the end of the answer, by route template.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const connections = new Gauge({
    name: 'keyplan_database_connections',
    help: 'Connections of the pool by state; waiting counts requests that wait for one.',
    labelNames: ['state'],
    registers,
  })
  const ofRecipient = (name: string, help: string, ...labels: string[]): Gauge =>
    new Gauge({ name: `keyplan_${name}`, help, labelNames: ['recipient', ...labels], registers })
  const outstanding = ofRecipient(
    'deliveries_outstanding',
    'Persons whose newest state the recipient should hold and has not confirmed.',
    'kind',
  )
  const oldest = ofRecipient(
    'delivery_oldest_seconds',
    'Age of the oldest state that the recipient should hold and has not confirmed; 0 where it is in step.',
    'kind',
  )
  const parked = ofRecipient('deliveries_parked', 'Deliveries that are not tried any more without help.')
  const breakerOpen = ofRecipient('recipient_breaker_open', '1 where the recipient is only tried from time to time.')
  const heartbeatAge = ofRecipient(
    'heartbeat_age_seconds',
    'Since the recipient last acknowledged a heartbeat; not there before the first.',
  )
  const unverified = ofRecipient(
    'recipient_unverified_seconds',
    'Since when what the recipient holds could not be compared with what it should; 0 where it could.',
  )
  const ahead = ofRecipient(
    'recipient_ahead',
    'Persons of whom the recipient holds a later edition than is known here.',
  )
  const held = ofRecipient(
    'recipient_held',
    '1 where nothing is sent, because the recipient has not said what it holds since the database was restored.',
  )
  const fromDatabase = [outstanding, oldest, parked, breakerOpen, heartbeatAge, unverified, ahead, held]
  const outOfDate = new Gauge({
    name: 'keyplan_received_out_of_date_seconds',
    help: 'Since when what this sender has put here, as this recipient of its, may be out of date; 0 where it is current.',
    labelNames: ['sender', 'recipient'],
    registers,
  })
  const sealLag = new Gauge({
    name: 'keyplan_audit_seal_lag_seconds',
    help: 'Age of the oldest row of the audit log that is not sealed; 0 where all are. Absent where the database could not be asked.',
    registers,
  })
  const contradicted = new Gauge({
    name: 'keyplan_received_audit_contradicted',
    help: '1 where the audit log of this sender, as it showed it to this recipient of its, was cut off or written anew.',
    labelNames: ['sender', 'recipient'],
    registers,
  })
  const latency = new Histogram({
    name: 'keyplan_delivery_latency_seconds',
    help: 'From the commit of a change to its being stored, by the word of the recipient.',
    labelNames: ['recipient', 'kind'],
    buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 15, 60, 300, 3_600, 86_400],
    registers,
  })
  const failures = new Counter({
    name: 'keyplan_delivery_failures_total',
    help: 'Attempts after which it is not known that the recipient holds what was sent, by kind.',
    labelNames: ['recipient', 'kind'],
    registers,
  })
  const known = new Gauge({
    name: 'keyplan_deliveries_known',
    help: '1 where the database could be asked how recipients stand, otherwise 0.',
    registers,
  })

  const lastStored = new Map<string, { state: 'current' | 'withdrawn'; seconds: number }>()

  const refresh = async (): Promise<void> => {
    const pool = sources.pool()
    connections.set({ state: 'busy' }, pool.total - pool.idle)
    connections.set({ state: 'idle' }, pool.idle)
    connections.set({ state: 'waiting' }, pool.waiting)
    const standings = await sources.standings().catch(() => undefined)
    // Old figures must not be read as new ones.
    for (const gauge of fromDatabase) gauge.reset()
    known.set(standings === undefined ? 0 : 1)
    for (const standing of standings ?? []) show(standing)
    await Promise.all([refreshSenders(), refreshAudit()])
  }

  const refreshAudit = async (): Promise<void> => {
    const audit = await sources.audit().catch(() => undefined)
    sealLag.remove()
    contradicted.reset()
    if (audit === undefined) return
    sealLag.set(audit.lag)
    for (const { sender, recipient, ...each } of audit.senders)
      contradicted.set({ sender, recipient }, each.contradicted ? 1 : 0)
  }

  const refreshSenders = async (): Promise<void> => {
    const now = new Date()
    const senders = await sources.senders(now).catch(() => [])
    outOfDate.reset()
    for (const { sender, recipient, outOfDateSince } of senders)
      outOfDate.set(
        { sender, recipient },
        outOfDateSince === undefined ? 0 : (now.getTime() - Date.parse(outOfDateSince)) / 1_000,
      )
  }

  const show = ({ recipient, asOf, verification, ...standing }: Standing): void => {
    const age = (instant: string | null): number =>
      instant === null ? 0 : Math.max(0, (Date.parse(asOf) - Date.parse(instant)) / 1_000)
    outstanding.set({ recipient, kind: 'all' }, standing.outstanding)
    outstanding.set({ recipient, kind: 'withdrawal' }, standing.withdrawals)
    oldest.set({ recipient, kind: 'all' }, age(standing.oldestAt))
    oldest.set({ recipient, kind: 'withdrawal' }, age(standing.oldestWithdrawalAt))
    parked.set({ recipient }, standing.parked)
    breakerOpen.set({ recipient }, standing.breaker === 'closed' ? 0 : 1)
    if (verification === undefined) return
    if (verification.heartbeatAcknowledgedAt !== null)
      heartbeatAge.set({ recipient }, age(verification.heartbeatAcknowledgedAt))
    unverified.set({ recipient }, age(verification.unverifiedSince))
    ahead.set({ recipient }, verification.ahead)
    held.set({ recipient }, verification.held ? 1 : 0)
  }

  return {
    contentType: registry.contentType,
    text: async () => {
      await refresh()
      return registry.metrics()
    },
    observeRequest: ({ route, method, status, seconds }) => {
      requests.observe({ route, method: METHODS.has(method) ? method : 'other', status: String(status) }, seconds)
    },
    deliveries: {
      stored: ({ recipient, state, seconds }) => {
        latency.observe({ recipient, kind: state === 'withdrawn' ? 'withdrawal' : 'content' }, seconds)
        lastStored.set(recipient, { state, seconds })
      },
      failed: (attempt) => failures.inc(attempt),
    },
    lastStored,
  }
}
