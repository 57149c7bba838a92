import type { Asker, Recorded } from '../../access/facts.ts'
import { storedAs } from '../../definitions/search-parameters.ts'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import type { Bind } from '../bind.ts'

/**
 * SQL that is true where something is on record of who asks and the person of a row (`patient` of the row, `p` the person): told by the rows by which
 * resources are found, so in the very state in which these are.
 */
export const isRecorded = (one: Recorded, by: Asker, bind: Bind, row = 'r', person = 'p'): string => {
  switch (one) {
    case 'general-practitioner':
      return or(named('Patient', 'general-practitioner', by, bind, `${row}.patient`))
    case 'care-team':
      return exists(
        `resource c where c.type = 'CareTeam' and c.patient = ${row}.patient`,
        token('CareTeam', 'status', ['active'], bind),
        inForce('CareTeam', 'date', by, bind),
        or(named('CareTeam', 'participant', by, bind, 'c.id')),
      )
    case 'recipient':
      return exists(
        `recipient q where q.active and q.organization = ${bind(by.organization)}`,
        `${person}.jurisdiction = any (q.jurisdictions)`,
      )
    case 'proxy':
      return by.user === undefined ? 'false' : proxy(by.user, by, bind, row)
  }
}

const or = (parts: readonly string[]): string => `(${parts.join(' or ')})`
const exists = (from: string, ...where: readonly string[]): string =>
  `exists (select from ${[from, ...where].join(' and ')})`

/** A resource, by its id, refers under this parameter to an organisation with the ODS code of who asks, or names that code itself. */
const named = (type: string, parameter: string, { organization }: Asker, bind: Bind, id: string): string[] => {
  if (organization === '') return ['false']
  const system = bind(IDENTIFIER_SYSTEM.odsCode)
  const code = bind(organization)
  const organizations = `array(select o.id from search_token o where o.type = 'Organization'
    and o.parameter = ${bind(storedAs('Organization', 'identifier'))} and o.code = ${code} and o.system = ${system})`
  return [
    exists(
      `search_reference f where f.id = ${id} and f.type = ${bind(type)} and f.parameter = ${bind(storedAs(type, parameter))}`,
      `f.target_type = 'Organization' and f.target_id = any (${organizations})`,
    ),
    exists(
      `search_token f where f.id = ${id} and f.type = ${bind(type)} and f.parameter = ${bind(`${parameter}:identifier`)}`,
      `f.code = ${code} and f.system = ${system}`,
    ),
  ]
}

/** The resource `c` has one of these codes. */
const token = (type: string, parameter: string, codes: readonly string[], bind: Bind): string =>
  exists(
    `search_token s where s.id = c.id and s.type = ${bind(type)} and s.parameter = ${bind(storedAs(type, parameter))}`,
    `s.code = any (${bind(codes)}::text[])`,
  )

/** The resource `c` states no period, or one that holds now. */
const inForce = (type: string, parameter: string, { now }: Asker, bind: Bind): string =>
  `not ${exists(
    `search_date d where d.id = c.id and d.type = ${bind(type)} and d.parameter = ${bind(storedAs(type, parameter))}`,
    `not (d.low <= ${bind(now)}::timestamptz and d.high > ${bind(now)}::timestamptz)`,
  )}`

/**
 * An active proxy Consent that names a RelatedPerson with the identifier of who asks. A power that holds only once the person cannot decide counts for
 * nothing here: that they cannot is not told by these rows.
 */
const proxy = ({ system, value }: NonNullable<Asker['user']>, by: Asker, bind: Bind, row: string): string =>
  exists(
    `resource c where c.type = 'Consent' and c.patient = ${row}.patient`,
    token('Consent', 'status', ['active'], bind),
    token('Consent', 'category', ['welfare-proxy'], bind),
    inForce('Consent', 'period', by, bind),
    `c.body not like '%/only-when-incapable","valueBoolean":true%'`,
    exists(
      `search_reference f join search_token i on i.id = f.target_id and i.type = 'RelatedPerson'
        where f.id = c.id and f.type = 'Consent' and f.parameter = ${bind(storedAs('Consent', 'actor'))} and f.target_type = 'RelatedPerson'`,
      `i.parameter = ${bind(storedAs('RelatedPerson', 'identifier'))} and i.code = ${bind(value)} and i.system = ${bind(system)}`,
    ),
  )
