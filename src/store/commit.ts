import { keysLiteral } from './audit.ts'
import type { Database } from './database.ts'

/** A resource as it is to be stored. `expected` is the version that must be current now; 0: there must be none; -1: its id was made for it. */
export type WrittenResource = Readonly<{
  type: string
  id: string
  expected: number
  version: number
  deleted: boolean
  patient: string | null
  body: string
  tokens: readonly Readonly<{ parameter: string; system: string; code: string }>[]
  references: readonly Readonly<{ parameter: string; type: string; id: string }>[]
  /** Identifiers that no other resource of the type may have. */
  identities: readonly Readonly<{ system: string; value: string }>[]
}>

/** A person whose derived state changes. `expected` is the sequence that must be current now; 0: a new person. The new one is one higher. */
export type WrittenPerson = Readonly<{
  id: string
  expected: number
  custodian: string
  jurisdiction: string
  sharing: 'permitted' | 'withheld'
  inForce: readonly string[]
  outcome: 'current-plan' | 'no-plan' | 'withheld'
  answer: string
  state: 'current' | 'withdrawn' | 'none'
  summary: string | null
  tombstone: string
}>

export type Commit = Readonly<{
  at: Date
  /** ODS code of the caller's organisation; null for the service's own work. */
  organization: string | null
  resources: readonly WrittenResource[]
  persons: readonly WrittenPerson[]
  /**
   * Resources that this commit counts on and does not change: they must exist, be this person's where `patient` is given, and be at this
   * version where something was derived from it.
   */
  mustExist: readonly Readonly<{ type: string; id: string; patient: string | null; version: number | null }>[]
  audit: Readonly<{
    requestId: string
    client: string
    role: string
    purpose: string
    interaction: string
    /** One for each person touched (null: nobody). */
    touched: readonly Readonly<{ patient: string | null; entities: readonly string[] }>[]
  }>
}>

/** Commits everything or nothing, in one round trip however many resources. Throws `Outdated` or a Problem (see `errors.ts`). */
export const commit = async (
  database: Database,
  { at, organization, resources, persons, mustExist, audit }: Commit,
): Promise<void> => {
  const tokens = resources.flatMap(({ type, id, tokens }) => tokens.map((token) => ({ type, id, ...token })))
  const references = resources.flatMap(({ type, id, references }) =>
    references.map((reference) => ({
      type,
      id,
      parameter: reference.parameter,
      targetType: reference.type,
      targetId: reference.id,
    })),
  )
  const identities = resources.flatMap(({ type, id, identities }) =>
    identities.map((identity) => ({ type, id, ...identity })),
  )
  await database.run({
    name: 'commit-changes',
    text: COMMIT,
    values: [
      at,
      organization,
      ...columns(resources, ['type', 'id', 'expected', 'version', 'deleted', 'patient', 'body']),
      ...columns(tokens, ['type', 'id', 'parameter', 'system', 'code']),
      ...columns(references, ['type', 'id', 'parameter', 'targetType', 'targetId']),
      ...columns(identities, ['type', 'system', 'value', 'id']),
      ...columns(mustExist, ['type', 'id', 'patient', 'version']),
      ...columns(persons, ['id', 'expected', 'custodian', 'jurisdiction', 'sharing']),
      persons.map(({ inForce }) => keysLiteral(inForce)),
      ...columns(persons, ['outcome', 'answer', 'state', 'summary', 'tombstone']),
      audit.requestId,
      audit.client,
      audit.role,
      audit.purpose,
      audit.interaction,
      audit.touched.map(({ patient }) => patient),
      audit.touched.map(({ entities }) => keysLiteral(entities)),
    ],
  })
}

const columns = <Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[] =>
  names.map((name) => rows.map((row) => row[name]))

const TYPES = [
  'timestamptz, text',
  'text[], text[], integer[], integer[], boolean[], text[], text[]',
  'text[], text[], text[], text[], text[]',
  'text[], text[], text[], text[], text[]',
  'text[], text[], text[], text[]',
  'text[], text[], text[], integer[]',
  'text[], bigint[], text[], text[], text[]',
  'text[]',
  'text[], text[], text[], text[], text[]',
  'text, text, text, text, text, text[], text[]',
]
  .join(', ')
  .split(', ')

const COMMIT = `select commit_changes(${TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')})`
