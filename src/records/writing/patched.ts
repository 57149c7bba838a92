import type { RequestContext } from '../../context.ts'
import { propertiesOfElement } from '../../definitions/tables.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { applyPatch } from '../../fhir/patch/patch.ts'
import type { ElementModel } from '../../fhir/patch/place.ts'
import type { Resource } from '../../fhir/resource.ts'
import type { Before } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import type { Refused } from '../permission/permission.ts'
import { requireReached } from '../permission/scope-reach.ts'
import { gone } from '../read.ts'
import type { NamedChange, Settled, WholeChange } from './conditional.ts'
import { inEntry, relocated } from './entry.ts'
import { mapFairly } from './fairly.ts'
import { relabelled } from './label.ts'
import { checkPreconditions } from './outcome.ts'
import { requireTargets } from './targets.ts'

type Patch = Extract<NamedChange, { do: 'patch' }>

const model: ElementModel = (type, name) =>
  propertiesOfElement(type, name).map(({ property, type, element: { max = '1' } }) => ({
    property,
    type: type.code,
    repeats: max !== '1',
  }))

/**
 * The changes, each patch become the update that it comes to on the current version (http://hl7.org/fhir/R4/http.html#patch), which is its
 * basis: where another commit comes between, it is done anew. The caller must be allowed to see what is patched, because a patch can ask.
 */
export const applyPatches = async (
  store: Store,
  cx: RequestContext,
  settled: readonly Settled[],
): Promise<readonly Settled<WholeChange>[]> => {
  const patches = settled.flatMap(({ change }) => (change?.do === 'patch' ? [change] : []))
  if (patches.length === 0) return settled as readonly Settled<WholeChange>[]
  const keys = patches.map(({ type, id }) => ({ type, id }))
  const before = await store.before({ persons: [], identifiers: [], keys: [], targets: keys })
  const targets = new Map(before.targets.map((target) => [`${target.type}/${target.id}`, target]))
  const named = keys.map(({ type, id }) => `${type}/${id}`)
  await requireTargets(store, cx, before, named, (error) => {
    const { patient } = ((error as Problem).cause ?? {}) as Partial<Refused>
    return relocated(error, patches.find(({ type, id }) => targets.get(`${type}/${id}`)?.patient === patient)?.at)
  })

  for (const { type, id, at } of patches) {
    const target = targets.get(`${type}/${id}`)
    if (target === undefined || target.deleted) continue
    for (const letter of ['u', 'r'] as const) inEntry(at, () => requireReached(cx, letter, target, target.patient))
  }

  const applied = ({ type, id, patch, ifMatch, at, fullUrl }: Patch): Settled<WholeChange> => {
    const target = targets.get(`${type}/${id}`)
    if (target === undefined) throw problem('not-found', 'not-found', `There is no ${type}/${id} here.`)
    if (target.deleted) throw gone(`${type}/${id}`, target)
    checkPreconditions({ type, id, ifMatch, onlyCreate: false }, target)
    const patched = ofTarget(target, () => applyPatch(parseFhirJson(target.body), patch, model))
    const custodian = before.persons.find((row) => row.id === target.patient)?.custodian
    const label = patch.format === 'meta' ? relabelled(cx, patch, target, custodian, patched) : undefined
    // The label that it has been given is told beside it.
    const resource = label === undefined ? patched : unlabelled(patched)
    return {
      change: {
        do: 'update',
        id,
        resource,
        label,
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(at === undefined ? {} : { at }),
        ...(fullUrl === undefined ? {} : { fullUrl }),
      },
      basis: target.version,
    }
  }
  return mapFairly(settled, (one) => {
    const { change } = one
    return change?.do === 'patch' ? inEntry(change.at, () => applied(change)) : (one as Settled<WholeChange>)
  })
}

const unlabelled = (resource: Resource): Resource => {
  const { security: _, ...meta } = resource.meta ?? {}
  return { ...resource, meta }
}

/** A patch that fails has said something of the resource: the audit is to say of which, and of whom. */
const ofTarget = <Result>({ type, id, patient }: Before['targets'][number], act: () => Result): Result => {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const cause: Refused = { patient: patient ?? undefined, entities: [`${type}/${id}`] }
    throw new Problem(error.kind, error.issues, { cause, headers: error.headers })
  }
}
