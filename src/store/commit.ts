import { auditArrays, keysLiteral } from './audit.ts'
import { batch } from './batch.ts'
import type { Database } from './database.ts'
import { wasRefused } from './errors.ts'

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

/**
 * Commits everything or nothing, in one round trip however many resources. Commits of concurrent requests that only add go together. Throws
 * `Outdated` or a Problem (see `errors.ts`).
 */
export const commitStore = (database: Database): ((commit: Commit) => Promise<void>) => {
  const together = batch<Commit, { failure?: unknown }>(async (commits) => {
    try {
      await run(database, commits)
      return commits.map(() => ({}))
    } catch (failure) {
      if (commits.length === 1 || !wasRefused(failure)) throw failure
      // One of them was refused, so none was stored. Each goes by itself now, and only that one fails.
      return Promise.all(
        commits.map((commit) =>
          run(database, [commit]).then(
            () => ({}),
            (own: unknown) => ({ failure: own }),
          ),
        ),
      )
    }
  })
  return async (commit) => {
    if (!onlyAdds(commit)) return run(database, [commit])
    const result = await together(commit)
    if ('failure' in result) throw result.failure
  }
}

/** True where a commit writes nothing that another of its kind could write as well, and locks nothing that they would have to take turns for. */
const onlyAdds = ({ resources, persons }: Commit): boolean =>
  persons.length === 0 && resources.every(({ expected, identities }) => expected === -1 && identities.length === 0)

const run = async (database: Database, commits: readonly Commit[]): Promise<void> => {
  const resources = commits.flatMap(({ resources, at, organization }) =>
    resources.map((resource) => ({ ...resource, at, organization })),
  )
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
  const mustExist = commits.flatMap(({ mustExist, organization }) =>
    mustExist.map((wanted) => ({ ...wanted, organization })),
  )
  const persons = commits.flatMap(({ persons, at }) => persons.map((person) => ({ ...person, at })))
  const audited = commits.flatMap(({ at, organization, audit: { touched, ...act } }) =>
    touched.map(({ patient, entities }) => ({
      ...act,
      recorded: at,
      organization: organization ?? '',
      patient,
      entities: keysLiteral(entities),
    })),
  )
  await database.run({
    name: 'commit-changes',
    text: COMMIT,
    values: [
      ...columns(resources, ['type', 'id', 'expected', 'version', 'deleted', 'patient', 'body', 'at', 'organization']),
      ...columns(tokens, ['type', 'id', 'parameter', 'system', 'code']),
      ...columns(references, ['type', 'id', 'parameter', 'targetType', 'targetId']),
      ...columns(identities, ['type', 'system', 'value', 'id']),
      ...columns(mustExist, ['type', 'id', 'patient', 'version', 'organization']),
      ...columns(persons, ['id', 'expected', 'custodian', 'jurisdiction', 'sharing']),
      persons.map(({ inForce }) => keysLiteral(inForce)),
      ...columns(persons, ['outcome', 'answer', 'state', 'summary', 'tombstone', 'at']),
      ...auditArrays(audited),
      ...columns(audited, ['patient', 'entities']),
    ],
  })
}

const columns = <Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[] =>
  names.map((name) => rows.map((row) => row[name]))

const TYPES = [
  'text[], text[], integer[], integer[], boolean[], text[], text[], timestamptz[], text[]',
  'text[], text[], text[], text[], text[]',
  'text[], text[], text[], text[], text[]',
  'text[], text[], text[], text[]',
  'text[], text[], text[], integer[], text[]',
  'text[], bigint[], text[], text[], text[]',
  'text[]',
  'text[], text[], text[], text[], text[], timestamptz[]',
  'timestamptz[], text[], text[], text[], text[], text[], text[]',
  'text[], text[]',
]
  .join(', ')
  .split(', ')

const COMMIT = `select commit_changes(${TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ')})`
