import type { HumanName, Reference, RelatedPerson } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { parseReference } from '../../fhir/resource.ts'
import type { PersonRecord } from '../person.ts'
import { shownText } from './plain-text.ts'

const REGISTER: Readonly<Record<string, string>> = {
  [IDENTIFIER_SYSTEM.gmc]: 'GMC',
  [IDENTIFIER_SYSTEM.nmc]: 'NMC',
  [IDENTIFIER_SYSTEM.hcpc]: 'HCPC',
  [IDENTIFIER_SYSTEM.gphc]: 'GPhC',
}

const NAME_USES: readonly (string | undefined)[] = ['official', 'usual', undefined]

/** The name by which a person is known to a service: the official one, else the usual one, else the first that is not old. */
export const shownName = (names: readonly HumanName[] | undefined): string | undefined => {
  const current = names?.filter(({ use }) => use !== 'old' && use !== 'maiden') ?? []
  const name = NAME_USES.map((use) => current.find((candidate) => candidate.use === use)).find(
    (found) => found !== undefined,
  )
  return nameText(name ?? current[0])
}

/** The name that a person likes to be called by, where one is recorded. */
export const preferredName = (names: readonly HumanName[] | undefined): string | undefined =>
  nameText(names?.find(({ use }) => use === 'nickname'))

const nameText = (name: HumanName | undefined): string | undefined =>
  shownText(
    name?.text ??
      [...(name?.prefix ?? []), ...(name?.given ?? []), name?.family, ...(name?.suffix ?? [])]
        .filter(Boolean)
        .join(' '),
  )

export const relationshipOf = (contact: RelatedPerson): string | undefined => {
  const concept = contact.relationship?.[0]
  const coding = concept?.coding?.[0]
  return shownText(concept?.text ?? coding?.display ?? coding?.code)
}

/** Who is meant, in words: "the person", "Jo Example (daughter)", "Dr A Example (GMC 1234567)"; undefined where nothing tells. */
export const shownWho = (person: PersonRecord, reference: Reference | undefined): string | undefined => {
  if (reference === undefined) return undefined
  const key = parseReference(reference.reference)?.key
  const resource = key === undefined ? undefined : person.resources.get(key)
  if (resource?.resourceType === 'Patient') return 'the person'
  if (resource?.resourceType === 'RelatedPerson') {
    return inBrackets(shownName(resource.name) ?? shownText(reference.display), relationshipOf(resource))
  }
  const { system, value } = reference.identifier ?? {}
  const register = system === undefined ? undefined : REGISTER[system]
  return inBrackets(
    shownText(reference.display),
    register === undefined ? undefined : shownText(`${register} ${value ?? ''}`),
  )
}

const inBrackets = (outside: string | undefined, inside: string | undefined): string | undefined =>
  outside === undefined || inside === undefined ? (outside ?? inside) : `${outside} (${inside})`
