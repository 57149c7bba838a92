import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Connections of the database pool. */
type PoolState = Readonly<{ total: number; idle: number; waiting: number }>

/** What one recipient should hold and has not confirmed; withdrawals are counted among the outstanding, and by themselves. */
type Outstanding = Readonly<{
  recipient: string
  outstanding: number
  withdrawals: number
  oldestSeconds: number
  oldestWithdrawalSeconds: number
}>

export type Metrics = Readonly<{
  contentType: string
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>
  /** Counts one answered request under its route template; never under its path, which may hold an id. */
  observeRequest(served: Readonly<{ route: string; method: string; status: number; seconds: number }>): void
}>

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Metrics of one service, in a registry of their own, so that several services in one process do not mix. What is given is asked at each reading. */
export const createMetrics = (sources: {
  pool: () => PoolState
  outstanding: () => Promise<readonly Outstanding[]>
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
  const outstanding = new Gauge({
    name: 'keyplan_deliveries_outstanding',
    help: 'Persons whose newest state the recipient should hold and has not confirmed.',
    labelNames: ['recipient', 'kind'],
    registers,
  })
  const oldest = new Gauge({
    name: 'keyplan_delivery_oldest_seconds',
    help: 'Age of the oldest state that the recipient should hold and has not confirmed; 0 where it is in step.',
    labelNames: ['recipient', 'kind'],
    registers,
  })
  const known = new Gauge({
    name: 'keyplan_deliveries_known',
    help: '1 where the database could be asked for outstanding deliveries, otherwise 0.',
    registers,
  })

  const refresh = async (): Promise<void> => {
    const pool = sources.pool()
    connections.set({ state: 'busy' }, pool.total - pool.idle)
    connections.set({ state: 'idle' }, pool.idle)
    connections.set({ state: 'waiting' }, pool.waiting)
    const rows = await sources.outstanding().catch(() => undefined)
    // Old figures must not be read as new ones.
    outstanding.reset()
    oldest.reset()
    known.set(rows === undefined ? 0 : 1)
    for (const row of rows ?? []) {
      const { recipient } = row
      outstanding.set({ recipient, kind: 'all' }, row.outstanding)
      outstanding.set({ recipient, kind: 'withdrawal' }, row.withdrawals)
      oldest.set({ recipient, kind: 'all' }, row.oldestSeconds)
      oldest.set({ recipient, kind: 'withdrawal' }, row.oldestWithdrawalSeconds)
    }
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
  }
}
