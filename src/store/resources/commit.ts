import type { SearchValues } from '../../search/values.ts'
import { auditArrays, keysLiteral } from '../audit/audit.ts'
import { instants, plain, texts } from '../database/arrays.ts'
import { batch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'
import { wasRefused } from '../database/errors.ts'
import { statementOf } from './commit-statement.ts'
import { type CountedCondition, conditionArrays } from './conditions.ts'
import { searchArrays } from './search-rows.ts'

/** A resource as it is to be stored. `expected` is the version that must be current now; 0: there must be none; -1: its id was made for it. */
export type WrittenResource = Readonly<{
  type: string
  id: string
  expected: number
  version: number
  deleted: boolean
  patient: string | null
  body: string
  /** What it is found by. A reference under no parameter is one that no parameter is about. */
  values: SearchValues
  /** Identifiers that no other resource of the type may have. */
  identities: readonly Readonly<{ system: string; value: string }>[]
  /** What is to be marked of it from now on (`marked_resource`); undefined where nothing changes. */
  mark?: Readonly<{
    label: string | null
    author: string | null /** id of the draft CarePlan that it came with */
    partOf?: string
  }>
}>

/** Everything that is derived for a person. */
export type DerivedState = Readonly<{
  jurisdiction: string
  sharing: 'permitted' | 'withheld'
  /** From whom what was decided about CPR is hidden (`person.cpr_hidden_from`), sorted. */
  cprHiddenFrom: readonly string[]
  inForce: readonly string[]
  outcome: 'current-plan' | 'no-plan' | 'withheld'
  answer: string
  state: 'current' | 'withdrawn' | 'none'
  summary: string | null
  tombstone: string
  /** When something else holds although nobody changes the record; null: never. */
  nextTurn: Date | null
}>

/** A person whose derived state changes. `expected` is the sequence that must be current now; 0: a new person. The new one is one higher. */
export type WrittenPerson = DerivedState &
  Readonly<{
    id: string
    expected: number
    custodian: string
    /** Whether `cprHiddenFrom` is not what is stored already, as nearly never. */
    hidesAnew: boolean
  }>

/** A request of a client that a commit does, under the name that the client gave it. */
export type KeptRequest = Readonly<{
  client: string
  id: string
  fingerprint: string
  /** JSON: what became of it. */
  answer: string
}>

export type Commit = Readonly<{
  at: Date
  /** By which definitions of search parameters the values were taken: see `reindex.ts`. */
  definitions: string
  /** ODS code of the caller's organisation; null for the service's own work. */
  organization: string | null
  resources: readonly WrittenResource[]
  persons: readonly WrittenPerson[]
  /**
   * Resources that this commit counts on and does not change: they must exist, be this person's where `patient` is given, and be at this
   * version where something was derived from it.
   */
  mustExist: readonly Readonly<{ type: string; id: string; patient: string | null; version: number | null }>[]
  /** Conditions that nothing matched: the commit is refused where something was created under one of them since. */
  conditions?: readonly CountedCondition[]
  /** The commit is refused (`Repeated`) where this has been done already. */
  kept?: KeptRequest | undefined
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
 * `Outdated`, `StillReferenced`, `Repeated` or a Problem (see `errors.ts`).
 */
export const commitStore = (database: Database): ((commit: Commit) => Promise<void>) => {
  const together = batch<Commit, { failure?: unknown }>(
    async (commits, beside) => {
      try {
        await run(beside ? database.run : database.runInTurn, commits)
        return commits.map(() => ({}))
      } catch (failure) {
        if (commits.length === 1 || !wasRefused(failure)) throw failure
        // One of them was refused, so none was stored. Each goes by itself now, and only that one fails.
        return Promise.all(
          commits.map((commit) =>
            run(database.run, [commit]).then(
              () => ({}),
              (own: unknown) => ({ failure: own }),
            ),
          ),
        )
      }
    },
    { follow: true },
  )
  return async (commit) => {
    if (!onlyAdds(commit)) return run(database.run, [commit])
    const result = await together(commit)
    if ('failure' in result) throw result.failure
  }
}

/** True where a commit writes nothing that another of its kind could write as well, and locks nothing that they would have to take turns for. */
const onlyAdds = ({ resources, persons, conditions = [] }: Commit): boolean =>
  persons.length === 0 &&
  conditions.length === 0 &&
  resources.every(({ expected, identities }) => expected === -1 && identities.length === 0)

const run = async (send: Database['run'], commits: readonly Commit[]): Promise<void> => {
  const resources = commits.flatMap((commit) => commit.resources.map((resource) => ({ commit, resource })))
  const identities = resources.flatMap(({ resource }) =>
    resource.identities.map((identity) => ({ resource, identity })),
  )
  const wanted = commits.flatMap(({ mustExist }) => mustExist)
  const owners = commits.flatMap(({ resources, mustExist, organization }) =>
    [...new Set([...resources, ...mustExist].map(({ patient }) => patient))].map((patient) => ({
      patient,
      organization,
    })),
  )
  const persons = commits.flatMap((commit) => commit.persons.map((person) => ({ commit, person })))
  const audited = commits.flatMap(({ at, organization, audit }) =>
    audit.touched.map(({ patient, entities }) => ({
      recorded: at,
      organization: organization ?? '',
      patient,
      entities,
      ...audit,
    })),
  )
  const conditions = commits.flatMap((commit) => commit.conditions ?? [])
  const marked = resources.flatMap(({ resource }) =>
    resource.mark === undefined ? [] : [{ ...resource, ...resource.mark }],
  )
  const hiding = persons.filter(({ person }) => person.hidesAnew)
  const kept = commits.flatMap(({ at, kept }) => (kept === undefined ? [] : [{ ...kept, at }]))
  const { name, text } = statementOf({
    conditions: conditions.length > 0,
    marks: marked.length > 0,
    hides: hiding.length > 0,
    keeps: kept.length > 0,
  })
  await send({
    name,
    text,
    values: [
      texts(resources.map(({ resource }) => resource.type)),
      texts(resources.map(({ resource }) => resource.id)),
      plain(resources.map(({ resource }) => resource.expected)),
      plain(resources.map(({ resource }) => resource.version)),
      plain(resources.map(({ resource }) => resource.deleted)),
      texts(resources.map(({ resource }) => resource.patient)),
      texts(resources.map(({ resource }) => resource.body)),
      instants(resources.map(({ commit }) => commit.at)),
      ...searchArrays(resources.map(({ resource }) => resource)),
      commits[0]?.definitions,
      ...unlessEmpty(identities, [
        texts(identities.map(({ resource }) => resource.type)),
        texts(identities.map(({ identity }) => identity.system)),
        texts(identities.map(({ identity }) => identity.value)),
        texts(identities.map(({ resource }) => resource.id)),
      ]),
      texts(wanted.map((resource) => resource.type)),
      texts(wanted.map((resource) => resource.id)),
      texts(wanted.map((resource) => resource.patient)),
      plain(wanted.map((resource) => resource.version)),
      texts(owners.map(({ patient }) => patient)),
      texts(owners.map(({ organization }) => organization)),
      texts(persons.map(({ person }) => person.id)),
      ...unlessEmpty(persons, [
        plain(persons.map(({ person }) => person.expected)),
        texts(persons.map(({ person }) => person.custodian)),
        texts(persons.map(({ person }) => person.jurisdiction)),
        texts(persons.map(({ person }) => person.sharing)),
        texts(persons.map(({ person }) => keysLiteral(person.inForce))),
        texts(persons.map(({ person }) => person.outcome)),
        texts(persons.map(({ person }) => person.answer)),
        texts(persons.map(({ person }) => person.state)),
        texts(persons.map(({ person }) => person.summary)),
        texts(persons.map(({ person }) => person.tombstone)),
        instants(persons.map(({ commit }) => commit.at)),
        instants(persons.map(({ person }) => person.nextTurn)),
      ]),
      ...auditArrays(audited),
      texts(audited.map(({ patient }) => patient)),
      texts(audited.map(({ entities }) => keysLiteral(entities))),
      ...(conditions.length === 0 ? [] : conditionArrays(conditions)),
      ...(marked.length === 0
        ? []
        : [
            texts(marked.map(({ type }) => type)),
            texts(marked.map(({ id }) => id)),
            texts(marked.map(({ label }) => label)),
            texts(marked.map(({ author }) => author)),
            texts(marked.map(({ partOf = null }) => partOf)),
          ]),
      ...(hiding.length === 0
        ? []
        : [
            texts(hiding.map(({ person }) => person.id)),
            texts(hiding.map(({ person }) => keysLiteral(person.cprHiddenFrom))),
          ]),
      ...(kept.length === 0
        ? []
        : [
            texts(kept.map(({ client }) => client)),
            texts(kept.map(({ id }) => id)),
            texts(kept.map(({ fingerprint }) => fingerprint)),
            instants(kept.map(({ at }) => at)),
            texts(kept.map(({ answer }) => answer)),
          ]),
    ],
  })
}

/** Nothing is cheaper to send and to read than arrays without elements. */
const unlessEmpty = (rows: readonly unknown[], arrays: readonly unknown[]): readonly unknown[] =>
  rows.length > 0 ? arrays : arrays.map(() => null)
