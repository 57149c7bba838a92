import type { Issue } from '../fhir/outcome.ts'
import type { Patch } from '../fhir/patch/patch.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Clinician } from '../plan/acts.ts'
import type { Death } from '../plan/death.ts'
import type { Demographics } from '../plan/demographics.ts'
import type { VersionsWanted } from '../store/resources/history.ts'
import type { DeliveryRow } from '../store/sharing/delivery-status.ts'

/** A resource as stored: `body` is the canonical JSON text, byte for byte what is served. */
export type StoredResource = Readonly<{
  type: string
  id: string
  version: number
  /** Instant, ISO 8601 with milliseconds, UTC; equal to `meta.lastUpdated` in the body. */
  lastUpdated: string
  /** True for a version that records a deletion; its body is empty. */
  deleted: boolean
  body: string
}>

/** The resource that is meant: the one of this id, or the one that these search parameters find (`identifier=a|b`). */
export type Target = Readonly<{ id: string; condition?: never } | { condition: string; id?: never }>

/**
 * One change. `fullUrl` names a new resource inside the same list (`urn:uuid:…`): references to it are rewritten to the id it gets.
 * Versions are the number in `W/"n"`.
 */
export type Change = Readonly<{
  /** FHIRPath of the resource in the request, e.g. `Bundle.entry[2].resource`; its type where the request is the resource itself. */
  at?: string
  fullUrl?: string
}> &
  Readonly<
    | { do: 'create'; resource: Resource; ifNoneExist?: string /** search parameters, e.g. `identifier=a|b` */ }
    | ({ do: 'update'; resource: Resource; ifMatch?: number; onlyCreate?: boolean /** If-None-Match: * */ } & Target)
    | ({ do: 'patch'; type: string; patch: Patch; ifMatch?: number } & Target)
    | ({ do: 'delete'; type: string; ifMatch?: number } & Target)
  >

/** A resource as a change left it: `unchanged` where a conditional create found it. */
export type Changed = Readonly<{ outcome: 'created' | 'updated' | 'deleted' | 'unchanged'; stored: StoredResource }>

/** What became of one change: `nothing` where a conditional delete found no resource. */
export type Effect = Changed | Readonly<{ outcome: 'nothing' }>

export type Committed<One extends Effect = Changed> = Readonly<{
  changed: readonly One[] /** warnings and information */
  issues: readonly Issue[]
}>

/** Versions of one resource, of a type where no id is given, of all types where neither is. */
export type HistoryQuestion = VersionsWanted & Readonly<{ type: string | undefined; id: string | undefined }>

export type HistoryPage = Readonly<{
  /** `first`: there was none before, or only a deleted one. */
  versions: readonly (StoredResource & Readonly<{ first: boolean }>)[]
  /** Of all pages, where that is known. */
  total?: number
  /** Where the next page begins. */
  next?: string
  /** Something may be left out that a person hides from the caller. */
  redacted: boolean
  /** On a first page of a type or of all: who asks next for what is new since this instant misses nothing. */
  upTo?: string
}>

export type SearchRequest = Readonly<{
  /** One for a search of a type, several for a search across types. */
  types: readonly string[]
  parameters: readonly (readonly [name: string, value: string])[] /** Prefer: handling=lenient */
  lenient?: boolean
  /** Our own FHIR address: references below it are to resources here. */
  base?: string
  /** The id of a Patient: only what belongs to that person. */
  compartment?: string | undefined
  /** True where the parameters came in a body: what names a person is not put into links. */
  hidden?: boolean
}>

/** Who stands behind a request, by its own account: the organisation and the person's role at the other end, and what ties it to other requests. */
export type BehindRequest = Readonly<{ correlationId?: string; organization?: string; session?: string }>

/** A resource as a search shows it: `body` is its text, or the part of it that was asked for. */
export type FoundResource = Pick<StoredResource, 'type' | 'id' | 'body'>

export type SearchResult = Readonly<{
  resources: readonly FoundResource[]
  included: readonly FoundResource[]
  /** True where nothing that may be shown matches: not of a page beyond the first, nor of a count of more than are counted. */
  isEmpty: boolean
  /** Undefined where it was not asked for, or where there are too many to be counted. */
  total: number | undefined
  /** The parameters that were understood, as far as they may stand in a link; and those of the first page and of the next, where there is one. */
  self: readonly (readonly [string, string])[]
  first: readonly (readonly [string, string])[] | undefined
  next: readonly (readonly [string, string])[] | undefined
  issues: readonly Issue[]
}>

export type EmergencyOutcome = 'current-plan' | 'no-plan' | 'withheld' | 'not-found' | 'ambiguous'

/** Who is asked for in an emergency: a number with its system, or name, birth date and postcode together. */
export type EmergencyQuestion =
  | Readonly<{ identifier: Readonly<{ system: string; value: string }> }>
  | Readonly<{ demographics: Demographics }>

/** What became of one person's summary at each recipient that was ever to hold it. */
export type SharingStatus = Readonly<{
  /** Of this database, now. */
  epoch: number
  recipients: readonly (DeliveryRow & Readonly<{ unverifiedSince: string | null }>)[]
}>

/** Why a plan ends that nothing replaces; `death` where the person has died, `clinician` where one is named who decided it. */
export type Revocation = Readonly<{
  code: 'withdrawn' | 'person-died' | 'entered-in-error'
  text: string
  death?: Death | undefined
  clinician?: Clinician | undefined
}>

/** A clinician's signature. `when` is an instant; `signature` their own detached JWS over the canonical plan. */
export type Signing = Readonly<{ clinician: Clinician; when: string; signature?: string | undefined }>

/** A confirmation of review. `when` is an instant, `nextReview` a date. */
export type Confirmation = Signing & Readonly<{ nextReview?: string | undefined }>

/** `until` is a day (YYYY-MM-DD); `after` the last review of the page before. */
export type ReviewQuestion = Readonly<{ until: string; count: number; after?: ReviewPosition | undefined }>
export type ReviewPosition = Readonly<{ date: string; id: string }>
export type ReviewPage = Readonly<{
  reviews: readonly Readonly<{ plan: string; person: string; type: string; date: string; overdue: boolean }>[]
  /** Where the next page begins; undefined on the last. */
  next: ReviewPosition | undefined
}>

/** `types`: those asked for; `since`: an instant; `after`: key of the last resource of the page before. */
export type EverythingQuestion = Readonly<{
  types: readonly string[] | undefined
  since: string | undefined
  count: number
  after: string | undefined
}>
export type EverythingPage = Readonly<{
  /** `own`: the person's; else of nobody, and referred to by one of the person's. */
  resources: readonly (StoredResource & Readonly<{ own: boolean }>)[]
  /** Key of the last resource, where there are more. */
  next: string | undefined
  /** Types of which not all is shown, because the caller's scopes do not reach all. */
  withheldTypes: readonly string[]
  /** What is said of what the person hides from the caller. */
  issues: readonly Issue[]
}>

/** A record that was opened by breaking the glass: until when, and the Task that asks for its review (`Task/id`). */
export type Opened = Readonly<{ until: Date; review: string }>

/** A resource of a submission: the fullUrl by which the others refer to it. */
export type SubmittedEntry = Readonly<{ fullUrl?: string; resource: Resource }>
