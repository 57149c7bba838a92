import type { Database } from '../database/database.ts'

type Origin = Readonly<{ sender: string; recipient: string; epoch: number }>

/** What is kept of a sender's audit log in one of its epochs: checkpoints are texts of JSON. */
export type ReceivedCheckpoint = Origin &
  Readonly<{
    size: number
    checkpoint: string
    receivedAt: string
    /** How many in a row were not shown to continue it. */
    unproven: number
    /** The first later one that contradicts it, and when it came. */
    contradiction: string | null
    contradictedAt: string | null
  }>

const COLUMNS = `sender, recipient, epoch, size, checkpoint, received_at as "receivedAt", unproven, contradiction, contradicted_at as "contradictedAt"`

/** All that is kept, by sender and epoch. */
const readAll = (database: Database): Promise<ReceivedCheckpoint[]> =>
  database.run<ReceivedCheckpoint>({
    name: 'received-checkpoints',
    text: `select ${COLUMNS} from received_checkpoint order by sender, recipient, epoch`,
    values: [],
  })

const readOne = async (
  database: Database,
  { sender, recipient, epoch }: Origin,
): Promise<ReceivedCheckpoint | undefined> => {
  const [row] = await database.run<ReceivedCheckpoint>({
    name: 'received-checkpoint',
    text: `select ${COLUMNS} from received_checkpoint where sender = $1 and recipient = $2 and epoch = $3`,
    values: [sender, recipient, epoch],
  })
  return row
}

/** Keeps the first of a sender and epoch, unless there is one. */
const keepFirst = async (
  database: Database,
  { sender, recipient, epoch }: Origin,
  { size, checkpoint }: Readonly<{ size: number; checkpoint: string }>,
): Promise<void> => {
  await database.run({
    name: 'keep-first-checkpoint',
    text: `insert into received_checkpoint (sender, recipient, epoch, size, checkpoint) values ($1, $2, $3, $4, $5)
      on conflict (sender, recipient, epoch) do nothing`,
    values: [sender, recipient, epoch, size, checkpoint],
  })
}

/** Puts one in the place of the one of this size, by which it was judged, unless another has come in between. */
const replace = async (
  database: Database,
  { sender, recipient, epoch }: Origin,
  judgedBy: number,
  { size, checkpoint }: Readonly<{ size: number; checkpoint: string }>,
): Promise<void> => {
  await database.run({
    name: 'replace-checkpoint',
    text: `update received_checkpoint set size = $5, checkpoint = $6, received_at = now(), unproven = 0
      where sender = $1 and recipient = $2 and epoch = $3 and size = $4`,
    values: [sender, recipient, epoch, judgedBy, size, checkpoint],
  })
}

/** Counts one that was not shown to continue what is kept; the `most`th in a row contradicts it. */
const noteUnproven = async (
  database: Database,
  { sender, recipient, epoch }: Origin,
  { checkpoint, most }: Readonly<{ checkpoint: string; most: number }>,
): Promise<void> => {
  await database.run({
    name: 'note-unproven-checkpoint',
    text: `update received_checkpoint set unproven = unproven + 1,
        contradiction = case when unproven + 1 >= $5 then coalesce(contradiction, $4) else contradiction end,
        contradicted_at = case when unproven + 1 >= $5 then coalesce(contradicted_at, now()) else contradicted_at end
      where sender = $1 and recipient = $2 and epoch = $3`,
    values: [sender, recipient, epoch, checkpoint, most],
  })
}

/** Keeps the first that contradicts what is kept. */
const noteContradiction = async (
  database: Database,
  { sender, recipient, epoch }: Origin,
  checkpoint: string,
): Promise<void> => {
  await database.run({
    name: 'note-contradiction',
    text: `update received_checkpoint set contradiction = $4, contradicted_at = now()
      where sender = $1 and recipient = $2 and epoch = $3 and contradicted_at is null`,
    values: [sender, recipient, epoch, checkpoint],
  })
}

/** What is kept of senders' audit logs, on this database. */
export const receivedCheckpoints = (database: Database) => ({
  checkpoints: () => readAll(database),
  checkpoint: (origin: Origin) => readOne(database, origin),
  keepFirst: (origin: Origin, first: Parameters<typeof keepFirst>[2]) => keepFirst(database, origin, first),
  replace: (origin: Origin, judgedBy: number, by: Parameters<typeof replace>[3]) =>
    replace(database, origin, judgedBy, by),
  noteUnproven: (origin: Origin, shown: Parameters<typeof noteUnproven>[2]) => noteUnproven(database, origin, shown),
  noteContradiction: (origin: Origin, checkpoint: string) => noteContradiction(database, origin, checkpoint),
})
