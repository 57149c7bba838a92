import type { Observation } from 'fhir/r4.js'
import type { PersonRecord } from '../person.ts'
import { directContent } from './content.ts'

const IN_EFFECT: readonly string[] = ['final', 'amended', 'corrected']

/** Observations of one kind that the active plans name and that stand: neither preliminary, nor cancelled, nor in error. */
export const observationsInForce = (
  person: PersonRecord,
  isKind: (observation: Observation) => boolean,
): Observation[] =>
  directContent(person)
    .filter((resource): resource is Observation => resource.resourceType === 'Observation')
    .filter((observation) => IN_EFFECT.includes(observation.status) && isKind(observation))
