import type { RequestContext } from '../../context.ts'
import type { Records } from '../../records/door.ts'
import type { Seal } from '../../records/seal.ts'
import { asService } from '../../sync/as-service.ts'
import { withStore } from '../open.ts'

/**
 * Runs `use` on the records of the service that this machine's settings name, as the service's own work under the name of the command. Throws
 * as `withStore` does. `seal` for what verifies signatures.
 */
export const withRecords = <Result>(
  command: string,
  use: (records: Records, cx: RequestContext) => Promise<Result>,
  seal: Seal = NO_SEAL,
): Promise<Result> =>
  withStore(async (store) => {
    const { createRecords } = await import('../../records/records.ts')
    const { useConsentRegime } = await import('../../plan/jurisdiction.ts')
    useConsentRegime(await store.consentRegime.read())
    return use(createRecords(store, seal), asService(command, 'administration'))
  })

const refused = (): never => {
  throw new Error('These commands sign nothing and verify no signature.')
}
const unsigned = async (): Promise<never> => refused()
/** For what signs nothing, and verifies no signature. */
export const NO_SEAL: Seal = {
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
