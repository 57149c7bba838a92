import { useAssertionOnce } from './access/assertions.ts'
import { brokenGlassStore } from './access/broken-glass.ts'
import { consentRegimeStore } from './access/consent-regime.ts'
import { readHides } from './access/hiding.ts'
import { type AskedAbout, type LookedFor, readKnown } from './access/known.ts'
import { peopleStore } from './access/people.ts'
import { type AuditEntry, auditStore } from './audit/audit.ts'
import { auditSealStore } from './audit/seal.ts'
import { batch } from './database/batch.ts'
import * as breaker from './database/breaker.ts'
import { openDatabase } from './database/database.ts'
import { Outdated } from './database/errors.ts'
import { jobStore } from './jobs.ts'
import { knownMigrations } from './migrate.ts'
import { type Commit, commitStore } from './resources/commit.ts'
import { type Condition, readConditions } from './resources/conditions.ts'
import { type EverythingQuestion, readEverything } from './resources/everything.ts'
import { readLog, readLogged, readVersions, type VersionsWanted } from './resources/history.ts'
import { readBefore } from './resources/persons.ts'
import { reindexStore } from './resources/reindex.ts'
import { readPerformed } from './resources/repeats.ts'
import { readCurrent, readHistory } from './resources/resources.ts'
import { searchStore } from './resources/searches.ts'
import * as deliveries from './sharing/deliveries.ts'
import * as deliveryLeases from './sharing/delivery-leases.ts'
import * as deliveryReports from './sharing/delivery-reports.ts'
import { readDeliveries } from './sharing/delivery-status.ts'
import { receivedStore } from './sharing/received.ts'
import * as recipients from './sharing/recipients.ts'
import { statusStore } from './sharing/status.ts'
import { verificationStore } from './sharing/verification.ts'
import { createDocumentCache } from './summaries/document-cache.ts'
import { readLineage, readWholePerson } from './summaries/documents.ts'
import { type DemographicQuestion, emergencyByDemographics, emergencyLookup } from './summaries/emergency.ts'
import { noteTurn, readDerived, readSharing, readSummary, readTurns } from './summaries/summaries.ts'

/** Where the bytes are. Everything is one statement; what fails comes out as a Problem, or as one of the failures of `errors.ts`. */
export type Store = Awaited<ReturnType<typeof openStore>>

/** Recipients' answers are in no hurry to be recorded: a statement for many is cheaper than several at a time. */
const TOGETHER = { lanes: 2, most: 128, patience: 20 }

/** Opens the store on a migrated database. Throws where the database cannot be reached or its schema is not the newest. */
export const openStore = async (
  url: string,
  options: { connections?: number; observe?: deliveryReports.DeliveryObserver } = {},
) => {
  const database = openDatabase(url, options)
  // Connections of its own: nothing that others ask can keep a crew waiting.
  const urgent = openDatabase(url, { connections: 5, seconds: 4 })
  // A search may take long: no more at a time than leave others a connection and a processor, and none for longer than anybody waits.
  const searching = openDatabase(url, { connections: 5, seconds: 8 })
  // So that what is over is over in time, however long others wait for a connection.
  const clock = openDatabase(url, { connections: 1 })
  // So that what is sealed and when does not depend on how busy everything else is.
  const sealing = openDatabase(url, { connections: 1 })
  // What is built in the background waits for nobody, and nobody for it. It is connected only while there is something to build.
  const background = openDatabase(url, { connections: 1 })
  const all = [database, searching, urgent, clock, sealing, background]
  const known = knownMigrations()
  try {
    const applied = await database.run<{ name: string }>({ text: 'select name from migration order by id', values: [] })
    if (applied.length !== known.length)
      throw new Error('The database schema is not the one that this version needs. Run `keyplan migrate`.')
    const readEpoch = async (): Promise<number> => {
      const [row] = await database.run<{ epoch: number }>({ text: 'select epoch from installation', values: [] })
      return row?.epoch ?? 1
    }
    let epoch = await readEpoch()
    const [installation] = await database.run<{ searchKey: Buffer }>({
      text: 'select search_key as "searchKey" from installation',
      values: [],
    })
    if (installation === undefined) throw new Error('The database has no row in its table installation.')
    const commit = commitStore(database)
    const audit = auditStore(database)
    const documents = createDocumentCache((state, patients) => deliveries.readDocuments(database, state, patients))
    const verification = verificationStore(database)
    return {
      /** The epoch in force, as it was last seen; a commit that was rendered at one that has passed is refused, and it is read again. */
      get epoch(): number {
        return epoch
      },
      read: readCurrent(database),
      history: (key: { type: string; id: string }, version?: number) => readHistory(database, key, version),
      versions: (key: { type: string; id: string }, wanted: VersionsWanted) => readVersions(database, key, wanted),
      log: (permit: Parameters<typeof readLog>[1], types: readonly string[], wanted: VersionsWanted) =>
        readLog(database, permit, types, wanted),
      logged: (permit: Parameters<typeof readLogged>[1]) => readLogged(database, permit),
      ...searchStore(searching),
      /** By which cursors of searches are signed. */
      searchKey: installation.searchKey,
      before: (asked: Parameters<typeof readBefore>[1]) => readBefore(database, asked),
      conditions: (asked: readonly Condition[]) => readConditions(database, asked),
      performed: (asked: Parameters<typeof readPerformed>[1], now: Date) => readPerformed(database, asked, now),
      consentRegime: consentRegimeStore(database),
      commit: async (changes: Commit): Promise<void> => {
        try {
          await commit(changes)
        } catch (error) {
          if (error instanceof Outdated && error.reason === 'epoch') epoch = await readEpoch()
          throw error
        }
      },
      emergency: emergencyLookup(urgent),
      emergencyByDemographics: (question: DemographicQuestion) => emergencyByDemographics(urgent, question),
      everything: (asked: EverythingQuestion, permit: Parameters<typeof readEverything>[2]) =>
        readEverything(database, asked, permit),
      wholePerson: (patient: string, permit: Parameters<typeof readWholePerson>[2]) =>
        readWholePerson(database, patient, permit),
      hides: (permit: Parameters<typeof readHides>[1], from: Parameters<typeof readHides>[2]) =>
        readHides(database, permit, from),
      known: (asked: readonly AskedAbout[], wanted: LookedFor) => readKnown(database, asked, wanted),
      lineage: (identifier: { system: string; value: string }) => readLineage(database, identifier),
      summary: (patient: string) => readSummary(database, patient),
      derived: (patient: string) => readDerived(database, patient),
      turns: (asked: Parameters<typeof readTurns>[1]) => readTurns(clock, asked),
      noteTurn: (looked: Parameters<typeof noteTurn>[1]) => noteTurn(database, looked),
      sharing: (patient: string) => readSharing(database, patient),
      audit: (entries: readonly AuditEntry[]) => audit.append(entries),
      auditSeal: auditSealStore(sealing),
      useAssertionOnce: useAssertionOnce(database),
      people: peopleStore(database),
      jobs: jobStore(database, clock),
      brokenGlass: brokenGlassStore(database),
      recipients: {
        register: (recipient: recipients.Recipient) => recipients.registerRecipient(database, recipient),
        settle: (id: string, most: number, past?: string) => recipients.settleRecipient(database, id, most, past),
        unsettle: (id: string) => recipients.unsettleRecipient(database, id),
        commitsUnderWay: () => recipients.commitsUnderWay(database),
        unsettled: (ids: readonly string[]) => recipients.readUnsettled(database, ids),
        all: () => recipients.readRecipients(database),
        failed: (id: string, limits: Parameters<typeof breaker.recordFailure>[2]) =>
          breaker.recordFailure(database, id, limits),
        answered: (id: string) => breaker.recordSuccess(database, id),
        probe: (id: string, seconds: number) => breaker.takeProbe(database, id, seconds),
      },
      deliveries: {
        due: (ids: readonly string[]) => deliveries.readDue(database, ids),
        lease: (asked: deliveries.LeaseAsked) => deliveries.leaseDeliveries(database, documents, asked),
        keep: (leases: readonly deliveries.Lease[], seconds: number) =>
          deliveryLeases.keepLeases(database, leases, seconds),
        // What came of many deliveries at a time is recorded together.
        confirm: batch(
          (confirmed: readonly deliveryReports.ConfirmedDelivery[]) =>
            deliveryReports.confirmDeliveries(database, confirmed, options.observe),
          TOGETHER,
        ),
        postpone: batch(
          (failures: readonly deliveryReports.FailedDelivery[]) =>
            deliveryReports.postponeDeliveries(database, failures, options.observe),
          TOGETHER,
        ),
        release: (leases: readonly deliveries.Lease[]) => deliveryLeases.releaseDeliveries(database, leases),
        of: (patient: string) => readDeliveries(database, patient),
      },
      verification: {
        ...verification,
        recognise: async (): Promise<{ epoch: number; raised: boolean }> => {
          const recognised = await verification.recognise()
          epoch = recognised.epoch
          return recognised
        },
      },
      reindex: reindexStore(background, clock),
      received: receivedStore(database),
      status: statusStore(database, verification.read),
      listen: database.listen,
      /** True where the database takes writes and has the schema that this version needs. */
      ready: async (): Promise<boolean> => {
        const [state] = await database.run<{ writable: boolean; migrations: number }>({
          name: 'ready',
          text: 'select not pg_is_in_recovery() as writable, (select count(*)::integer from migration) as migrations',
          values: [],
        })
        return state?.writable === true && state.migrations === known.length
      },
      statements: () => database.statements() + searching.statements() + urgent.statements(),
      pool: database.pool,
      close: async (): Promise<void> => {
        await Promise.all(all.map((one) => one.close()))
      },
    }
  } catch (error) {
    await Promise.all(all.map((one) => one.close()))
    throw error
  }
}
