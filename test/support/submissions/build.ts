import type { Bundle, FhirResource, Patient } from 'fhir/r4.js'
import { type Described, describedResources } from './described.ts'
import { isObject, mapped } from './values.ts'

/** FHIR has no empty arrays: what a change emptied is left out. */
const pruned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(pruned)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (Array.isArray(one) && one.length === 0 ? [] : [[key, pruned(one)]])),
  )
}

export type Built = Readonly<{ bundle: Bundle<FhirResource>; names: readonly string[]; patient: Patient }>

/**
 * The Bundle of a described submission: the Patient, then the plans and what they are made of. The Patient has `identifier`, unless a change
 * gives another. `stored` finds what `before:name` and `other:name` stand for.
 */
export const build = (
  described: Described,
  identifier: (patient: Patient) => Patient['identifier'],
  stored: (name: string) => string,
): Built => {
  const resources = describedResources(described)
  const patient = resources.get('patient') as Patient | undefined
  const isNumbered = Object.keys(described.change ?? {}).some((address) => address.startsWith('patient.identifier'))
  if (patient !== undefined && !isNumbered) patient.identifier = identifier(patient) ?? []
  const names = [...resources.keys()]
  const fullUrl = (name: string): string =>
    `urn:uuid:00000000-0000-4000-8000-${String(names.indexOf(name) + 1).padStart(12, '0')}`
  const linked = (text: string, key: string): string => {
    if (key !== 'reference') return text
    if (text === '#patient' && patient === undefined) return stored('before:patient')
    if (text.startsWith('#') && names.includes(text.slice(1))) return fullUrl(text.slice(1))
    return /^(?:before|other):/.test(text) ? stored(text) : text
  }
  return {
    bundle: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [...resources].map(([name, resource]) => ({
        fullUrl: fullUrl(name),
        resource: mapped(pruned(resource), linked) as FhirResource,
      })),
    },
    names,
    patient: patient as Patient,
  }
}
