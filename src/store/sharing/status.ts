import type { Database } from '../database/database.ts'
import { type AcknowledgedEdition, confirmAcknowledged, noteShown } from './acknowledgements.ts'
import { type AlarmLimits, type Pair, readAlarms, readAlarmTasks, readOpenAlarmTasks } from './alarms.ts'
import { type Chosen, parkDelivery, replayDeliveries, sweepRecipients } from './operator.ts'
import { type OutstandingPosition, readOutstanding, readStandings } from './standings.ts'
import type { VerificationRow } from './verification.ts'

/** Who is behind, what recipients say of it, and what an operator does about it. */
export const statusStore = (database: Database, readVerification: () => Promise<readonly VerificationRow[]>) => ({
  /** The epoch in force. */
  epoch: async (): Promise<number> => {
    const [row] = await database.run<{ epoch: number }>({
      name: 'epoch',
      text: 'select epoch from installation',
      values: [],
    })
    return row?.epoch ?? 1
  },
  standings: (recipient?: string) => readStandings(database, readVerification, recipient),
  outstanding: (asked: { recipient: string; count: number; after?: OutstandingPosition | undefined }) =>
    readOutstanding(database, asked),
  confirmAcknowledged: (edition: AcknowledgedEdition) => confirmAcknowledged(database, edition),
  noteShown: (edition: AcknowledgedEdition, at: Date) => noteShown(database, edition, at),
  alarms: (limits: AlarmLimits, pairs: readonly Pair[]) => readAlarms(database, limits, pairs),
  openAlarmTasks: () => readOpenAlarmTasks(database),
  alarmTasks: (ids: readonly string[]) => readAlarmTasks(database, ids),
  replay: (chosen: Chosen) => replayDeliveries(database, chosen),
  park: (chosen: Required<Chosen>, reason: string) => parkDelivery(database, chosen, reason),
  sweep: (recipient: string | undefined) => sweepRecipients(database, recipient),
})
