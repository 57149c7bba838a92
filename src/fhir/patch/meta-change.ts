import type { Coding, Meta } from 'fhir/r4.js'
import { isObject, type JsonObject } from './tree.ts'

/** Profiles, tags and security labels that are added to those of a resource, or taken away (http://hl7.org/fhir/R4/resource-operation-meta-add.html). */
export type MetaChange = Readonly<{
  how: 'add' | 'delete'
  profiles: readonly string[]
  tags: readonly Coding[]
  security: readonly Coding[]
}>

/** A tag or a label is the same by system and code; what else stands beside them does not count. */
const codingKey = ({ system = '', code = '' }: Coding): string => JSON.stringify([system, code])

const changed = <Item>(
  had: readonly Item[],
  named: readonly Item[],
  how: MetaChange['how'],
  key: (item: Item) => string,
): readonly Item[] => {
  const keys = new Set((how === 'add' ? had : named).map(key))
  if (how === 'delete') return had.filter((item) => !keys.has(key(item)))
  return [...had, ...new Map(named.filter((item) => !keys.has(key(item))).map((item) => [key(item), item])).values()]
}

/** The resource with the change made in its meta: what is there already is not added again, what is not there need not be taken away. */
export const applyMetaChange = (resource: JsonObject, { how, profiles, tags, security }: MetaChange): JsonObject => {
  const meta: Meta = isObject(resource['meta']) ? resource['meta'] : {}
  const { profile, tag, security: labels, ...rest } = meta
  const nextProfiles = changed(profile ?? [], profiles, how, (url) => url)
  const nextTags = changed(tag ?? [], tags, how, codingKey)
  const nextLabels = changed(labels ?? [], security, how, codingKey)
  return {
    ...resource,
    meta: {
      ...rest,
      ...(nextProfiles.length === 0 ? {} : { profile: nextProfiles }),
      ...(nextLabels.length === 0 ? {} : { security: nextLabels }),
      ...(nextTags.length === 0 ? {} : { tag: nextTags }),
    },
  }
}
