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
      return exists(
        `person_place l where l.patient = ${row}.patient`,
        isOrganization(by, bind, (organization) => `${organization} = any (l.practices)`),
      )
    case 'care-team':
      return exists(
        `resource c where c.type = 'CareTeam' and c.patient = ${row}.patient`,
        token('CareTeam', 'status', ['active'], bind),
        inForce('CareTeam', 'date', by, bind),
        isOrganization(by, bind, (organization) => participant(organization, bind)),
      )
    case 'recipient':
      return exists(
        `recipient q left join person_place l on l.patient = ${row}.patient where ${isOrganization(by, bind, (organization) => `q.organization = ${organization}`)}`,
        `serves(q, ${person}, l)`,
      )
    case 'proxy':
      return by.user === undefined ? 'false' : proxy(by.user, by, bind, row)
  }
}

const or = (parts: readonly string[]): string => `(${parts.join(' or ')})`
const exists = (from: string, ...where: readonly string[]): string =>
  `exists (select from ${[from, ...where].join(' and ')})`

/** Who acts for no organisation is recorded under none. */
const isOrganization = ({ organization }: Asker, bind: Bind, holds: (organization: string) => string): string =>
  organization === '' ? 'false' : holds(bind(organization))

/** The team `c` has this organisation (ODS code) in it: by reference to one that is stored here, or by its code itself. */
const participant = (organization: string, bind: Bind): string => {
  const system = bind(IDENTIFIER_SYSTEM.odsCode)
  const parameter = storedAs('CareTeam', 'participant')
  return or([
    exists(
      `search_reference f join search_token o on o.type = 'Organization' and o.id = f.target_id where f.id = c.id and f.type = 'CareTeam'`,
      `f.parameter = ${bind(parameter)} and f.target_type = 'Organization'`,
      `o.parameter = ${bind(storedAs('Organization', 'identifier'))} and o.code = ${organization} and o.system = ${system}`,
    ),
    exists(
      `search_token f where f.id = c.id and f.type = 'CareTeam' and f.parameter = ${bind(`${parameter}:identifier`)}`,
      `f.code = ${organization} and f.system = ${system}`,
    ),
  ])
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
    `not (c.body::jsonb @? '$.** ? (@.url like_regex "/only-when-incapable$" && @.valueBoolean == true)')`,
    exists(
      `search_reference f join search_token i on i.id = f.target_id and i.type = 'RelatedPerson'
        where f.id = c.id and f.type = 'Consent' and f.parameter = ${bind(storedAs('Consent', 'actor'))} and f.target_type = 'RelatedPerson'`,
      `i.parameter = ${bind(storedAs('RelatedPerson', 'identifier'))} and i.code = ${bind(value)} and i.system = ${bind(system)}`,
    ),
  )
