import { instants, texts } from '../database/arrays.ts'
import { batch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'

/** One act on what belongs to one person (or to none): a row that is durable before the answer leaves (trust, section 3). */
export type AuditEntry = Readonly<{
  recorded: Date
  requestId: string
  client: string
  organization: string
  role: string
  purpose: string
  interaction: string
  /** `conflict`: nothing was done, because what is stored is not what was supposed. */
  outcome: 'permit' | 'deny' | 'not-found' | 'conflict'
  reason?: string | undefined
  patient?: string | undefined
  /** Keys (`Type/id`) of what was touched. */
  entities: readonly string[]
  /** Names of the search parameters used, never their values. */
  query?: string | undefined
}>

export const AUDIT_COLUMNS = 'recorded, request_id, client, organization, role, purpose, interaction'

/** The columns of AUDIT_COLUMNS as parallel arrays, for `unnest`. */
export const auditArrays = (entries: readonly Omit<AuditEntry, 'outcome' | 'patient' | 'entities'>[]): unknown[] => [
  instants(entries.map((entry) => entry.recorded)),
  texts(entries.map((entry) => entry.requestId)),
  texts(entries.map((entry) => entry.client)),
  texts(entries.map((entry) => entry.organization)),
  texts(entries.map((entry) => entry.role)),
  texts(entries.map((entry) => entry.purpose)),
  texts(entries.map((entry) => entry.interaction)),
]

/** An array of keys as one PostgreSQL array literal: arrays of arrays would be flattened by `unnest`. Keys hold no character that needs an escape. */
export const keysLiteral = (keys: readonly string[]): string => `{${keys.map((key) => `"${key}"`).join(',')}}`

export type AuditStore = Readonly<{
  /** Resolves when every entry is durable. Entries of concurrent requests share one commit. */
  append(entries: readonly AuditEntry[]): Promise<void>
}>

export const auditStore = (database: Database): AuditStore => ({
  append: batch<readonly AuditEntry[], void>(async (groups) => {
    const entries = groups.flat()
    if (entries.length > 0) await database.run(insertAudit(entries))
    return groups.map(() => undefined)
  }),
})

const insertAudit = (entries: readonly AuditEntry[]) => ({
  name: 'insert-audit',
  text: `insert into audit_event (${AUDIT_COLUMNS}, outcome, reason, patient, entities, query)
    select ${AUDIT_COLUMNS}, outcome, reason, patient, entities::text[], query
    from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
      $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
      as entry (${AUDIT_COLUMNS}, outcome, reason, patient, entities, query)`,
  values: [
    ...auditArrays(entries),
    texts(entries.map((entry) => entry.outcome)),
    texts(entries.map((entry) => entry.reason ?? null)),
    texts(entries.map((entry) => entry.patient ?? null)),
    texts(entries.map((entry) => keysLiteral(entry.entities))),
    texts(entries.map((entry) => entry.query ?? null)),
  ],
})
