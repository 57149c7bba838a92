import type { Permit } from '../access/decide.ts'
import type { Condition } from '../access/facts.ts'
import type { Bind } from './bind.ts'
import { isHidden } from './sql/hidden.ts'
import { isRecorded } from './sql/recorded.ts'
import { inScope } from './sql/within.ts'

/**
 * The SQL form of `access/decide.ts`: rows `r` with their person `p` that the permit lets the caller see, and that its scopes reach. It stands in the WHERE of every
 * resource that a statement reads, whether it is shown or not. Rendered from the very conditions that `decide` evaluates.
 */
export const visible = ({ condition, within }: Permit, bindEach: Bind, row = 'r', person = 'p'): string => {
  const bind = once(bindEach)
  const all = typeof condition !== 'boolean' && 'all' in condition ? condition.all : [condition]
  const special = all.filter(isOfMarked)
  const always = all.filter((one) => !isOfMarked(one)).map((one) => sqlOf(one, bind, row, person))
  // Few rows are marked, so one look says for nearly all of them that nothing of it is about them.
  const marked = special.map((one) => sqlOf(one, bind, row, person)).join(' and ')
  const parts = [
    ...always,
    ...(special.length === 0 ? [] : [`(not exists (select from marked_resource m where ${mark(row)}) or (${marked}))`]),
    ...(within === undefined ? [] : [inScope(within, bind, row)]),
  ]
  return parts.length === 0 ? 'true' : parts.map((part) => `(${part})`).join(' and ')
}

/** Binds the same text once, in however many rules it stands: of searches that go together, each is an array. */
const once = (bind: Bind): Bind => {
  const bound = new Map<string, string>()
  return (value) => {
    if (typeof value !== 'string') return bind(value)
    const name = bound.get(value) ?? bind(value)
    bound.set(value, name)
    return name
  }
}

const mark = (row: string): string => `m.type = ${row}.type and m.id = ${row}.id`

/** Columns `label` and `author` of a row (`marked_resource`), as `Facts` have them. */
export const markColumns = (row = 'r'): string =>
  ['label', 'author']
    .map((column) => `(select m.${column} from marked_resource m where ${mark(row)}) as ${column}`)
    .join(', ')

/** True of a condition about what few rows are marked with, that every row which is not marked fulfils, whatever else is true of it. */
const isOfMarked = (condition: Condition): boolean => names(condition) && holdsUnmarked(condition)

const names = (condition: Condition): boolean => {
  if (typeof condition === 'boolean' || 'recorded' in condition || 'hidden' in condition) return false
  if ('all' in condition) return condition.all.some(names)
  if ('any' in condition) return condition.any.some(names)
  return condition.fact === 'label' || condition.fact === 'author'
}

const holdsUnmarked = (condition: Condition): boolean => {
  if (typeof condition === 'boolean') return condition
  if ('recorded' in condition || 'hidden' in condition) return false
  if ('all' in condition) return condition.all.every(holdsUnmarked)
  if ('any' in condition) return condition.any.some(holdsUnmarked)
  if ('notIn' in condition) return false
  return (condition.fact === 'label' || condition.fact === 'author') && condition.in.includes(null)
}

const sqlOf = (condition: Condition, bind: Bind, row: string, person: string): string => {
  if (typeof condition === 'boolean') return String(condition)
  if ('all' in condition) return joined(condition.all, ' and ', 'true', bind, row, person)
  if ('any' in condition) return joined(condition.any, ' or ', 'false', bind, row, person)
  if ('recorded' in condition)
    return or(condition.recorded.map((one) => isRecorded(one, condition.by, bind, row, person)))
  if ('hidden' in condition) return `not ${isHidden(condition, bind, row, person)}`
  if ('notIn' in condition) return `not ${among(`${row}.type`, condition.notIn, bind)}`
  switch (condition.fact) {
    case 'patient':
    case 'type':
      return among(`${row}.${condition.fact}`, condition.in, bind)
    case 'sharing':
    case 'custodian':
      return among(`${person}.${condition.fact}`, condition.in, bind)
    case 'label':
    case 'author':
      return among(`(select m.${condition.fact} from marked_resource m where ${mark(row)})`, condition.in, bind)
  }
}

const joined = (
  conditions: readonly Condition[],
  word: ' and ' | ' or ',
  none: string,
  bind: Bind,
  row: string,
  person: string,
): string => (conditions.length === 0 ? none : `(${conditions.map((one) => sqlOf(one, bind, row, person)).join(word)})`)

const or = (parts: readonly string[]): string => (parts.length === 0 ? 'false' : `(${parts.join(' or ')})`)

/** Words of the rules themselves, which are the same for every caller, stand in the statement. */
const WORD = /^(?:permitted|withheld|[RV])$/
const written = (value: string, bind: Bind): string => (WORD.test(value) ? `'${value}'` : bind(value))

/** What is among some values; null only where that is one of them. Each value is bound by itself, so that searches of several callers can go together. */
const among = (expression: string, values: readonly (string | null)[], bind: Bind): string => {
  const texts = values.filter((value) => value !== null)
  return or([
    ...(values.includes(null) ? [`${expression} is null`] : []),
    ...(texts.length === 0
      ? []
      : [`coalesce(${expression} in (${texts.map((text) => written(text, bind)).join(', ')}), false)`]),
  ])
}
