import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Store } from '../../store/store.ts'
import type { BehindRequest } from '../types.ts'
import { auditEntry } from './audit.ts'

const ORGANISATION = 'NHSD-End-User-Organisation-ODS'

/**
 * Puts on record who stands behind a request, by its own account: a row of the audit under the same request id as those of what it does, sealed like
 * them, and there before anything is done. Throws `forbidden` where another organisation is named than that of the caller, which only an
 * integrator acts for.
 */
export const noteBehindRequest = async (store: Store, cx: RequestContext, said: BehindRequest): Promise<void> => {
  const { caller } = cx
  const { organization } = said
  const isForeign = caller.kind !== 'internal' && organization !== undefined && organization !== caller.organization
  if (isForeign && caller.role !== 'integrator')
    throw problem(
      'forbidden',
      'end-user-organisation-foreign',
      `${ORGANISATION} names another organisation than the one that the token is for. Leave it out, or sign in as a client of that organisation.`,
      { expression: ORGANISATION },
    )
  const query = new URLSearchParams({
    ...(said.correlationId === undefined ? {} : { 'X-Correlation-ID': said.correlationId }),
    ...(organization === undefined ? {} : { [ORGANISATION]: organization }),
    ...(said.session === undefined ? {} : { 'NHSD-Session-URID': said.session }),
  })
  await store.audit([auditEntry(cx, 'request', 'permit', [], { query: query.toString() })])
}
