import type { Database } from '../database/database.ts'

/** A request that was done: digest of what it asked, and what became of it (JSON). */
export type PerformedRequest = Readonly<{ fingerprint: string; answer: string }>

/** What a client had done under this id within a day; undefined where that was nothing. */
export const readPerformed = async (
  database: Database,
  { client, id }: Readonly<{ client: string; id: string }>,
  now: Date,
): Promise<PerformedRequest | undefined> => {
  const [row] = await database.run<PerformedRequest>({
    name: 'performed-request',
    text: `select fingerprint, answer from performed_request
      where client = $1 and id = $2 and at >= $3::timestamptz - interval '24 hours'`,
    values: [client, id, now],
  })
  return row
}
