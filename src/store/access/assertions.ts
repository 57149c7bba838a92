import type { Database } from '../database/database.ts'

/**
 * True the first time that a client's assertion is used, false ever after, in whichever process: one insert under a unique key.
 * Remembered until it has expired.
 */
export const useAssertionOnce =
  (database: Database) =>
  async (client: string, jti: string, expires: Date): Promise<boolean> => {
    const rows = await database.run<{ client: string }>({
      name: 'use-assertion',
      text: `with expired as (delete from assertion_used where expires < now() - interval '2 minutes')
        insert into assertion_used (client, jti, expires) values ($1, $2, $3) on conflict do nothing returning client`,
      values: [client, jti, expires],
    })
    return rows.length === 1
  }
