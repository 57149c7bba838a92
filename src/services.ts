import { setTimeout as wait } from 'node:timers/promises'
import { createApi, createFhirHandler } from './api/handler.ts'
import { createJobRunner } from './api/jobs.ts'
import { createRateLimit } from './api/rate-limit.ts'
import { createValidating } from './api/validating/validating.ts'
import { loadAuditKey } from './auth/audit-key.ts'
import { createAuth } from './auth/auth.ts'
import { certificateFrom } from './auth/client-certificate.ts'
import { type Clients, callerOf, loadClients, usesTestKeys } from './auth/clients.ts'
import { openSigningKeys } from './auth/keys.ts'
import { queryPartFinding } from './auth/requested-scopes.ts'
import { createSeal } from './auth/seal.ts'
import { type Config, ConfigError, isLoopback } from './config.ts'
import { useDefinitions } from './definitions/loaded.ts'
import { definitionsWith, keptIn } from './definitions/packages/kept.ts'
import { Problem } from './fhir/outcome.ts'
import type { Log } from './log.ts'
import { createMetrics } from './metrics.ts'
import { useConsentRegime } from './plan/jurisdiction.ts'
import type { Records } from './records/door.ts'
import { createRecords } from './records/records.ts'
import { createReindexer } from './records/searching/reindexer.ts'
import { scopeQueryFinding } from './search/scope-query.ts'
import { openStore } from './store/store.ts'
import { createAlarms } from './sync/alarms.ts'
import { asService } from './sync/as-service.ts'
import { createDispatcher } from './sync/dispatcher.ts'
import { accessTo, loadRecipients } from './sync/recipients.ts'
import { createSealer } from './sync/sealer.ts'
import { createSessionEnds } from './sync/session-ends.ts'
import { createSettling } from './sync/settle.ts'
import { createTimekeeper } from './sync/timekeeper.ts'
import { createVerification } from './sync/verification.ts'

/** Everything that the service is made of, wired by hand. */
export type Services = Awaited<ReturnType<typeof openServices>>

const safeClients = async ({ clients: path, host, tls, clientCertificateHeader }: Config): Promise<Clients> => {
  const clients = await loadClients(path)
  const findings = [...clients.values()].flatMap(({ clientId, scopes }) =>
    scopes.flatMap((text) => {
      const finding = queryPartFinding(text, scopeQueryFinding)
      return finding === undefined ? [] : [`KEYPLAN_CLIENTS: found the scope ${text} of ${clientId}. ${finding}`]
    }),
  )
  if (findings.length > 0) throw new ConfigError(findings)
  const bound = [...clients.values()].find((client) => client.tlsClientCertificateBoundAccessTokens === true)
  if (bound !== undefined && tls === undefined && clientCertificateHeader === undefined) {
    throw new ConfigError([
      `KEYPLAN_CLIENTS: found ${bound.clientId}, whose tokens are bound to its TLS certificate, and no certificate can be seen. Expected KEYPLAN_TLS_CERTIFICATE and KEYPLAN_TLS_KEY, or KEYPLAN_CLIENT_CERTIFICATE_HEADER behind a proxy that ends TLS.`,
    ])
  }
  if (usesTestKeys(clients) && !isLoopback(host)) {
    throw new ConfigError([
      `KEYPLAN_CLIENTS: found clients whose private keys are published for tests, and HOST ${host} is open to other machines. Expected clients with keys of their own.`,
    ])
  }
  return clients
}

/** While it starts, so long it waits for a database that cannot be reached. */
const AGAIN_MS = 500

/** A recipient that was registered and is named no more still has its copies: nothing is withdrawn by leaving out a line. */
const warnOfUnnamed = async (records: Records, named: readonly { id: string }[], log: Log): Promise<void> => {
  const unnamed = (await records.recipients.all()).filter(({ id }) => named.every((one) => one.id !== id))
  for (const { id } of unnamed)
    log.warn(
      { recipient: id },
      'KEYPLAN_RECIPIENTS does not name a recipient that is registered: this process sends it nothing. To give it up, name it with "active": false',
    )
}

/**
 * Opens the services on a migrated database. `baseUrl` is the address by which clients know this service. Throws where the
 * configuration names something that is missing, wrong or unsafe.
 */
export const openServices = async (options: {
  config: Config
  databaseUrl: string
  baseUrl: string
  log: Log
  /** The module of the process that validates what is large, where it is not the one that was built. */
  validationProcess?: URL | undefined
}) => {
  const { config, databaseUrl, baseUrl, log } = options
  useDefinitions(definitionsWith(keptIn(config.packages)))
  const clients = await safeClients(config)
  const keys = await openSigningKeys({
    log,
    dataFolder: config.dataFolder,
    ...(config.signingKeys === undefined ? {} : { file: config.signingKeys }),
  })
  const auditKey = await loadAuditKey({ dataFolder: config.dataFolder, file: config.auditKey })
  const recipients = config.recipients === undefined ? [] : await loadRecipients(config.recipients)

  const store = await openStore(databaseUrl, {
    observe: {
      stored: (delivery) => metrics.deliveries.stored(delivery),
      failed: (attempt) => metrics.deliveries.failed(attempt),
    },
  })
  const seal = createSeal(keys, auditKey)
  useConsentRegime(await store.consentRegime.read())
  const records = createRecords(store, seal)
  const changed = await records.settleConsentRegime(asService('consent-regime', 'administration'), config.consent)
  if (changed > 0)
    log.info({ regime: config.consent, persons: changed }, 'Sharing was derived anew under another regime of consent')
  const dispatcher = createDispatcher({ records, log })
  const settling = createSettling({ records, log })
  const timekeeper = createTimekeeper({ records, log })
  const reindexer = createReindexer({ store, log })
  const alarms = createAlarms({ records, log })
  const sealer = createSealer({ records, log })
  const verification = createVerification({ records, seal, log })
  const people =
    config.identity === undefined
      ? undefined
      : await (await import('./pages/sign-in/open.ts')).openSignIn({
          identityFile: config.identity,
          idTokenKeys: config.idTokenKeys,
          dataFolder: config.dataFolder,
          clientsPath: config.clients,
          clients,
          records,
          store: store.people,
          baseUrl,
          useAssertionOnce: store.useAssertionOnce,
          scopeQueryFinding,
          note: records.noteSignIn,
          log,
        })
  const sessionEnds = people === undefined ? undefined : createSessionEnds({ sessions: people.sessions, log })
  const certificateOf = certificateFrom(config.clientCertificateHeader)
  const auth = createAuth({
    certificateOf,
    scopeQueryFinding,
    note: records.noteSignIn,
    clients,
    keys,
    baseUrl: () => baseUrl,
    useAssertionOnce: store.useAssertionOnce,
    people,
    log,
  })
  const metrics = createMetrics({
    pool: store.pool,
    standings: records.standings,
    senders: records.received.senders,
    audit: records.auditSeal.standing,
  })
  const validating = createValidating({
    packages: config.packages,
    ...(options.validationProcess === undefined ? {} : { module: options.validationProcess }),
  })
  const fhir = createFhirHandler({
    records,
    validating,
    signIn: auth.smartConfiguration,
    authenticate: (incoming) => {
      const { authorization } = incoming.headers
      const certificate = () => certificateOf(incoming)
      return (
        auth.authenticateCached(authorization, certificate) ??
        people?.findCaller(incoming) ??
        auth.authenticate(authorization, certificate)
      )
    },
    baseUrl: () => `${baseUrl}/fhir`,
    log,
    admit: createRateLimit(config.rates),
    observe: metrics.observeRequest,
  })
  const jobs = createJobRunner({
    records,
    api: createApi({ records, validating, signIn: auth.smartConfiguration, baseUrl: () => `${baseUrl}/fhir`, log }),
    callerOf: (clientId, scopes) => {
      const client = clients.get(clientId)
      return client === undefined ? undefined : callerOf(client, scopes)
    },
    log,
  })
  let started = false
  let draining = false

  /** Does it again while the database cannot be reached: one that restarts must not end a service that starts meanwhile. */
  const onceReachable = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!(error instanceof Problem) || error.kind !== 'unavailable') throw error
        log.warn({ err: error }, 'The database cannot be reached; starting goes on when it can')
        await wait(AGAIN_MS)
      }
    }
  }

  return {
    config,
    baseUrl,
    log,
    store,
    records,
    validating,
    dispatcher,
    verification,
    auth,
    people,
    metrics,
    fhir,
    /** Registers the configured recipients and begins to bring them into step, and what is stored into step with the time. */
    start: async (): Promise<void> => {
      await onceReachable(() => reindexer.start())
      // Before anything is sent: this may not be the database that it was.
      await onceReachable(() => verification.recognise())
      for (const recipient of recipients) {
        const { clientId: _clientId, privateKey: _privateKey, tokenUrl: _tokenUrl, ...registered } = recipient
        await onceReachable(() =>
          records.recipients.register(asService('registration of recipients', 'administration'), registered),
        )
        settling.serve(registered.id)
        const access = accessTo(recipient)
        dispatcher.serve(registered, access)
        await onceReachable(() => verification.serve(registered, access))
      }
      if (config.recipients !== undefined) await onceReachable(() => warnOfUnnamed(records, recipients, log))
      dispatcher.start()
      settling.start()
      await timekeeper.start()
      jobs.start()
      sessionEnds?.start()
      await sealer.start()
      alarms.start()
      verification.start()
      started = true
    },
    /** False until it has started, and while the database cannot be written, its schema is not the newest, or the service is about to stop. */
    ready: async (): Promise<boolean> => started && !draining && (await store.ready().catch(() => false)),
    draining: (): boolean => draining,
    /** From now on the service says that it is not ready, so that nothing new is sent its way. */
    drain: (): void => {
      draining = true
    },
    /** Gives leases back and closes every connection to the database. */
    close: async (): Promise<void> => {
      await Promise.all([
        dispatcher.stop(),
        settling.stop(),
        timekeeper.stop(),
        jobs.stop(),
        sessionEnds?.stop(),
        validating.stop(),
        alarms.stop(),
        verification.stop(),
        sealer.stop(),
        reindexer.stop(),
      ])
      await store.close()
    },
  }
}
