import type { Coding, Identifier } from 'fhir/r4.js'

/** Identifier systems (FHIR name spaces of the four nations and of the professional registers). */
export const IDENTIFIER_SYSTEM = {
  chi: 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53',
  nhsNumber: 'https://fhir.nhs.uk/Id/nhs-number',
  hcNumber: 'https://fhir.nhs.uk/Id/hsc-number',
  odsCode: 'https://fhir.nhs.uk/Id/ods-organization-code',
  gmc: 'https://fhir.hl7.org.uk/Id/gmc-number',
  nmc: 'https://fhir.hl7.org.uk/Id/nmc-number',
  hcpc: 'https://fhir.hl7.org.uk/Id/hcpc-number',
  gphc: 'https://fhir.hl7.org.uk/Id/gphc-number',
  planId: 'https://keyplan.example/fhir/identifier/plan-id',
  summary: 'https://keyplan.example/fhir/identifier/summary',
} as const

/** Systems that name one person; a person has at least one of them, and no two persons share a value. */
export const PERSON_SYSTEMS: readonly string[] = [
  IDENTIFIER_SYSTEM.chi,
  IDENTIFIER_SYSTEM.nhsNumber,
  IDENTIFIER_SYSTEM.hcNumber,
]

export const REGISTRATION_SYSTEMS: readonly string[] = [
  IDENTIFIER_SYSTEM.gmc,
  IDENTIFIER_SYSTEM.nmc,
  IDENTIFIER_SYSTEM.hcpc,
  IDENTIFIER_SYSTEM.gphc,
]

export const identifierValue = (identifiers: readonly Identifier[] | undefined, system: string): string | undefined =>
  identifiers?.find((identifier) => identifier.system === system)?.value

export const hasCoding = (codings: readonly Coding[] | undefined, system: string, code?: string): boolean =>
  codings?.some((coding) => coding.system === system && (code === undefined || coding.code === code)) ?? false
