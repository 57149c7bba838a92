import type { Practitioner } from 'fhir/r4.js'
import type { Person } from '../../auth/people/person.ts'
import type { Resource } from '../../fhir/resource.ts'
import type { Records } from '../../records/door.ts'
import { asService } from '../../sync/as-service.ts'
import { searchValue } from './search-value.ts'

/**
 * The Practitioner that stands for somebody who signs in, made when an app is first to know (SMART App Launch 2.2, `fhirUser`): `Practitioner/ID`.
 * Its identifier is who they are to the provider.
 */
const practitionerOf = async (
  records: Pick<Records, 'transact'>,
  { issuer, subject, name }: Person,
): Promise<string> => {
  const resource: Practitioner = {
    resourceType: 'Practitioner',
    active: true,
    identifier: [{ system: issuer, value: subject }],
    name: [{ text: name }],
  }
  const condition = new URLSearchParams({ identifier: `${searchValue(issuer)}|${searchValue(subject)}` })
  const { changed } = await records.transact(asService('sign-in', 'administration'), [
    { do: 'create', resource: resource as unknown as Resource, ifNoneExist: condition.toString() },
  ])
  const [effect] = changed
  if (effect === undefined || effect.outcome === 'nothing') throw new Error('A conditional create answered nothing.')
  return `Practitioner/${effect.stored.id}`
}

/**
 * What stands for somebody who signs in: a patient's own Patient, of staff a Practitioner. Undefined where nothing does: who speaks for several persons is
 * a RelatedPerson of each, and a patient may have no record here.
 */
export const fhirUserOf = async (records: Pick<Records, 'transact'>, person: Person): Promise<string | undefined> => {
  if (person.role === 'patient') return person.ownRecord === undefined ? undefined : `Patient/${person.ownRecord}`
  return person.role === 'proxy' ? undefined : practitionerOf(records, person)
}
