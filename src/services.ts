import { createFhirHandler } from './api/handler.ts'
import { createAuth } from './auth/auth.ts'
import { loadClients, usesTestKeys } from './auth/clients.ts'
import { loadSigningKeys } from './auth/keys.ts'
import { type Config, ConfigError, isLoopback } from './config.ts'
import type { Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { createRecords } from './records/records.ts'
import { openStore } from './store/store.ts'

/** Everything that the service is made of, wired by hand. */
export type Services = Awaited<ReturnType<typeof openServices>>

/**
 * Opens the services on a migrated database. `baseUrl` is the address by which clients know this service. Throws where the
 * configuration names something that is missing, wrong or unsafe.
 */
export const openServices = async (options: { config: Config; databaseUrl: string; baseUrl: string; log: Log }) => {
  const { config, databaseUrl, baseUrl, log } = options

  const clients = await loadClients(config.clients)
  if (usesTestKeys(clients) && !isLoopback(config.host)) {
    throw new ConfigError([
      `KEYPLAN_CLIENTS: found clients whose private keys are published for tests, and HOST ${config.host} is open to other machines. Expected clients with keys of their own.`,
    ])
  }
  const keys = await loadSigningKeys({
    dataFolder: config.dataFolder,
    ...(config.signingKeys === undefined ? {} : { file: config.signingKeys }),
  })

  const store = await openStore(databaseUrl)
  const metrics = createMetrics({ pool: store.pool, outstanding: store.deliveries.outstanding })
  const records = createRecords(store)
  const auth = createAuth({ clients, keys, baseUrl: () => baseUrl, useAssertionOnce: store.useAssertionOnce, log })
  const fhir = createFhirHandler({
    records,
    authenticate: (authorization) => auth.authenticateCached(authorization) ?? auth.authenticate(authorization),
    baseUrl: () => `${baseUrl}/fhir`,
    log,
    observe: metrics.observeRequest,
  })

  let draining = false
  return {
    config,
    baseUrl,
    log,
    store,
    metrics,
    records,
    auth,
    fhir,
    /** False while the database cannot be written, its schema is not the newest, or the service is about to stop. */
    ready: async (): Promise<boolean> => !draining && (await store.ready().catch(() => false)),
    draining: (): boolean => draining,
    /** From now on the service says that it is not ready, so that nothing new is sent its way. */
    drain: (): void => {
      draining = true
    },
    close: async (): Promise<void> => {
      await store.close()
    },
  }
}
