import { isOverseer } from '../../access/policy.ts'
import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import { tellsOfCpr } from '../../plan/tells-of-cpr.ts'
import type { GlassOf, GlassPosition, GlassRow } from '../../store/access/broken-glass.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { hiddenByPerson } from './hidden.ts'
import { requireScope } from './permission.ts'

export type GlassAsked = Readonly<{ since: Date; count: number; after?: GlassPosition | undefined }>
export type GlassReport = Readonly<{ uses: readonly GlassRow[]; next: GlassPosition | undefined }>

/**
 * Whose are told to this caller: patients their own, others those of the persons whom their organisation registered, those who oversee also those of
 * its staff; in a session about one person those of that person.
 */
const told = ({ caller }: RequestContext): GlassOf => {
  if (caller.kind === 'person' && caller.role === 'patient' && caller.patient !== undefined)
    return { patient: caller.patient }
  if (caller.kind === 'internal' || caller.organization === '')
    throw problem('forbidden', 'not-permitted', 'This is told to patients of themselves, and to organisations.')
  const session = caller.kind === 'person' && caller.patient !== undefined ? { patient: caller.patient } : {}
  return isOverseer(caller)
    ? { ...session, overseen: caller.organization }
    : { ...session, custodian: caller.organization }
}

const REASON_WITHHELD = 'Withheld: the person has decided that what it tells is not shown here.'

/** When the glass was broken, by whom, why, what was seen, and how the review stands (trust, section 2, 6); the newest first. */
export const breakGlassReport = async (
  store: Store,
  cx: RequestContext,
  { since, count, after }: GlassAsked,
): Promise<GlassReport> => {
  requireScope(cx, 'Patient', 'r')
  const rows = await store.brokenGlass.read(told(cx), { since, count: count + 1, after })
  // Reasons are free words: where the person hides something from who asks, one that tells it is not told.
  const isHiding = (await hiddenByPerson(store, cx)).length > 0
  const uses = rows
    .slice(0, count)
    .map((use) => (isHiding && tellsOfCpr(use.reason) ? { ...use, reason: REASON_WITHHELD } : use))
  const patients = [...new Set(uses.map(({ patient }) => patient))]
  await store.audit(
    patients.length === 0
      ? [auditEntry(cx, '$break-glass-report', 'permit', [])]
      : patients.map((patient) => auditEntry(cx, '$break-glass-report', 'permit', [`Patient/${patient}`], { patient })),
  )
  const last = uses.at(-1)
  return { uses, next: rows.length > count && last !== undefined ? { at: last.at, id: last.id } : undefined }
}
