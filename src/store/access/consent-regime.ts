import type { Database } from '../database/database.ts'

type Regime = 'opt-out' | 'opt-in'

/** Under which regime the sharing of all persons is derived, and what it takes to change that. */
export const consentRegimeStore = (database: Database) => ({
  read: async (): Promise<Regime> => {
    const [row] = await database.run<{ regime: Regime }>({
      text: 'select consent_regime as regime from installation',
      values: [],
    })
    if (row === undefined) throw new Error('The database has no row in its table installation.')
    return row.regime
  },

  /** Ids of the next persons after this one. */
  personsAfter: async (after: string, most: number): Promise<string[]> => {
    const rows = await database.run<{ id: string }>({
      text: 'select id from person where id > $1 order by id limit $2',
      values: [after, most],
    })
    return rows.map(({ id }) => id)
  },

  write: async (regime: Regime): Promise<void> => {
    await database.run({ text: 'update installation set consent_regime = $1', values: [regime] })
  },
})
