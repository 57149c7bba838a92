import type { OpenChannel } from './channel.ts'
import { fhirRest } from './fhir-rest.ts'
import { fhirVerifier, type OpenVerifier } from './fhir-verification.ts'

/** The channels by the name under which a recipient is registered. To add one: a file, and a line here. */
export const CHANNELS: Readonly<Record<string, OpenChannel>> = {
  'fhir-rest': fhirRest,
}

/** How what a recipient holds is verified, by the name of its channel; what stands at the end of any other channel stays unverified. */
export const VERIFIERS: Readonly<Record<string, OpenVerifier>> = {
  'fhir-rest': fhirVerifier,
}
