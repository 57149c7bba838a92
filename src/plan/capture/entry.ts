import type { QuestionnaireResponse, Reference } from 'fhir/r4.js'
import type { FhirResource } from '../../fhir/resource.ts'
import type { Answers } from './answers.ts'

/** A resource and the address by which the others extracted with it refer to it (Bundle.entry.fullUrl). */
export type Entry = Readonly<{ fullUrl: string; resource: FhirResource }>

/** A response that obeys its Questionnaire, and what the resources made from it have in common. */
export type Captured = Readonly<{
  answers: Answers
  subject: Reference
  /** The response itself. */
  source: Reference
  /** The `urn:uuid:` of a part of the response, by its name. */
  fullUrl: (part: string) => string
}>

export const referenceTo = ({ fullUrl }: Entry): Reference => ({ reference: fullUrl })

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0)

const compact = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => !isEmpty(item)).map(compact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, child]) => [name, compact(child)] as const)
      .filter(([, child]) => !isEmpty(child)),
  )
}

/** An entry without the elements that have no value and the lists that have no items. */
export const entry = (fullUrl: string, resource: FhirResource): Entry => ({
  fullUrl,
  resource: compact(resource) as FhirResource,
})

/** What was made from a response: the response itself, unless it is stored already, comes last. */
export const withSource = (
  entries: readonly Entry[],
  captured: Captured,
  response: QuestionnaireResponse,
): readonly Entry[] =>
  response.id === undefined ? [...entries, { fullUrl: captured.fullUrl('response'), resource: response }] : entries
