import { type Problem, problem } from '../outcome.ts'
import type { Resource } from '../resource.ts'
import { applyFhirPathPatch, type FhirPathOperation } from './fhirpath-patch.ts'
import { applyJsonPatch, type JsonOperation } from './json-patch.ts'
import { applyMetaChange, type MetaChange } from './meta-change.ts'
import type { ElementModel } from './place.ts'
import { depthOf, fromTree, isObject, isSame, type JsonObject, MOST_DEPTH, sizeOf, toTree } from './tree.ts'

/** A patch that was read: what it does to a resource, not yet done. */
export type Patch = Readonly<
  | { format: 'json'; operations: readonly JsonOperation[] }
  | { format: 'fhirpath'; operations: readonly FhirPathOperation[] }
  | ({ format: 'meta' } & MetaChange)
>

/** Characters that the result may have: about as many as a body that is read. */
const MOST_SIZE = 5_000_000
/** Characters of the resource, and of what is put into it, times operations: each may have to look through all of it, and others wait meanwhile. */
const MOST_WORK = 50_000_000

/**
 * The resource after a patch; the one that is given stays as it is. Nothing is known of the result but that it has the same type, id,
 * version and time: it has to be validated.
 *
 * Throws `conflict` where the resource is not as the patch supposes (a test fails, or what it names is not there: RFC 5789 section 2.2),
 * `unprocessable` where it can be applied to no resource of this type, or changes what is the server's; `too-large` where it asks for too much at once.
 */
export const applyPatch = (resource: Resource, patch: Patch, model: ElementModel): Resource => {
  const before = toTree(resource) as JsonObject
  if (patch.format !== 'meta' && patch.operations.length * (sizeOf(before) + broughtBy(patch)) > MOST_WORK)
    throw tooLarge('The resource is too large for so many operations at once. Send them in several patches.')
  const after =
    patch.format === 'json'
      ? applyJsonPatch(toTree(resource), patch.operations)
      : patch.format === 'meta'
        ? applyMetaChange(toTree(resource) as JsonObject, patch)
        : applyFhirPathPatch(toTree(resource) as JsonObject, patch.operations, model)
  if (!isObject(after)) throw serversOwn(resource.resourceType)
  for (const name of ['resourceType', 'id']) {
    if (!isSame(before[name], after[name])) throw serversOwn(`${resource.resourceType}.${name}`)
  }
  for (const name of ['versionId', '_versionId', 'lastUpdated', '_lastUpdated', 'security']) {
    // By the operations on meta alone may labels be asked for.
    if (name === 'security' && patch.format === 'meta') continue
    if (!isSame(metaOf(before)[name], metaOf(after)[name])) throw serversOwn(`${resource.resourceType}.meta.${name}`)
  }
  if (depthOf(after) > MOST_DEPTH)
    throw problem(
      'unprocessable',
      'json-too-deep',
      `The result is nested deeper than ${MOST_DEPTH} levels. Nothing was changed.`,
    )
  if (sizeOf(after) > MOST_SIZE) throw tooLarge('The result would be larger than a resource may be.')
  return fromTree(after) as Resource
}

/** What the paths of a FHIRPath Patch may lead through besides the resource: what its own operations put there. */
const broughtBy = (patch: Patch): number =>
  patch.format === 'fhirpath'
    ? sizeOf(patch.operations.map((operation) => ('value' in operation ? operation.value : null)))
    : 0

const tooLarge = (text: string): Problem =>
  problem('too-large', 'patch-too-large', `${text} Nothing was changed.`, { code: 'too-costly' })

const metaOf = ({ meta }: JsonObject): JsonObject => (isObject(meta) ? meta : {})

const serversOwn = (expression: string): Problem =>
  problem(
    'unprocessable',
    'patch-server-owned',
    'A patch cannot change the type, the id, the version, the time or the security labels of a resource: KeyPlan sets them. Nothing was changed.',
    { expression },
  )
