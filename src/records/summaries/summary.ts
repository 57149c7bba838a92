import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import {
  about,
  decideAll,
  personUnknown,
  refusal,
  requireAll,
  requireOfAnybody,
  requireScope,
} from '../permission/permission.ts'
import type { SharingStatus } from '../types.ts'
import { fittedToCaller } from './documents.ts'

/** The Key Information Summary as it was rendered when the plan last changed, fitted to the role of the caller. */
export const summary = async (store: Store, cx: RequestContext, patient: string): Promise<string> => {
  requireScope(cx, 'Patient', 'r')
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Consent', 'r')
  const row = await store.summary(patient)
  const isCprHidden = row !== undefined && (await hidesWhole(store, cx, patient, row))
  const outcome = row?.summary == null ? 'not-found' : 'permit'
  await store.audit([auditEntry(cx, '$key-information-summary', outcome, [`Patient/${patient}`], { patient })])
  if (row === undefined) throw personUnknown(patient)
  if (row.summary === null) {
    throw problem(
      'not-found',
      'no-plan',
      `Patient/${patient} has no active plan, so there is no summary. Nothing follows from that about what the person wants.`,
    )
  }
  return fittedToCaller(cx, row.summary, isCprHidden)
}

/**
 * Whether the person hides from the caller what all that is in force tells, and so what was decided about CPR. Throws where the caller may not see the
 * person. One look-up at most for both.
 */
const hidesWhole = async (
  store: Store,
  cx: RequestContext,
  patient: string,
  row: Parameters<typeof about>[1],
): Promise<boolean> => {
  const subjects = [about(patient, row), about(patient, row, 'CarePlan')] as const
  const [self, whole] = await decideAll(store, cx, subjects)
  if (self?.permitted === false) throw refusal(self, subjects[0])
  return whole?.reason === 'hidden-by-person'
}

/** For each recipient that was ever to hold something of this person: what it should hold, and how far that has come. */
export const sharingStatus = async (store: Store, cx: RequestContext, patient: string): Promise<SharingStatus> => {
  requireScope(cx, 'Patient', 'r')
  requireOfAnybody(cx, patient)
  const person = await store.sharing(patient)
  if (person !== undefined) await requireAll(store, cx, [about(patient, person)])
  const outcome = person === undefined ? 'not-found' : 'permit'
  await store.audit([auditEntry(cx, '$sharing-status', outcome, [`Patient/${patient}`], { patient })])
  if (person === undefined) throw personUnknown(patient)
  const [epoch, deliveries, verifications] = await Promise.all([
    store.status.epoch(),
    store.deliveries.of(patient),
    store.verification.read(),
  ])
  const unverified = new Map(verifications.map((each) => [each.recipient, each.unverifiedSince]))
  return {
    epoch,
    recipients: deliveries.map((row) => ({ ...row, unverifiedSince: unverified.get(row.recipient) ?? null })),
  }
}
