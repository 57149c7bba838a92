import type { RequestContext } from '../context.ts'

/** The service at its own work. */
export const asService = (task: string, purpose: RequestContext['purpose']): RequestContext => ({
  requestId: crypto.randomUUID(),
  caller: { kind: 'internal', task },
  purpose,
  now: new Date(),
})
