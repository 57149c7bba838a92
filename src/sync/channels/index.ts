import type { OpenChannel } from './channel.ts'
import { fhirRest } from './fhir-rest.ts'

/** The channels by the name under which a recipient is registered. To add one: a file, and a line here. */
export const CHANNELS: Readonly<Record<string, OpenChannel>> = {
  'fhir-rest': fhirRest,
}
