import type { RequestContext } from '../../context.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { resourceKey } from '../../fhir/resource.ts'
import type { WrittenResource } from '../../store/resources/commit.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import { agent } from '../audit/audit.ts'
import { versionsOf } from '../summaries/derived.ts'
import { stamp, written } from './write.ts'

/** A resource as its next version is stored. */
export type NextVersion = Readonly<{ resource: FhirResource; written: WrittenResource }>

/**
 * Resources of one person, each stamped as the version after the one that was read with the person; what was not read has an id that was made for
 * it, and is new.
 */
export const nextVersions = (
  cx: RequestContext,
  row: PersonRow | undefined,
  patient: string,
  resources: readonly FhirResource[],
): NextVersion[] => {
  const versions = versionsOf(row)
  return resources.map((unstamped) => {
    const held = versions.get(resourceKey(unstamped))
    const version = (held ?? 0) + 1
    const resource = stamp(unstamped, unstamped.id as string, version, cx.now)
    const { organization } = agent(cx)
    return { resource, written: written(resource, { expected: held ?? -1, version, patient, organization }) }
  })
}
