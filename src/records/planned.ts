import { type Issue, isEnough, issue, MOST_ISSUES } from '../fhir/outcome.ts'
import { findObjects, isId, mapReferences, type Resource } from '../fhir/resource.ts'
import type { Settled } from './conditional.ts'
import { newId } from './ids.ts'
import type { WholeChange } from './patched.ts'
import { resourceIssues } from './write.ts'

/**
 * A change with its id known and the references between new resources resolved. `at`: where it stands in the request. `basis`: the version
 * that it was computed from, 0 where there must be none.
 */
export type Planned = Readonly<{ at: string; type: string; id: string; basis: number | undefined }> &
  Readonly<
    | { do: 'create'; resource: Resource }
    | { do: 'update'; resource: Resource; ifMatch: number | undefined; onlyCreate: boolean }
    | { do: 'delete'; ifMatch: number | undefined }
  >

/** The changes that are to be made. What is answered without a change is left out, and references to it lead to what was found. */
export const planChanges = (settled: readonly Settled<WholeChange>[]): Planned[] => {
  const known = settled.flatMap((one) =>
    one.change === undefined
      ? []
      : [{ change: one.change, basis: one.basis, id: one.change.do === 'create' ? newId() : one.change.id }],
  )
  const keys = new Map<string, string>()
  for (const { change, id } of known) {
    if (change.do !== 'delete' && change.fullUrl !== undefined)
      keys.set(change.fullUrl, `${change.resource.resourceType}/${id}`)
  }
  for (const one of settled) {
    if (one.change === undefined && one.answer.outcome !== 'nothing' && one.fullUrl !== undefined)
      keys.set(one.fullUrl, `${one.answer.stored.type}/${one.answer.stored.id}`)
  }
  return known.map(({ change, id, basis }): Planned => {
    if (change.do === 'delete')
      return { do: 'delete', at: change.at ?? change.type, type: change.type, id, basis, ifMatch: change.ifMatch }
    const type = change.resource.resourceType
    const resource = {
      ...(keys.size === 0
        ? change.resource
        : mapReferences(change.resource, (reference) => keys.get(reference) ?? reference)),
      id,
    }
    const common = { at: change.at ?? type, type, id, basis, resource }
    return change.do === 'update'
      ? { ...common, do: 'update', ifMatch: change.ifMatch, onlyCreate: change.onlyCreate ?? false }
      : { ...common, do: 'create' }
  })
}

/** Everything wrong with the changes by themselves, before anything is read; where very much is, not all of it. */
export const plannedIssues = (planned: readonly Planned[]): Issue[] => {
  const seen = new Set<string>()
  const issues: Issue[] = []
  for (const item of planned) {
    if (isEnough(issues)) break
    const key = `${item.type}/${item.id}`
    // Which of the two would win is left open by http://hl7.org/fhir/R4/http.html#trules.
    if (seen.has(key))
      issues.push(
        issue('duplicate-change', item.at, 'The request changes the same resource twice. Send each resource once.', {
          code: 'invalid',
        }),
      )
    seen.add(key)
    if (!isId(item.id))
      issues.push(
        issue('id-invalid', `${item.at}.id`, 'An id has 1 to 64 letters, digits, "-" and ".".', { code: 'value' }),
      )
    if (item.do !== 'delete')
      issues.push(...unresolved(item.resource, item.at), ...resourceIssues(item.resource, item.at))
  }
  return issues
}

/** The references of a resource that name nothing: one more than are shown at most. */
const unresolved = (resource: Resource, at: string): Issue[] =>
  resource.resourceType === 'Bundle'
    ? []
    : findObjects(
        resource,
        ({ reference }) => typeof reference === 'string' && reference.startsWith('urn:'),
        MOST_ISSUES + 1,
      ).map(({ expression }) =>
        issue(
          'reference-unresolved',
          at + expression.slice(resource.resourceType.length),
          'This reference names nothing in the request. Refer to the fullUrl of an entry, or to Type/id of a stored resource.',
          { code: 'not-found' },
        ),
      )
