import { type Issue, issue } from '../fhir/outcome.ts'
import { findReferences, isId, mapReferences, type Resource } from '../fhir/resource.ts'
import { conditionalIdentity } from './conditional.ts'
import { newId } from './ids.ts'
import type { Change, StoredResource } from './types.ts'
import { resourceIssues } from './write.ts'

/** A change with its id known and the references between new resources resolved. `at`: where it stands in the request. */
export type Planned = Readonly<{ at: string; type: string; id: string }> &
  Readonly<
    | { do: 'create'; resource: Resource; identities: readonly { system: string; value: string }[] }
    | { do: 'update'; resource: Resource; ifMatch: number | undefined; onlyCreate: boolean }
    | { do: 'delete'; ifMatch: number | undefined }
  >

/** The changes that are to be made; one that a conditional create found (`found`) is left out, and references to it lead to what was found. */
export const planChanges = (changes: readonly Change[], found: readonly (StoredResource | undefined)[]): Planned[] => {
  const keys = new Map<string, string>()
  const ids = changes.map((change, index) => {
    const id = found[index]?.id ?? (change.do === 'create' ? newId() : change.id)
    if (change.do !== 'delete' && change.fullUrl !== undefined)
      keys.set(change.fullUrl, `${change.resource.resourceType}/${id}`)
    return id
  })
  return changes.flatMap((change, index): Planned[] => {
    if (found[index] !== undefined) return []
    const id = ids[index] as string
    if (change.do === 'delete')
      return [{ do: 'delete', at: change.at ?? change.type, type: change.type, id, ifMatch: change.ifMatch }]
    const type = change.resource.resourceType
    const resource = {
      ...(keys.size === 0
        ? change.resource
        : mapReferences(change.resource, (reference) => keys.get(reference) ?? reference)),
      id,
    }
    const common = { at: change.at ?? type, type, id, resource }
    return change.do === 'update'
      ? [{ ...common, do: 'update', ifMatch: change.ifMatch, onlyCreate: change.onlyCreate ?? false }]
      : [{ ...common, do: 'create', identities: change.ifNoneExist === undefined ? [] : [conditionalIdentity(change)] }]
  })
}

/** Everything wrong with the changes by themselves, before anything is read. */
export const plannedIssues = (planned: readonly Planned[]): Issue[] => {
  const seen = new Set<string>()
  return planned.flatMap((item) => {
    const key = `${item.type}/${item.id}`
    const twice = seen.has(key)
    seen.add(key)
    return [
      // Which of the two would win is left open by http://hl7.org/fhir/R4/http.html#trules.
      ...(twice
        ? [
            issue(
              'duplicate-change',
              item.at,
              'The request changes the same resource twice. Send each resource once.',
              { code: 'invalid' },
            ),
          ]
        : []),
      ...(isId(item.id)
        ? []
        : [issue('id-invalid', `${item.at}.id`, 'An id has 1 to 64 letters, digits, "-" and ".".', { code: 'value' })]),
      ...(item.do === 'delete'
        ? []
        : [...unresolved(item.resource, item.at), ...resourceIssues(item.resource, item.at)]),
    ]
  })
}

const unresolved = (resource: Resource, at: string): Issue[] =>
  resource.resourceType === 'Bundle'
    ? []
    : findReferences(resource)
        .filter(({ reference }) => reference.reference?.startsWith('urn:') === true)
        .map(({ expression }) =>
          issue(
            'reference-unresolved',
            at + expression.slice(resource.resourceType.length),
            'This reference names nothing in the request. Refer to the fullUrl of an entry, or to Type/id of a stored resource.',
            { code: 'not-found' },
          ),
        )
