import { expect, test } from '@jest/globals'
import { createMetrics } from '../src/metrics.ts'

const NOW = '2026-03-20T10:00:00.000Z'
const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1_000).toISOString()

const standing = {
  recipient: 'ambulance',
  asOf: NOW,
  outstanding: 3,
  withdrawals: 1,
  parked: 1,
  oldestAt: ago(3_600),
  oldestWithdrawalAt: ago(90),
  breaker: 'probing' as const,
  verification: { heartbeatAcknowledgedAt: ago(31), unverifiedSince: null, ahead: 2, held: true },
}

const metricsOf = (standings: () => Promise<(typeof standing)[]>) =>
  createMetrics({
    pool: () => ({ total: 0, idle: 0, waiting: 0 }),
    senders: async () => [],
    standings,
    audit: async () => ({ lag: 0, senders: [] }),
  })

/** The figures of recipients in the text of Prometheus, as `name labels value`. */
const figures = async (metrics: ReturnType<typeof createMetrics>): Promise<string[]> =>
  (await metrics.text())
    .split('\n')
    .filter((line) => /^keyplan_(deliver|recipient|heartbeat)/.test(line) && !/_(bucket|sum)\b/.test(line))
    .map((line) => line.replace('keyplan_', '').replaceAll('"', ''))

test('figures of recipients are those of this moment: when the database cannot be asked they are gone, not old', async () => {
  let answer: () => Promise<(typeof standing)[]> = async () => [standing]
  const metrics = metricsOf(() => answer())
  expect(await figures(metrics)).toEqual([
    'deliveries_outstanding{recipient=ambulance,kind=all} 3',
    'deliveries_outstanding{recipient=ambulance,kind=withdrawal} 1',
    'delivery_oldest_seconds{recipient=ambulance,kind=all} 3600',
    'delivery_oldest_seconds{recipient=ambulance,kind=withdrawal} 90',
    'deliveries_parked{recipient=ambulance} 1',
    'recipient_breaker_open{recipient=ambulance} 1',
    'heartbeat_age_seconds{recipient=ambulance} 31',
    'recipient_unverified_seconds{recipient=ambulance} 0',
    'recipient_ahead{recipient=ambulance} 2',
    'recipient_held{recipient=ambulance} 1',
    'deliveries_known 1',
  ])
  answer = () => Promise.reject(new Error('no database'))
  expect(await figures(metrics)).toEqual(['deliveries_known 0'])
  answer = async () => []
  expect(await figures(metrics)).toEqual(['deliveries_known 1'])
})

test('what became of attempts is counted by recipient and kind, withdrawals apart', async () => {
  const metrics = metricsOf(async () => [])
  metrics.deliveries.stored({ recipient: 'gp', state: 'current', seconds: 0.2 })
  metrics.deliveries.stored({ recipient: 'gp', state: 'withdrawn', seconds: 0.1 })
  metrics.deliveries.failed({ recipient: 'gp', kind: 'refused' })
  metrics.deliveries.failed({ recipient: 'gp', kind: 'refused' })
  expect(await figures(metrics)).toEqual([
    'delivery_latency_seconds_count{recipient=gp,kind=content} 1',
    'delivery_latency_seconds_count{recipient=gp,kind=withdrawal} 1',
    'delivery_failures_total{recipient=gp,kind=refused} 2',
    'deliveries_known 1',
  ])
  expect(metrics.lastStored.get('gp')).toEqual({ state: 'withdrawn', seconds: 0.1 })
})

test('how long the audit log waits for its seal is that of this moment, and whose log contradicts itself is told', async () => {
  let audit = async () => ({
    lag: 1.5,
    senders: [
      { sender: 'keyplan', recipient: 'hospital', contradicted: true },
      { sender: 'other', recipient: 'hospital', contradicted: false },
    ],
  })
  const metrics = createMetrics({
    pool: () => ({ total: 0, idle: 0, waiting: 0 }),
    senders: async () => [],
    standings: async () => [],
    audit: () => audit(),
  })
  const shown = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => /^keyplan_(audit|received_audit)/.test(line))
  expect(await shown()).toEqual([
    'keyplan_audit_seal_lag_seconds 1.5',
    'keyplan_received_audit_contradicted{sender="keyplan",recipient="hospital"} 1',
    'keyplan_received_audit_contradicted{sender="other",recipient="hospital"} 0',
  ])
  audit = () => Promise.reject(new Error('no database'))
  expect(await shown()).toEqual([])
})
