import type { Caller } from '../context.ts'

/** True where the caller speaks for the recipient itself: a system of its organisation (ODS code). */
export const speaksFor = (caller: Caller, organization: string): boolean =>
  caller.kind === 'system' && caller.organization === organization

/**
 * May this caller see how far a recipient is behind? The list names persons, so it is for the recipient itself, for those who look after
 * connections (role `integrator`), and for the service's own work; not for others who may see one of these persons or another.
 */
export const mayOversee = (caller: Caller, organization: string): boolean =>
  caller.kind === 'internal' ||
  (caller.kind === 'system' && caller.role === 'integrator') ||
  speaksFor(caller, organization)
