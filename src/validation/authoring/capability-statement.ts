/** Whether a CapabilityStatement says what can be (http://hl7.org/fhir/R4/capabilitystatement.html). */
import type { CapabilityStatementRestResource, CapabilityStatementRestResourceSearchParam } from 'fhir/r4.js'
import { isConcreteType, searchRowsOf } from '../../definitions/tables.ts'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { checkProfileOf } from './profile-of.ts'

/** A parameter that is R4's is of the type that R4 gives it. */
const checkSearch = (spot: Spot, type: string, run: Run): void => {
  const said = spot.value as CapabilityStatementRestResourceSearchParam
  const row = isConcreteType(type) ? searchRowsOf(type).find(({ url }) => url === said.definition) : undefined
  if (row === undefined || row.type === said.type) return
  run.report(
    findingAt(
      childOrSelf(spot, 'type'),
      'capability-search-type',
      'invalid',
      `The parameter that this names is one of type ${row.type}.`,
      {
        value: shownValue(said.type),
        expected: row.type,
        hint: 'Correct the type, or name another definition.',
      },
    ),
  )
}

/** The rules about a CapabilityStatement as a whole: that its profiles and search parameters are of the types that they stand at. */
export const checkCapabilityStatement: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const rest of childrenNamed(spot, 'rest')) {
    for (const resource of childrenNamed(rest, 'resource')) {
      const { type } = resource.value as CapabilityStatementRestResource
      for (const name of ['profile', 'supportedProfile'])
        for (const profile of childrenNamed(resource, name)) checkProfileOf(profile, type, run)
      for (const parameter of childrenNamed(resource, 'searchParam')) checkSearch(parameter, type, run)
    }
  }
}
