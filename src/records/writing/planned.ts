import { type Issue, isEnough, issue, MOST_ISSUES } from '../../fhir/outcome.ts'
import { type FoundObject, findObjects, isId, parseReference, type Resource } from '../../fhir/resource.ts'
import type { Label } from '../../plan/marks.ts'
import type { Settled, WholeChange } from './conditional.ts'
import { inEntry } from './entry.ts'
import { mapFairly } from './fairly.ts'
import { newId } from './ids.ts'
import { type Rename, renameLinks } from './links.ts'
import { resourceIssues } from './write.ts'

/**
 * A change with its id known and the references between new resources resolved. `at`: where it stands in the request. `basis`: the version
 * that it was computed from, 0 where there must be none. `open`: the references of the resource that do not name a resource yet.
 */
export type Planned = Readonly<{ at: string; type: string; id: string; basis: number | undefined }> &
  Readonly<
    | { do: 'create'; resource: Resource; open: readonly FoundObject[] }
    | {
        do: 'update'
        resource: Resource
        open: readonly FoundObject[]
        ifMatch: number | undefined
        onlyCreate: boolean
        label: Label | null | undefined
      }
    | { do: 'delete'; ifMatch: number | undefined }
  >

/** The changes that are to be made. What is answered without a change is left out, and references to it lead to what was found. */
export const planChanges = (settled: readonly Settled<WholeChange>[]): Promise<Planned[]> => {
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
  return mapFairly(known, ({ change, id, basis }): Planned => {
    if (change.do === 'delete')
      return { do: 'delete', at: change.at ?? change.type, type: change.type, id, basis, ifMatch: change.ifMatch }
    const type = change.resource.resourceType
    const renamed =
      keys.size === 0
        ? change.resource
        : inEntry(change.at, () => renameLinks(change.resource, renaming(keys, change.fullUrl)))
    // What is added to a copy made by `...` would give each copy a hidden class of its own in V8 (docs/performance.md).
    const resource = Object.assign({}, renamed, { id })
    const common = { at: change.at ?? type, type, id, basis, resource, open: openReferences(resource) }
    return change.do === 'update'
      ? {
          do: 'update',
          ifMatch: change.ifMatch,
          onlyCreate: change.onlyCreate ?? false,
          label: change.label,
          ...common,
        }
      : { do: 'create', ...common }
  })
}

/**
 * What a link becomes in an entry with this fullUrl (http://hl7.org/fhir/R4/bundle.html#references): where that is an address on another server,
 * `Patient/1` means the Patient of that server, and never one of ours that happens to have the same id.
 */
const renaming = (keys: ReadonlyMap<string, string>, fullUrl: string | undefined): Rename => {
  const [, base] = /^(https?:\/\/.+\/)[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl ?? '') ?? []
  if (base === undefined) return (link) => keys.get(link)
  return (link) => {
    const absolute = parseReference(link) === undefined ? link : base + link
    return keys.get(absolute) ?? (absolute === link ? undefined : absolute)
  }
}

/** Everything wrong with the changes by themselves, before anything is read; where very much is, not all of it. */
export const plannedIssues = async (planned: readonly Planned[]): Promise<Issue[]> => {
  const seen = new Set<string>()
  const issues: Issue[] = []
  await mapFairly(planned, (item) => {
    if (isEnough(issues)) return
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
    if (item.do !== 'delete') issues.push(...unresolved(item), ...resourceIssues(item.resource, item.at))
  })
  return issues
}

/** The scheme of an address is one whatever its case (RFC 3986 section 3.1). */
const isUrn = (reference: unknown): boolean => typeof reference === 'string' && /^urn:/i.test(reference)

const CONDITIONAL = /^([A-Z][A-Za-z]{1,63})\?(.+)$/

/** The type and the criteria of a conditional reference (`Patient?identifier=a|b`); undefined for every other. */
export const conditionOf = (reference: unknown): Readonly<{ type: string; criteria: string }> | undefined => {
  const [, type, criteria] = (typeof reference === 'string' && CONDITIONAL.exec(reference)) || []
  return type === undefined || criteria === undefined ? undefined : { type, criteria }
}

/** References by a fullUrl or by a condition, looked for once. A document is its own business. */
const openReferences = (resource: Resource): readonly FoundObject[] =>
  resource.resourceType === 'Bundle'
    ? []
    : findObjects(resource, ({ reference }) => isUrn(reference) || conditionOf(reference) !== undefined)

/** The references of a resource that name nothing: one more than are shown at most. */
const unresolved = ({ open, at, type }: Exclude<Planned, { do: 'delete' }>): Issue[] =>
  open
    .filter(({ object }) => isUrn(object['reference']))
    .slice(0, MOST_ISSUES + 1)
    .map(({ expression }) =>
      issue(
        'reference-unresolved',
        at + expression.slice(type.length),
        'This reference names nothing in the request. Refer to the fullUrl of an entry, or to Type/id of a stored resource.',
        { code: 'not-found' },
      ),
    )
