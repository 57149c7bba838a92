import type { FhirResource } from 'fhir/r4.js'
import { type PersonRecord, personRecord } from '../../../src/plan/person.ts'

/** Changes to a record: `Type/id` with a resource puts it there (null takes it out), `Type/id path` sets an element (null takes it out). */
export type Changes = Record<string, unknown>

type Holder = Record<string, unknown>

const setElement = (holder: Holder, path: readonly string[], value: unknown): void => {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length > 0) {
    if (holder[name] === undefined) holder[name] = /^\d+$/.test(rest[0] as string) ? [] : {}
    setElement(holder[name] as Holder, rest, value)
  } else if (value === null) delete holder[name]
  else holder[name] = value
}

/** A record with these changes; the given one stays as it is. */
export const changed = (person: PersonRecord, changes: Changes = {}): PersonRecord => {
  const resources = new Map(structuredClone([...person.resources]).map(([key, resource]) => [key as string, resource]))
  for (const [address, value] of Object.entries(changes)) {
    const [key = '', path] = address.split(' ')
    if (path !== undefined)
      setElement(resources.get(key) as unknown as Holder, path.split(/[.[\]]+/).filter(Boolean), value)
    else if (value === null) resources.delete(key)
    else {
      const [resourceType, id] = key.split('/')
      resources.set(key, { resourceType, id, ...(value as object) } as FhirResource)
    }
  }
  return personRecord(resources.get('Patient/person') as PersonRecord['patient'], resources.values())
}
