/** What `keyplan sharing status` prints. */
import type { RecipientStatus } from '../../records/sharing/recipient-status.ts'
import type { SharingStatus } from '../../records/types.ts'
import type { RecipientStanding } from '../../store/sharing/standings.ts'
import { ago, since, table } from './table.ts'

const NUMBERS = new Set(['outstanding', 'withdrawals', 'parked', 'attempts'])

/** In one word how a recipient stands, the worst first. */
export const stateOf = (standing: RecipientStanding): string => {
  if ((standing.verification?.ahead ?? 0) > 0) return 'ahead of us'
  if (standing.verification?.held === true) return 'not asked yet'
  if (standing.breaker !== 'closed') return 'unreachable'
  if (standing.withdrawals > 0) return 'withdrawals due'
  if (standing.outstanding > 0) return 'behind'
  return standing.active ? 'in step' : 'retired'
}

export const recipientsTable = (standings: readonly RecipientStanding[], now: Date): string => {
  if (standings.length === 0) return 'There are no recipients. KEYPLAN_RECIPIENTS names them.\n'
  const inStep = standings.filter(({ outstanding }) => outstanding === 0).length
  return `${table(
    [
      'recipient',
      'state',
      'outstanding',
      'withdrawals',
      'parked',
      'oldest for',
      'failing for',
      'heartbeat',
      'compared',
      'unverified for',
      'last error',
    ],
    standings.map((standing) => [
      standing.recipient,
      stateOf(standing),
      String(standing.outstanding),
      String(standing.withdrawals),
      String(standing.parked),
      since(standing.oldestAt, now),
      since(standing.failingSince, now),
      ago(standing.verification?.heartbeatAcknowledgedAt, now),
      ago(standing.verification?.comparedAt, now),
      since(standing.verification?.unverifiedSince, now),
      standing.lastError ?? '',
    ]),
    NUMBERS,
  )}\n\n${inStep} of ${standings.length} in step.\n`
}

export const deliveriesTable = ({ deliveries, next }: RecipientStatus, now: Date): string =>
  deliveries.length === 0
    ? ''
    : `\n${table(
        ['person', 'wanted', 'edition', 'for', 'attempts', 'next in', 'failing for', 'parked because', 'last error'],
        deliveries.map((row) => [
          row.patient ?? '(withheld)',
          row.wantedState,
          `${row.wantedEpoch}/${row.wantedSequence}`,
          since(row.wantedAt, now),
          String(row.attempts),
          row.parkedAt === null ? since(now.toISOString(), new Date(row.nextAttemptAt)) : '',
          since(row.failingSince, now),
          row.parkedReason ?? '',
          row.lastError ?? '',
        ]),
        NUMBERS,
      )}\n${next === undefined ? '' : 'There are more; these come first.\n'}`

const edition = (epoch: number | null, sequence: number | null): string =>
  epoch === null || sequence === null ? '' : `${epoch}/${sequence}`

export const personTable = ({ recipients }: SharingStatus, now: Date): string =>
  recipients.length === 0
    ? 'No recipient is to hold anything of this person, or ever was.\n'
    : `${table(
        [
          'recipient',
          'state',
          'should hold',
          'edition',
          'received',
          'stored',
          'shown',
          'behind for',
          'attempts',
          'parked because',
          'last error',
        ],
        recipients.map((row) => [
          row.recipient,
          row.parkedAt === null ? (row.outstanding ? 'behind' : 'in step') : 'parked',
          row.wantedState,
          edition(row.wantedEpoch, row.wantedSequence),
          edition(row.receivedEpoch, row.receivedSequence),
          edition(row.confirmedEpoch, row.confirmedSequence),
          edition(row.shownEpoch, row.shownSequence),
          row.outstanding ? since(row.wantedAt, now) : '',
          String(row.attempts),
          row.parkedReason ?? '',
          row.lastError ?? '',
        ]),
        NUMBERS,
      )}\n`
