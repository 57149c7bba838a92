import { rememberFor } from '../../definitions/terminology/value-set.ts'
import { childrenNamed } from '../children.ts'
import { isNode } from '../invariants/invariant.ts'
import type { Spot } from '../spot.ts'

/** An entry of a Bundle with the resource in it. */
export type Entry = Readonly<{ spot: Spot; resource: Spot | undefined; fullUrl: string | undefined }>

/** The entries of a Bundle, in order; several rules ask for them. */
export const entriesOf: (bundle: Spot) => readonly Entry[] = rememberFor((bundle: Spot) =>
  childrenNamed(bundle, 'entry').map((spot): Entry => {
    const [resource] = childrenNamed(spot, 'resource')
    const fullUrl = isNode(spot.value) ? spot.value['fullUrl'] : undefined
    return { spot, resource, fullUrl: typeof fullUrl === 'string' ? fullUrl : undefined }
  }),
)

/** What the resource of an entry is called by relative references, `Type/id`; undefined without a resource. */
export const nameOf = ({ resource }: Entry): string | undefined =>
  resource === undefined ? undefined : `${resource.type}/${String((resource.value as { id?: unknown }).id)}`
