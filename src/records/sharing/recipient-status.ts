import { mayOversee, speaksFor } from '../../access/recipient.ts'
import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { OutstandingPosition, OutstandingRow, RecipientStanding } from '../../store/sharing/standings.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { about, decideAll, type Refused, requireScope } from '../permission/permission.ts'

/** How one recipient stands, with a page of what it has not confirmed. */
export type RecipientStatus = Readonly<{
  /** Of this database, now. */
  epoch: number
  standing: RecipientStanding
  /** `patient` is undefined where a decision not to share keeps the caller from knowing of whom. */
  deliveries: readonly (Omit<OutstandingRow, 'patient'> & Readonly<{ patient: string | undefined }>)[]
  /** Where the next page begins; undefined on the last. */
  next: OutstandingPosition | undefined
}>

export type RecipientQuestion = Readonly<{ recipient: string; count: number; after?: OutstandingPosition | undefined }>

/** A recipient that is registered here. Throws `not-found`. */
export const requireRecipient = async (store: Store, recipient: string): Promise<RecipientStanding> => {
  const [standing] = await store.status.standings(recipient)
  if (standing !== undefined) return standing
  throw problem(
    'not-found',
    'recipient-unknown',
    `Endpoint/${recipient} is not a recipient of summaries here. Recipients are configured by KEYPLAN_RECIPIENTS.`,
  )
}

/** What a recipient has not confirmed, and how its connection does (`Endpoint/[id]/$sharing-status`). Everyone who is named is audited. */
export const recipientStatus = async (
  store: Store,
  cx: RequestContext,
  asked: RecipientQuestion,
): Promise<RecipientStatus> => {
  requireScope(cx, 'Endpoint', 'r')
  const { caller } = cx
  const endpoint = `Endpoint/${asked.recipient}`
  const standing = await requireRecipient(store, asked.recipient)
  if (!mayOversee(caller, standing.organization)) {
    throw problem(
      'forbidden',
      'recipient-of-others',
      'This names persons. It is for systems of the organisation of the recipient, and for those who look after connections (role integrator).',
      { cause: { patient: undefined, entities: [endpoint] } satisfies Refused },
    )
  }
  const [rows, epoch] = await Promise.all([
    store.status.outstanding({ ...asked, count: asked.count + 1 }),
    store.status.epoch(),
  ])
  const page = rows.slice(0, asked.count)
  // The recipient holds what it is told to give up: it may know of whom.
  const isRecipient = speaksFor(caller, standing.organization)
  const decisions = isRecipient
    ? []
    : await decideAll(
        store,
        cx,
        page.map((row) => about(row.patient, row)),
      )
  const deliveries = page.map(({ patient, ...row }, index) => ({
    ...row,
    patient: isRecipient || decisions[index]?.permitted === true ? patient : undefined,
  }))
  const named = deliveries.flatMap(({ patient }) => patient ?? [])
  await store.audit([
    auditEntry(cx, '$sharing-status', 'permit', [endpoint]),
    ...named.map((patient) =>
      auditEntry(cx, '$sharing-status', 'permit', [endpoint, `Patient/${patient}`], { patient }),
    ),
  ])
  const last = page.at(-1)
  return {
    epoch,
    standing,
    deliveries,
    next:
      rows.length > page.length && last !== undefined
        ? { state: last.wantedState, since: last.wantedAt, patient: last.patient }
        : undefined,
  }
}
