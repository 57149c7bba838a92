import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { type FhirResource, resourceKey } from '../../fhir/resource.ts'
import { givenLabel } from '../../plan/marks.ts'
import type { WrittenResource } from '../../store/resources/commit.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import { agent } from '../audit/audit.ts'
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
  const rows = new Map(row?.resources.map((held) => [`${held.type}/${held.id}`, held]))
  const { organization } = agent(cx)
  return resources.map((unstamped) => {
    const held = rows.get(resourceKey(unstamped))
    const version = (held?.version ?? 0) + 1
    // What was given a label keeps it.
    const given = held === undefined ? null : givenLabel(parseFhirJson(held.body) as FhirResource)
    const resource = stamp(unstamped, unstamped.id as string, version, cx.now, given)
    const how = { expected: held?.version ?? -1, version, patient, organization, given, wasGiven: given }
    return { resource, written: written(resource, how) }
  })
}
