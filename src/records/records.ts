import type { RequestContext } from '../context.ts'
import { Problem } from '../fhir/outcome.ts'
import { isId } from '../fhir/resource.ts'
import type { AuditEntry } from '../store/audit/audit.ts'
import type { Store } from '../store/store.ts'
import { completeness } from './acts/completeness.ts'
import { confirmReview } from './acts/confirm-review.ts'
import { endPortalRestriction } from './acts/end-portal-restriction.ts'
import { revoke } from './acts/revoke.ts'
import { sign } from './acts/sign.ts'
import { submit } from './acts/submit.ts'
import { auditEntry } from './audit/audit.ts'
import { noteBehindRequest } from './audit/behind-request.ts'
import { auditNews, isDue, sealAudit } from './audit/seal.ts'
import { createNoteSignIn } from './audit/sign-ins.ts'
import { auditStanding, verifyAudit, witnessedCheckpoints } from './audit/verification.ts'
import type { Records } from './door.ts'
import { everything } from './everything.ts'
import { history } from './history.ts'
import { acceptJob, cancelJob, jobStatus } from './jobs.ts'
import { breakTheGlass, openGlass } from './permission/break-glass.ts'
import { breakGlassReport } from './permission/break-glass-report.ts'
import { settleConsentRegime } from './permission/consent-regime.ts'
import { accessExplained } from './permission/explain-access.ts'
import type { Refused } from './permission/permission.ts'
import { person } from './person.ts'
import { read } from './read.ts'
import type { Seal } from './seal.ts'
import { labels } from './searching/labels.ts'
import { reviewDue } from './searching/review-due.ts'
import { search } from './searching/search.ts'
import { acknowledge } from './sharing/acknowledgement.ts'
import { settleAlarms } from './sharing/alarms.ts'
import { leaseDeliveries, registerRecipient, settleRecipient } from './sharing/deliveries.ts'
import { park, replay, sweep } from './sharing/operator.ts'
import {
  forgetSender,
  heldDigests,
  heldEditions,
  receiveHeartbeat,
  senderHealth,
  sharingHealth,
} from './sharing/received.ts'
import { recipientStatus } from './sharing/recipient-status.ts'
import {
  ahead,
  declareRestored,
  releaseRecipient,
  renderAtEpoch,
  settleAhead,
  verification,
} from './sharing/verification.ts'
import { statements } from './statements.ts'
import { composedDocument } from './summaries/composed-document.ts'
import { respectDocument, verifyCurrent } from './summaries/documents.ts'
import { emergency } from './summaries/emergency.ts'
import { rederive, rederiveEach } from './summaries/rederive.ts'
import { sharingStatus, summary } from './summaries/summary.ts'
import { timeline } from './timeline.ts'
import type { Change } from './types.ts'
import { typeOf } from './writing/change.ts'
import { performedOnce } from './writing/repeats.ts'
import { transact } from './writing/transact.ts'

/** The one door to the data (architecture, idea 1). */
export const createRecords = (store: Store, seal: Seal): Records => ({
  read: (cx, type, id, version) => audited(store, cx, 'read', () => read(store, cx, type, id, version)),
  history: (cx, asked) => audited(store, cx, 'history', () => history(store, cx, asked)),
  search: (cx, request) => audited(store, cx, 'search', () => search(store, cx, request)),
  noteBehindRequest: (cx, said) => audited(store, cx, 'request', () => noteBehindRequest(store, cx, said)),
  noteSignIn: createNoteSignIn(store),
  transact: (cx, changes, interaction = 'transaction') =>
    audited(
      store,
      cx,
      interaction,
      () => performedOnce(store, cx, () => transact(store, cx, changes, interaction)),
      keysOf(changes),
    ),
  submit: (cx, entries, options) =>
    audited(store, cx, '$submit', () => performedOnce(store, cx, () => submit(store, seal, cx, entries, options))),
  revoke: (cx, planId, reason, ifMatch) =>
    audited(store, cx, '$revoke', () =>
      performedOnce(store, cx, () => revoke(store, seal, cx, planId, reason, ifMatch)),
    ),
  sign: (cx, planId, signing, ifMatch) =>
    audited(store, cx, '$sign', () => performedOnce(store, cx, () => sign(store, seal, cx, planId, signing, ifMatch))),
  confirmReview: (cx, planId, confirmation, ifMatch) =>
    audited(store, cx, '$confirm-review', () =>
      performedOnce(store, cx, () => confirmReview(store, seal, cx, planId, confirmation, ifMatch)),
    ),
  timeline: (cx, planId) => audited(store, cx, '$timeline', () => timeline(store, cx, planId)),
  reviewDue: (cx, asked) => audited(store, cx, '$review-due', () => reviewDue(store, cx, asked)),
  breakGlass: (cx, patientId, reason) =>
    audited(store, cx, '$break-glass', () => breakTheGlass(store, cx, patientId, reason)),
  openGlass: (caller, now) => openGlass(store, caller, now),
  endPortalRestriction: (cx) => audited(store, cx, '$end-portal-restriction', () => endPortalRestriction(store, cx)),
  breakGlassReport: (cx, asked) => audited(store, cx, '$break-glass-report', () => breakGlassReport(store, cx, asked)),
  explainAccess: (cx, patientId) => audited(store, cx, '$explain-access', () => accessExplained(store, cx, patientId)),
  completeness: (cx, planId) => audited(store, cx, '$completeness', () => completeness(store, cx, planId)),
  emergency: (cx, asked) => audited(store, cx, '$emergency-view', () => emergency(store, cx, asked)),
  summary: (cx, patientId) => audited(store, cx, '$key-information-summary', () => summary(store, cx, patientId)),
  everything: (cx, patientId, asked) =>
    audited(store, cx, '$everything', () => everything(store, cx, patientId, asked)),
  labels: (cx, types) => audited(store, cx, '$meta', () => labels(store, cx, types)),
  person: (cx, patientId, interaction) =>
    audited(store, cx, interaction, () => person(store, cx, patientId, interaction)),
  statements: (cx, patientId, interaction) =>
    audited(store, cx, interaction, () => statements(store, cx, patientId, interaction)),
  document: (cx, compositionId) => audited(store, cx, '$document', () => composedDocument(store, cx, compositionId)),
  respectDocument: (cx, patientId, planId) =>
    audited(store, cx, '$respect-document', () => respectDocument(store, cx, patientId, planId)),
  verifyCurrent: (cx, asked) => audited(store, cx, '$verify-current', () => verifyCurrent(store, cx, asked)),
  sharingStatus: (cx, patientId) => audited(store, cx, '$sharing-status', () => sharingStatus(store, cx, patientId)),
  recipientStatus: (cx, asked) => audited(store, cx, '$sharing-status', () => recipientStatus(store, cx, asked)),
  acknowledge: (cx, said) => audited(store, cx, '$sharing-acknowledgement', () => acknowledge(store, cx, said)),
  standings: () => store.status.standings(),
  replay: (cx, chosen) => audited(store, cx, 'replay', () => replay(store, cx, chosen)),
  park: (cx, chosen, reason) => audited(store, cx, 'park', () => park(store, cx, chosen, reason)),
  sweep: (cx, recipient) => audited(store, cx, 'sweep', () => sweep(store, cx, recipient)),
  settleAlarms: (cx, limits) => settleAlarms(store, cx, limits),
  rederive: (cx, patientIds, options) => audited(store, cx, 'rederive', () => rederive(store, cx, patientIds, options)),
  rederiveEach: (cx, patientIds, options) =>
    audited(store, cx, 'rederive', () => rederiveEach(store, cx, patientIds, options)),
  settleConsentRegime: (cx, regime) => settleConsentRegime(store, cx, regime),
  turns: (asked) => store.turns(asked),
  jobs: {
    accept: (cx, asked) => acceptJob(store, cx, asked),
    status: (cx, id) => audited(store, cx, 'answer', () => jobStatus(store, cx, id)),
    cancel: (cx, id) => cancelJob(store, cx, id),
    take: store.jobs.take,
    keep: store.jobs.keep,
    finish: store.jobs.finish,
    release: store.jobs.release,
    forgetOld: store.jobs.forgetOld,
  },
  recipients: {
    register: (cx, recipient) => registerRecipient(store, cx, recipient),
    settle: (cx, id) => settleRecipient(store, cx, id),
    unsettle: store.recipients.unsettle,
    commitsUnderWay: store.recipients.commitsUnderWay,
    unsettled: store.recipients.unsettled,
    all: store.recipients.all,
    failed: store.recipients.failed,
    answered: store.recipients.answered,
    probe: store.recipients.probe,
  },
  deliveries: {
    due: store.deliveries.due,
    lease: (cx, asked) => leaseDeliveries(store, cx, asked),
    keep: store.deliveries.keep,
    confirm: store.deliveries.confirm,
    postpone: store.deliveries.postpone,
    release: store.deliveries.release,
  },
  verification: {
    ...store.verification,
    read: () => verification(store),
    ahead: (cx, most) => ahead(store, cx, most),
    declareRestored: (cx) => declareRestored(store, cx),
    release: (cx, recipient) => releaseRecipient(store, cx, recipient),
    settle: (cx, recipient, patient) => settleAhead(store, cx, recipient, patient),
    renderAtEpoch: (cx, after) => renderAtEpoch(store, cx, after),
  },
  auditSeal: {
    state: store.auditSeal.state,
    isDue,
    takeLease: store.auditSeal.takeLease,
    releaseLease: store.auditSeal.releaseLease,
    writersUnderWay: store.auditSeal.writersUnderWay,
    seal: (state) => sealAudit(store.auditSeal, seal, state),
    news: (asked) => auditNews(store.auditSeal, asked),
    standing: () => auditStanding(store),
    verify: (cx, asked) => verifyAudit(store, seal, cx, asked),
    witnessed: () => witnessedCheckpoints(store),
  },
  received: {
    heartbeat: (cx, heartbeat, signature) =>
      audited(store, cx, '$sharing-heartbeat', () => receiveHeartbeat(store, seal, cx, heartbeat, signature)),
    health: (cx) => audited(store, cx, '$sharing-health', () => sharingHealth(store, cx)),
    senders: (now) => senderHealth(store, now),
    digests: (cx) => audited(store, cx, '$held-summaries', () => heldDigests(store, cx)),
    forget: (cx, sender) => forgetSender(store, cx, sender),
    editions: (cx, buckets) => audited(store, cx, '$held-summaries', () => heldEditions(store, cx, buckets)),
  },
  onDeliveriesDue: (wake) => store.listen('delivery', wake),
})

/** What leaves a row in the audit although nothing was done. */
const OUTCOME: Partial<Record<Problem['kind'], AuditEntry['outcome']>> = {
  forbidden: 'deny',
  conflict: 'conflict',
  'version-mismatch': 'conflict',
}

/** Every refusal leaves its row, with the person and the resources (`named`, or as the refusal knows better) whom it was about where that was known. */
const audited = async <Result>(
  store: Store,
  cx: RequestContext,
  interaction: string,
  act: () => Promise<Result>,
  named: readonly string[] = [],
): Promise<Result> => {
  try {
    return await act()
  } catch (error) {
    const cause = error instanceof Problem ? ((error.cause ?? {}) as Partial<Refused>) : {}
    // What is refused as if it were not there is on record as refused.
    const outcome = cause.denied !== undefined ? 'deny' : error instanceof Problem ? OUTCOME[error.kind] : undefined
    if (error instanceof Problem && outcome !== undefined) {
      const { patient, entities = named } = cause
      const reason = cause.denied ?? error.issues[0]?.key ?? error.kind
      await store.audit([auditEntry(cx, interaction, outcome, entities, { patient: patient ?? null, reason })])
    }
    throw error
  }
}

/** The resources that changes name by their ids, as far as these are ids. */
const keysOf = (changes: readonly Change[]): string[] =>
  changes.flatMap((change) => {
    if (change.do === 'create' || change.id === undefined || !isId(change.id)) return []
    return [`${typeOf(change)}/${change.id}`]
  })
