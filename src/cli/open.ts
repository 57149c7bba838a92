import { readConfig } from '../config.ts'
import type { Store } from '../store/store.ts'

/**
 * Runs `use` on the store of the service that this machine's settings name. Throws where no KeyPlan runs on the data folder, or the database
 * has not the schema of this version.
 */
export const withStore = async <Result>(use: (store: Store) => Promise<Result>): Promise<Result> => {
  const config = readConfig(process.env)
  const [{ findEmbeddedPostgres }, { openStore }] = await Promise.all([
    import('../store/embedded/running.ts'),
    import('../store/store.ts'),
  ])
  const url = config.databaseUrl ?? (await findEmbeddedPostgres({ folder: config.dataFolder }))
  if (url === undefined) {
    throw new Error(
      `no KeyPlan runs on the data folder ${config.dataFolder}. Start it, or set KEYPLAN_DATA to its folder, or DATABASE_URL to its database.`,
    )
  }
  const store = await openStore(url, { connections: 1 }).catch(async (error: unknown) => {
    const { explainDatabase } = await import('../server.ts')
    throw explainDatabase(error, config.databaseUrl)
  })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
