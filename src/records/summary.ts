import type { RequestContext } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit.ts'
import { fittedToRole } from './documents.ts'
import { maySee, requireScope, sharingWithheld } from './permission.ts'
import type { SharingStatus } from './types.ts'

const personUnknown = (patient: string) =>
  problem(
    'not-found',
    'not-found',
    `There is no Patient/${patient} here. This does not mean that there is no plan elsewhere.`,
  )

/** The Key Information Summary as it was rendered when the plan last changed, fitted to the role of the caller. */
export const summary = async (store: Store, cx: RequestContext, patient: string): Promise<string> => {
  requireScope(cx, 'Patient', 'r')
  requireScope(cx, 'CarePlan', 'r')
  requireScope(cx, 'Consent', 'r')
  const row = await store.summary(patient)
  if (row !== undefined && !maySee(cx, row)) throw sharingWithheld(patient, [`Patient/${patient}`])
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
  return fittedToRole(cx, row.summary)
}

/** For each recipient that was ever to hold something of this person: what it should hold and what it has confirmed. */
export const sharingStatus = async (
  store: Store,
  cx: RequestContext,
  patient: string,
): Promise<readonly SharingStatus[]> => {
  requireScope(cx, 'Patient', 'r')
  const person = await store.sharing(patient)
  if (person !== undefined && !maySee(cx, person)) throw sharingWithheld(patient, [`Patient/${patient}`])
  const outcome = person === undefined ? 'not-found' : 'permit'
  await store.audit([auditEntry(cx, '$sharing-status', outcome, [`Patient/${patient}`], { patient })])
  if (person === undefined) throw personUnknown(patient)
  return (await store.deliveries.of(patient)).map((row) => ({
    recipient: row.recipient,
    name: row.name,
    role: row.role,
    wanted: { state: row.wantedState, sequence: row.wantedSequence, since: row.wantedAt },
    confirmed:
      row.confirmedState === null || row.confirmedSequence === null || row.confirmedAt === null
        ? undefined
        : { state: row.confirmedState, sequence: row.confirmedSequence, at: row.confirmedAt },
    inStep: !row.outstanding,
    attempts: row.attempts,
    nextAttempt: row.outstanding ? row.nextAttemptAt : undefined,
    lastError: row.lastError ?? undefined,
  }))
}
