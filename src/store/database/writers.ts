import type { Database } from './database.ts'

const WRITERS = `from pg_locks where locktype = 'relation' and mode = 'RowExclusiveLock' and relation = $1::regclass and granted
  and database = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()`

/**
 * Resolves to a question: have the transactions ended that are writing to this table now? Whoever writes holds the table's lock to the end of the
 * transaction, and takes it before looking at anything by that statement. So only transactions of this database count, and of those only the ones
 * that write there: PostgreSQL's snapshots know of every transaction of the cluster.
 */
export const writersUnderWay = async (
  database: Database,
  table: 'audit_event' | 'delivery' | 'resource',
): Promise<() => Promise<boolean>> => {
  const writing = await database.run<{ transaction: string }>({
    name: 'writers',
    text: `select virtualtransaction as transaction ${WRITERS}`,
    values: [table],
  })
  const transactions = writing.map(({ transaction }) => transaction)
  return async () => {
    if (transactions.length === 0) return true
    const left = await database.run({
      name: 'writers-left',
      text: `select ${WRITERS} and virtualtransaction = any ($2)`,
      values: [table, transactions],
    })
    return left.length === 0
  }
}
