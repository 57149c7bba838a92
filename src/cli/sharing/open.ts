import { readConfig } from '../../config.ts'
import type { RequestContext } from '../../context.ts'
import type { Seal } from '../../records/seal.ts'
import type { Records } from '../../records/types.ts'
import { asService } from '../../sync/as-service.ts'

/**
 * Runs `use` on the records of the service that this machine's settings name, as the service's own work under the name of the command. Throws
 * where no KeyPlan runs on the data folder, or the database has not the schema of this version.
 */
export const withRecords = async <Result>(
  command: string,
  use: (records: Records, cx: RequestContext) => Promise<Result>,
): Promise<Result> => {
  const config = readConfig(process.env)
  const [{ createRecords }, { findEmbeddedPostgres }, { openStore }] = await Promise.all([
    import('../../records/records.ts'),
    import('../../store/embedded-running.ts'),
    import('../../store/store.ts'),
  ])
  const url = config.databaseUrl ?? (await findEmbeddedPostgres({ folder: config.dataFolder }))
  if (url === undefined) {
    throw new Error(
      `no KeyPlan runs on the data folder ${config.dataFolder}. Start it, or set KEYPLAN_DATA to its folder, or DATABASE_URL to its database.`,
    )
  }
  const store = await openStore(url, { connections: 1 }).catch(async (error: unknown) => {
    const { explainDatabase } = await import('../../server.ts')
    throw explainDatabase(error, config.databaseUrl)
  })
  try {
    return await use(createRecords(store, NO_SEAL), asService(command, 'administration'))
  } finally {
    await store.close()
  }
}

const refused = (): never => {
  throw new Error('These commands sign nothing and verify no signature.')
}
const unsigned = async (): Promise<never> => refused()
const NO_SEAL: Seal = {
  sign: unsigned,
  verifyEmbedded: unsigned,
  heartbeatKey: unsigned,
  audit: { publicKey: '', publicKeys: [], sign: refused, isSignedBy: refused },
}

/** An option that must be given. */
export const required = (name: string, value: string | undefined, example: string): string => {
  if (value !== undefined && value.trim() !== '') return value.trim()
  throw new UsageError(`--${name} is missing, e.g. --${name} ${example}`)
}

/** Options that do not go together, or are not enough; reported as the parser's own findings are. */
export class UsageError extends Error {
  readonly code = 'ERR_PARSE_ARGS_USAGE'
}
