import type { Portal } from '../../access/facts.ts'
import { storedAs } from '../../definitions/search-parameters.ts'
import type { Bind } from '../bind.ts'

/**
 * SQL that is true of a row whose person (`person`, of the row) hides from who asks what the row tells: what any version of the resource tells that `telling` finds.
 * It is read out of the bodies when it is asked, of persons who hide something alone, so nothing has to be kept in step. `isWhole`: SQL that is true
 * of what is made of all that is in force, which tells it.
 */
export const isHidden = (
  { from, telling }: Readonly<{ from: Portal; telling: string }>,
  bind: Bind,
  row = 'r',
  person = 'p',
  isWhole = 'false',
): string => {
  const version = (table: string): string =>
    `exists (select from ${table} v where v.type = ${row}.type and v.id = ${row}.id and v.body ~* ${bind(telling)})`
  return `(case when ${hidesFrom(from, bind, person)} then ${isWhole} or ${version('resource')} or ${version('resource_history')} else false end)`
}

/**
 * SQL that is true of a person who hides something from who asks. Somebody who is named, and of whom no number at the asker's identity provider is on
 * record, may be the asker: under another RelatedPerson, which has theirs.
 */
export const hidesFrom = ({ role, user }: Portal, bind: Bind, person = 'p'): string => {
  const hidden = `${person}.cpr_hidden_from`
  if (role === 'patient') return `'patient' = any (${hidden})`
  return `('proxy' = any (${hidden}) or exists (
    select from unnest(${hidden}) named where named like 'RelatedPerson/%' and coalesce((
      select bool_or(i.code = ${bind(user.value)}) from search_token i where i.id = substr(named, 15) and i.type = 'RelatedPerson'
        and i.parameter = ${bind(storedAs('RelatedPerson', 'identifier'))} and i.system = ${bind(user.system)}), true)))`
}
