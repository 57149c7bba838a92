import type { Permit } from '../../access/decide.ts'
import { problem } from '../../fhir/outcome.ts'
import { bareReferences } from '../../search/query/bare.ts'
import type { Branch } from '../../search/query/query.ts'
import { type LeadsTo, leadsToSql } from '../../search/sql/bare.ts'
import type { Store } from '../../store/store.ts'

/**
 * Throws `bad-request` where an id in a search, of which no type is said, leads to resources of several types: what is found would be mixed
 * (http://hl7.org/fhir/R4/search.html#reference). Only what may be seen counts, so that nothing else is told. No statement where every id has a type.
 */
export const requireOneType = async (store: Store, permit: Permit, branches: readonly Branch[]): Promise<void> => {
  const bare = bareReferences(branches)
  if (bare.length === 0) return
  const found = await store.search<LeadsTo>(leadsToSql(bare, permit))
  for (const { type, parameter, id } of bare) {
    const targets = found.flatMap((one) =>
      one.type === type && one.parameter === parameter && one.id === id ? [one.target] : [],
    )
    if (targets.length > 1)
      throw problem(
        'bad-request',
        'reference-ambiguous',
        `${parameter}: this id alone leads to resources of several types: ${targets.join(', ')}. Say which is meant: ${parameter}=${targets[0]}/[id].`,
        { expression: parameter, code: 'multiple-matches' },
      )
  }
}
