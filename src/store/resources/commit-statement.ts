import { SEARCH_TYPES } from './search-rows.ts'

/** The types of what every commit gives, in the order in which `commit.ts` gives it. */
const TYPES = [
  'text[], text[], integer[], integer[], boolean[], text[], text[], timestamptz[]',
  ...SEARCH_TYPES,
  'text',
  'text[], text[], text[], text[]',
  'text[], text[], text[], integer[]',
  'text[], text[]',
  'text[], bigint[], text[], text[], text[]',
  'text[]',
  'text[], text[], text[], text[], text[], timestamptz[], timestamptz[]',
  'timestamptz[], text[], text[], text[], text[], text[], text[]',
  'text[], text[]',
]
  .join(', ')
  .split(', ')

const bound = (types: readonly string[], from = 0): string =>
  types.map((type, index) => `$${from + index + 1}::${type}`).join(', ')

const CONDITION_TYPES = ['text[]', 'text[]', 'bigint[]']
const MARK_TYPES = ['text[]', 'text[]', 'text[]', 'text[]', 'text[]']

const HIDE_TYPES = ['text[]', 'text[]']
const KEEP_TYPES = ['text[]', 'text[]', 'text[]', 'timestamptz[]', 'text[]']

type Statement = Readonly<{ name: string; text: string }>
type With = Readonly<{ conditions: boolean; marks: boolean; hides: boolean; keeps: boolean }>

/**
 * CASE fixes the order (PostgreSQL, section 4.2.14): what was asked before is told first, conditions are taken before persons and resources, and marks,
 * and what persons hide, come after them. `commit_changes`, and the void of the others as text, are never null.
 */
const made = ({ conditions, marks, hides, keeps }: With): Statement => {
  let from = 0
  const take = (types: readonly string[]): string => {
    const list = bound(types, from)
    from += types.length
    return list
  }
  const commit = `commit_changes(${take(TYPES)})::text`
  const steps = [
    conditions ? `case when use_conditions(${take(CONDITION_TYPES)}) then ${commit} end` : commit,
    ...(marks ? [`mark_resources(${take(MARK_TYPES)})::text`] : []),
    ...(hides ? [`hide_cpr(${take(HIDE_TYPES)})::text`] : []),
  ]
  if (keeps) steps.unshift(`keep_requests(${take(KEEP_TYPES)})::text`)
  return {
    name: `commit-changes${conditions ? '-under-conditions' : ''}${marks ? '-with-marks' : ''}${hides ? '-that-hides' : ''}${keeps ? '-once' : ''}`,
    text: `select ${steps.reduce((before, step) => `case when ${before} is not null then ${step} end`)}`,
  }
}

const statements = new Map<string, Statement>()

/** The statement of a commit that needs these, each text and name made once. */
export const statementOf = (needed: With): Statement => {
  const key = JSON.stringify(needed)
  const statement = statements.get(key) ?? made(needed)
  statements.set(key, statement)
  return statement
}
