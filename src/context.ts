/** Who is asking, for what purpose, when. The first argument everywhere; never ambient. */

/** What a system does in the care of people; roles of `model.md` section 6 that a system can have. */
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
}>

/** The service's own work (dispatcher, registration of recipients): a caller like any other, and audited. */
export type InternalCaller = Readonly<{ kind: 'internal'; task: string }>

export type Caller = SystemCaller | InternalCaller

export type Purpose = 'care' | 'emergency' | 'administration' | 'sharing'

export type RequestContext = Readonly<{
  requestId: string
  caller: Caller
  purpose: Purpose
  /** The clock is read once, at the edge. */
  now: Date
  /** Under this name one commit is made at most, whoever performs the request again. */
  once?: string
}>
