import type { Meta } from 'fhir/r4.js'
import type { BreakGlass, Caller, RequestContext, SignInEvent } from '../context.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Completeness } from '../plan/completeness.ts'
import type { ConsentRegime } from '../plan/jurisdiction.ts'
import type { PersonRecord } from '../plan/person.ts'
import type { Heartbeat } from '../plan/summary/heartbeat.ts'
import type { TimelineEvent } from '../plan/timeline.ts'
import type { AskedEdition, Standing } from '../plan/verify-current.ts'
import type { SealState } from '../store/audit/seal.ts'
import type { Breaker } from '../store/database/breaker.ts'
import type { AlarmLimits } from '../store/sharing/alarms.ts'
import type { Due, Lease, LeasedDelivery, SummaryState } from '../store/sharing/deliveries.ts'
import type { ConfirmedDelivery, FailedDelivery, Recorded } from '../store/sharing/delivery-reports.ts'
import type { Chosen } from '../store/sharing/operator.ts'
import type { Recipient, Settled } from '../store/sharing/recipients.ts'
import type { RecipientStanding } from '../store/sharing/standings.ts'
import type { AheadRow } from '../store/sharing/verification.ts'
import type { Store } from '../store/store.ts'
import type { Turn } from '../store/summaries/summaries.ts'
import type { RestrictionEnded } from './acts/end-portal-restriction.ts'
import type { AuditNews, auditNews } from './audit/seal.ts'
import type { AuditQuestion, AuditReport, AuditStanding, WitnessedCheckpoint } from './audit/verification.ts'
import type { JobRequest, JobStatus } from './jobs.ts'
import type { GlassAsked, GlassReport } from './permission/break-glass-report.ts'
import type { AccessExplained } from './permission/explain-access.ts'
import type { Acknowledged, Acknowledgement } from './sharing/acknowledgement.ts'
import type { SenderHealth, SharingHealth } from './sharing/received.ts'
import type { RecipientQuestion, RecipientStatus } from './sharing/recipient-status.ts'
import type { AheadSettled, RenderedAtEpoch, Verification } from './sharing/verification.ts'
import type { Rederived } from './summaries/rederive.ts'
import type {
  BehindRequest,
  Change,
  Committed,
  Confirmation,
  Effect,
  EmergencyOutcome,
  EmergencyQuestion,
  EverythingPage,
  EverythingQuestion,
  HistoryPage,
  HistoryQuestion,
  Opened,
  ReviewPage,
  ReviewQuestion,
  Revocation,
  SearchRequest,
  SearchResult,
  SharingStatus,
  Signing,
  StoredResource,
  SubmittedEntry,
} from './types.ts'

export type { LeasedJob } from '../store/jobs.ts'

/** The one door to the data. Every function checks scopes, consent, validity and version, and writes the audit before it returns. */
export type Records = Readonly<{
  /** The current version, or the one asked for. Throws `not-found`, `gone`, `forbidden`. */
  read(cx: RequestContext, type: string, id: string, version?: number): Promise<StoredResource>
  /** A page of versions, newest first; a deletion is one of them. Throws `not-found`, `forbidden`. */
  history(cx: RequestContext, asked: HistoryQuestion): Promise<HistoryPage>
  search(cx: RequestContext, request: SearchRequest): Promise<SearchResult>
  /** Puts on record who stands behind a request, before anything is done for it. */
  noteBehindRequest(cx: RequestContext, said: BehindRequest): Promise<void>
  /** Puts on record what came of signing in (see `records/audit/sign-ins.ts`). */
  noteSignIn(event: SignInEvent): Promise<void>
  /** Commits all changes or none, with everything derived from them. Throws a Problem with all issues at once. */
  transact(cx: RequestContext, changes: readonly Change[], interaction?: string): Promise<Committed<Effect>>
  /** Checks and activates a plan from resources as they came in (`CarePlan/$submit`): one read and one write round trip. */
  submit(cx: RequestContext, entries: readonly SubmittedEntry[], options: { activate: boolean }): Promise<Committed>
  /** Ends an active plan, with a reason (`CarePlan/[id]/$revoke`). */
  revoke(cx: RequestContext, planId: string, reason: Revocation, ifMatch?: number): Promise<Committed>
  /** Records a clinician's signature; a draft comes into force with it (`CarePlan/[id]/$sign`). */
  sign(cx: RequestContext, planId: string, signing: Signing, ifMatch?: number): Promise<Committed>
  /** Records that an active plan was reviewed and still stands as it is (`CarePlan/[id]/$confirm-review`). */
  confirmReview(cx: RequestContext, planId: string, confirmation: Confirmation, ifMatch?: number): Promise<Committed>
  /** Who decided what when, over the plan and all that it replaced or that replaced it, oldest first. */
  timeline(cx: RequestContext, planId: string): Promise<readonly TimelineEvent[]>
  /** Active plans whose review is due by a day, soonest first, as far as the caller may see them. */
  reviewDue(cx: RequestContext, asked: ReviewQuestion): Promise<ReviewPage>
  /** Opens one person's record to a person who may not see it, to read, for an hour (see `records/permission/break-glass.ts`). */
  breakGlass(cx: RequestContext, patientId: string, reason: string): Promise<Opened>
  /** What a caller has opened that is open now: it belongs into the context of each of their requests. */
  openGlass(caller: Caller, now: Date): Promise<BreakGlass | undefined>
  /** Who may see what of a person's record, and why (see `records/permission/explain-access.ts`). */
  explainAccess(cx: RequestContext, patientId: string): Promise<AccessExplained>
  /** Ends what the caller, a patient, hides from themself (see `records/acts/end-portal-restriction.ts`). */
  endPortalRestriction(cx: RequestContext): Promise<RestrictionEnded>
  /** When the glass was broken, as far as the caller is told (see `records/permission/break-glass-report.ts`). */
  breakGlassReport(cx: RequestContext, asked: GlassAsked): Promise<GlassReport>
  /** How complete a plan is, and what a draft still lacks to come into force. */
  completeness(cx: RequestContext, planId: string): Promise<Completeness>
  /** The stored emergency answer (FHIR Parameters as text) of the person who is asked for. */
  emergency(cx: RequestContext, asked: EmergencyQuestion): Promise<{ outcome: EmergencyOutcome; body: string }>
  /** The Key Information Summary (document Bundle as text). Throws `not-found` with key `no-plan` where no plan is active. */
  summary(cx: RequestContext, patientId: string): Promise<string>
  /** An emergency-care plan as a document Bundle (text): the one in force, or the one named by id. Throws `not-found`, `forbidden`. */
  respectDocument(cx: RequestContext, patientId: string, planId?: string): Promise<string>
  /** The document that begins with a Composition which KeyPlan composes, by the id of the Composition (see `records/summaries/composed-document.ts`). */
  document(cx: RequestContext, compositionId: string): Promise<string>
  /** Whether a plan on paper is in force (`CarePlan/$verify-current`); names nobody. */
  verifyCurrent(cx: RequestContext, asked: AskedEdition): Promise<Standing>
  /** A page of all that is stored of a person (`Patient/[id]/$everything`). Throws `not-found`, `forbidden`. */
  everything(cx: RequestContext, patientId: string, asked: EverythingQuestion): Promise<EverythingPage>
  /**
   * The tags, profiles and security labels that resources of these types carry, as far as the caller may see them; of all types that its scopes
   * reach where none is named (`$meta`).
   */
  labels(cx: RequestContext, types?: readonly string[]): Promise<Meta>
  /** A person with what is in force, for an operation that composes its answer from all of it; `interaction` is its name in the audit. */
  person(cx: RequestContext, patientId: string, interaction: string): Promise<PersonRecord>
  /** What Flags and Observations say of CPR beside the plan (see `records/statements.ts`). */
  statements(cx: RequestContext, patientId: string, interaction: string): Promise<readonly Resource[]>
  sharingStatus(cx: RequestContext, patientId: string): Promise<SharingStatus>
  /** How one recipient stands, with a page of what it has not confirmed (`Endpoint/[id]/$sharing-status`). */
  recipientStatus(cx: RequestContext, asked: RecipientQuestion): Promise<RecipientStatus>
  /** Records what a recipient says of an edition (`Endpoint/[id]/$sharing-acknowledgement`). */
  acknowledge(cx: RequestContext, said: Acknowledgement): Promise<Acknowledged>
  /** How every recipient stands: figures that name no person, so that nothing is audited. */
  standings(): Promise<readonly RecipientStanding[]>
  /** What an operator does about deliveries (see `records/sharing/operator.ts`). */
  replay(cx: RequestContext, chosen: Chosen): Promise<number>
  park(cx: RequestContext, chosen: Required<Chosen>, reason: string): Promise<boolean>
  sweep(cx: RequestContext, recipient?: string): Promise<readonly string[]>
  /** Opens and ends the Tasks about sharing that somebody has to see to; answers how many (see `records/sharing/alarms.ts`). */
  settleAlarms(cx: RequestContext, limits: AlarmLimits): Promise<number>
  /** Requests that are answered later (`records/jobs.ts`); what performs them works with leases (`store/jobs.ts`). */
  jobs: Readonly<{
    accept(cx: RequestContext, asked: JobRequest): Promise<string>
    status(cx: RequestContext, id: string): Promise<JobStatus>
    cancel(cx: RequestContext, id: string): Promise<void>
  }> &
    Pick<Store['jobs'], 'take' | 'keep' | 'finish' | 'release' | 'forgetOld'>
  /** The systems that are to hold summaries, and how each stands (see `store/sharing/recipients.ts`, `store/database/breaker.ts`). */
  recipients: Readonly<{
    /**
     * Registers a recipient system as Organization and Endpoint; each commit from then on wants it to hold what it is entitled to. True where
     * the persons who are stored already have to be looked at (`unsettled`, `settle`).
     */
    register(cx: RequestContext, recipient: Recipient): Promise<boolean>
    /** Looks at the next persons after what has changed of a recipient; undefined when all have been looked at. */
    settle(cx: RequestContext, id: string): Promise<(Settled & Readonly<{ failed: number }>) | undefined>
    /** Begins to look at everybody anew. */
    unsettle(id: string): Promise<void>
    /** Which of these recipients were registered or changed, and not everybody has been looked at since. */
    unsettled(ids: readonly string[]): Promise<readonly string[]>
    /** Resolves to a question: have all commits ended that were under way when this was called? */
    commitsUnderWay(): Promise<() => Promise<boolean>>
    all(): Promise<readonly Recipient[]>
    failed(id: string, limits: Readonly<{ most: number; seconds: number }>): Promise<Breaker | undefined>
    /** True where its breaker was open and is closed now. */
    answered(id: string): Promise<boolean>
    /** True where this process is the one that may send a probe now. */
    probe(id: string, seconds: number): Promise<boolean>
  }>
  /**
   * Derives anew what is stored of these persons, from their records as they are now; no resource changes. Answers the ids of those for whom
   * something else came out, or of all with `force`: each has a new sequence, and recipients are to hold it. An id of nobody is passed over.
   */
  rederive(
    cx: RequestContext,
    patientIds: readonly string[],
    options?: Readonly<{ force?: boolean }>,
  ): Promise<readonly string[]>
  /** The same, past those who cannot be derived; it fails only where that concerns all, as of a database that is away. */
  rederiveEach(
    cx: RequestContext,
    patientIds: readonly string[],
    options?: Readonly<{ force?: boolean }>,
  ): Promise<Rederived>
  /** Puts the database under this regime of consent where it is under the other (`records/permission/consent-regime.ts`); of how many persons something changed. */
  settleConsentRegime(cx: RequestContext, regime: ConsentRegime): Promise<number>
  /** Up to `most` persons for whom something else holds by `now` than was last derived, the earliest first; those after `after`. */
  turns(asked: Readonly<{ now: Date; most: number; after?: Turn | undefined }>): Promise<readonly Turn[]>
  /** For the dispatcher: what is due to a recipient, leased; and what came of it (see `store/sharing/deliveries.ts`, `delivery-reports.ts`). */
  deliveries: Readonly<{
    due(recipients: readonly string[]): Promise<readonly Due[]>
    lease(
      cx: RequestContext,
      asked: Readonly<{ recipient: string; lane: SummaryState; most: number; seconds: number; probe?: boolean }>,
    ): Promise<readonly LeasedDelivery[]>
    /** False in the place of one that has passed to another. */
    keep(leases: readonly Lease[], seconds: number): Promise<readonly boolean[]>
    confirm(confirmed: ConfirmedDelivery): Promise<Recorded>
    /** False where the lease has passed to another: the report was ignored. */
    postpone(failed: FailedDelivery): Promise<boolean>
    release(leases: readonly Lease[]): Promise<void>
  }>
  /** Whether recipients hold what they have confirmed, by their own account, and what follows from a restore (`sync/verification.ts`). */
  verification: Readonly<{
    /** How each recipient stands: heartbeats, comparisons, since when unverified, where it is ahead of this database. Names nobody. */
    read(): Promise<Verification>
    /** Persons of whom a recipient holds a later edition than this database knows, the longest known first; at most so many. */
    ahead(cx: RequestContext, most: number): Promise<readonly AheadRow[]>
    /** Says that this database was restored (see `declareRestored`); answers the new epoch. */
    declareRestored(cx: RequestContext): Promise<number>
    /** Lets a recipient that cannot say what it holds be sent this database's state. False where it did not wait for that. */
    release(cx: RequestContext, recipient: string): Promise<boolean>
    /** Lets this database's state of a person replace the later one that a recipient holds, as far as it was ever ours. */
    settle(cx: RequestContext, recipient: string, patient: string): Promise<AheadSettled>
    /** Renders the next persons after this id at the epoch in force, past those for whom it fails. */
    renderAtEpoch(cx: RequestContext, after: string): Promise<RenderedAtEpoch>
  }> &
    Pick<
      Store['verification'],
      | 'recognise'
      | 'claim'
      | 'goneBack'
      | 'watch'
      | 'takeHeartbeats'
      | 'noteHeartbeat'
      | 'takeComparisons'
      | 'confirmedDigests'
      | 'time'
      | 'judge'
      | 'finish'
      | 'fail'
    >
  /** The seal of the audit log (`sync/sealer.ts`). */
  auditSeal: Readonly<{
    isDue(state: SealState): boolean
    /** Seals the rows that were there in this state; answers whether more of them are left (see `records/audit/seal.ts`). */
    seal(state: SealState): Promise<boolean>
    /** What a heartbeat says of it. */
    news(asked: Parameters<typeof auditNews>[1]): Promise<AuditNews | undefined>
    /** Walks over all of it and says what is wrong. */
    verify(cx: RequestContext, asked: AuditQuestion): Promise<AuditReport>
    /** For metrics: for how many seconds the oldest row waits for its seal, and which senders' logs have contradicted themselves. */
    standing(): Promise<AuditStanding>
    /** As a recipient: what is kept of senders' audit logs. */
    witnessed(): Promise<readonly WitnessedCheckpoint[]>
  }> &
    Pick<Store['auditSeal'], 'state' | 'takeLease' | 'releaseLease' | 'writersUnderWay'>
  /** As a recipient: what senders say of themselves, and what is held here of theirs (`records/sharing/received.ts`). */
  received: Readonly<{
    /** Answers which checkpoint of the sender's audit log is kept here, where the heartbeat brings one. */
    heartbeat(
      cx: RequestContext,
      heartbeat: Heartbeat,
      signature: string,
    ): Promise<Readonly<{ epoch: number; size: number }> | undefined>
    health(cx: RequestContext): Promise<SharingHealth>
    /** The senders alone, for metrics, which are asked by nobody in particular. */
    senders(now: Date): Promise<readonly SenderHealth[]>
    /** Digests in base64 of all that is held, and of how many persons that is. */
    digests(cx: RequestContext): Promise<{ digests: string; persons: number }>
    /** `person/epoch/sequence/state` of what is held in these buckets. */
    editions(cx: RequestContext, buckets: readonly number[]): Promise<readonly string[]>
    /** Forgets the keys that a sender announced. False where it has not been heard. */
    forget(cx: RequestContext, sender: string): Promise<boolean>
  }>
  /** Calls back when deliveries may be due: a hint, which can be lost. Returns what ends it. */
  onDeliveriesDue(wake: (hint: string) => void): () => Promise<void>
}>
