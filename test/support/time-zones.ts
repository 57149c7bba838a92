/** Folders whose tests need no database, and may not ask for the local time (time-zone-setup.ts): in every time zone they answer the same. */
export const PURE = 'test/(fhir|definitions|plan|validation|search)/|test/access/(decide|explain|scopes)'

/** Of these, the files that are about time, or hold us against somebody who asks for the local time: they run in other time zones too. */
export const ABOUT_TIME =
  'test/(fhir/fhirpath/|plan/(alarm|death|derive|jurisdiction|lifecycle|review|rules|submission|time|timeline)\\.|search/(dates|values)\\.)'

export const OTHER_ZONES = ['Europe/London', 'Pacific/Auckland'] as const
