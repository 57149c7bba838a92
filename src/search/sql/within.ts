import type { Within } from '../../access/scopes.ts'
import { storedAs } from '../../definitions/search-parameters.ts'
import type { Bind } from '../bind.ts'
import type { Condition } from '../query/query.ts'
import { scopeConditions } from '../scope-query.ts'
import { instantHolds, rowHolds, TABLE } from './rows.ts'

/** SQL that is true of a row of `resource`, by its name in the statement, which scopes with a query part let through. */
export const inScope = (within: Within | undefined, bind: Bind, row: string): string => {
  if (within === undefined) return 'true'
  const cases = [...within].map(([type, queries]) => {
    const any = queries.map((query) =>
      scopeConditions(type, query)
        .map((one) => holds(type, one, bind, row))
        .join(' and '),
    )
    return `when ${bind(type)} then ${any.map((all) => `(${all})`).join(' or ')}`
  })
  return `case ${row}.type ${cases.join(' ')} else true end`
}

/** The same as `search/holds.ts`, which is held against it. The rows of one resource are looked at by its id. */
const holds = (type: string, condition: Condition, bind: Bind, row: string): string => {
  const some = (table: string, where: string): string =>
    `exists (select from ${table} w where w.type = ${row}.type and w.id = ${row}.id and ${where})`
  switch (condition.on) {
    case 'id':
      return `${row}.id = any (${bind(condition.ids)}::text[])`
    case 'updated':
      return `(${condition.alternatives.map((test) => instantHolds(test, `${row}.last_updated`, bind)).join(' or ')})`
    case 'not':
      return `not ${holds(type, condition.of, bind, row)}`
    case 'any':
      return condition.of.length === 0
        ? '(false)'
        : `(${condition.of.map((one) => holds(type, one, bind, row)).join(' or ')})`
    case 'present':
      return some(TABLE[condition.kind], `w.parameter = ${bind(storedAs(type, condition.parameter))}`)
    case 'hierarchy':
    case 'chain':
    case 'has':
      throw new Error('A scope looks at no other resources')
    default:
      return some(TABLE[condition.on], rowHolds(type, condition, 'w', bind))
  }
}
