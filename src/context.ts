/** Who is asking, for what purpose, when. The first argument everywhere; never ambient. */

/** What a system does in the care of people. What each role may see stands in `access/policy.ts`. */
export type SystemRole =
  | 'gp-practice'
  | 'ambulance'
  | 'out-of-hours'
  | 'hospital'
  | 'hospice'
  | 'community-nurse'
  | 'care-home'
  | 'social-care'
  | 'community-pharmacy'
  | 'integrator'
  | 'keyplan'

/** A registered client system, authenticated by its key. */
export type SystemCaller = Readonly<{
  kind: 'system'
  clientId: string
  role: SystemRole
  /** ODS code of the organisation that the client belongs to. */
  organization: string
  /** SMART v2 scopes that the token carries, e.g. `system/CarePlan.rs`. */
  scopes: readonly string[]
  /** Its registration says that it may see clinical content, which its role alone does not let it. */
  clinical?: boolean
}>

/** What a person who has signed in is to those whose records are asked for. */
export type PersonRole =
  | Exclude<SystemRole, 'integrator' | 'keyplan'>
  | 'ambulance-control'
  | 'coordinator'
  | 'patient'
  | 'proxy'
  | 'auditor'
  | 'privacy-officer'

/** How surely somebody is who they say: identity proofing and authentication together, the highest last. */
export type Assurance = 'low' | 'medium' | 'high'

/** A person at a client: a clinician of an organisation, the person whom a record is about, who speaks for them, or who oversees. */
export type PersonCaller = Readonly<{
  kind: 'person'
  /** The application that they use. */
  clientId: string
  /** Who they are to the provider that signed them in: system (its issuer) and value (its subject), as an Identifier has them. */
  user: Readonly<{ system: string; value: string }>
  role: PersonRole
  assurance: Assurance
  /** ODS code of the organisation for which they act; empty for a patient and a proxy. */
  organization: string
  /** SMART v2 scopes that the token carries, e.g. `user/CarePlan.rs`. */
  scopes: readonly string[]
  /** Id of the Patient: for a patient, themself; for others the one person whom this session is about, where it is about one. */
  patient?: string
  /** What they broke at this application, as what they are there, and is not over; undefined where there is nothing. */
  glass?: BrokenGlass | undefined
}>

/** That a person looks at one record although they might not, with a reason that others will read (trust, section 2, 6). */
export type BreakGlass = Readonly<{ patient: string; reason: string; until: Date }>

/** The use on record. `mayBeForbidden`: a decision of the person says something of breaking the glass, and it is to be looked at what. */
export type BrokenGlass = BreakGlass & Readonly<{ id: string; mayBeForbidden: boolean }>

export type Role = SystemRole | PersonRole

/** The service's own work (dispatcher, registration of recipients): a caller like any other, and audited. */
export type InternalCaller = Readonly<{ kind: 'internal'; task: string }>

/** What came of signing in, by a system or by a person, or that it is over. */
export type SignInEvent = Readonly<{
  /** `token`: for a system, or for an app that a person uses; `session-end`: by time, or because somebody else signed in at that browser. */
  interaction: 'token' | 'sign-in' | 'sign-out' | 'session-end'
  /** Who it is, or in a refusal is said to be; where no more is known the id of the client, empty where it is none that is registered. */
  caller: SystemCaller | PersonCaller | string
  /** Why it was refused: the code of the check. Undefined where it was not. */
  refused?: string
}>

export type Caller = SystemCaller | PersonCaller | InternalCaller

export type Purpose = 'care' | 'emergency' | 'administration' | 'sharing'

export type RequestContext = Readonly<{
  requestId: string
  caller: Caller
  purpose: Purpose
  /** The clock is read once, at the edge. */
  now: Date
  /** Where the caller has broken the glass and no decision forbids it, for whom and until when. */
  breakGlass?: BreakGlass
  /** What the client calls this request (X-Request-ID), and what makes a digest of what it asks: sent again within a day, it is not done again. */
  repeatable?: Readonly<{ id: string; fingerprint: () => string }>
  /** Under this name one commit is made at most, whoever performs the request again. */
  once?: string
}>
