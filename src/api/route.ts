/** What an interaction or operation is to the router, and the plain values that go in and come out. Types only. */
import type { Purpose, RequestContext } from '../context.ts'
import type { Resource } from '../fhir/resource.ts'
import type { Records } from '../records/door.ts'
import type { Change } from '../records/types.ts'
import type { Submission } from '../validation/report/check.ts'
import type { Conditions } from './conditions.ts'
import type { Limits } from './limits.ts'
import type { Preferences } from './prefer.ts'
import type { Validating } from './validating/validating.ts'

/** `json` and `xml` are FHIR's own. `compact`: plain JSON of KeyPlan's own, where a route offers it beside FHIR's; there `application/json` means this. */
export type Format = 'json' | 'xml' | 'compact' | 'html' | 'pdf'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Name and value pairs in the order in which they came. */
export type Parameter = readonly [name: string, value: string]

/** A request as handlers see it: authenticated, routed, its body read and parsed. */
export type ApiRequest = Readonly<{
  cx: RequestContext
  method: Method
  /** Resource type of the path; empty at system level; in a compartment the one that is searched, or `*`. */
  type: string
  /** Resource id of the path; empty at system and type level. Always well formed. */
  id: string
  /** Version of the path of a vread. */
  version: number | undefined
  /** Query parameters, without `_format` and `_pretty`. */
  query: readonly Parameter[]
  /** `_format` and `_pretty` as they were given, for links. */
  shown: readonly Parameter[]
  conditions: Conditions
  prefer: Preferences
  /** What the handler is to answer with; other than FHIR's JSON only where the route offers it. XML is made of that JSON when it is sent. */
  wants: Exclude<Format, 'xml'>
  /** The resource in the body; undefined where the request has none. */
  resource: Resource | undefined
  /** The body of a route that reads it by itself; an entry of a batch has `resource` instead. */
  submission?: Submission
  /** JSON in the body that is no resource: a JSON Patch. */
  document?: unknown
  /** Parameters of a form body (`_search`). */
  form: readonly Parameter[]
}>

/** An answer as handlers give it; `respond.ts` writes it, a batch puts it into an entry. */
export type ApiResponse = Readonly<{
  status: number
  /** The text to send, as is. */
  body?: string | undefined
  /** OperationOutcome with what was noticed about a write, where `body` is not it: the answer in a Bundle has a place for it. */
  said?: string
  /** What is sent in place of `body` where it is no text; never in a batch. */
  bytes?: Uint8Array
  /** FHIR's JSON unless told otherwise, and sent as XML where that was asked for. */
  contentType?: string
  /** What a page may load (Content-Security-Policy); nothing unless told otherwise. */
  policy?: string
  /** Version for the ETag. */
  version?: number
  /** Instant for Last-Modified. */
  lastUpdated?: string
  /** Relative to the base, e.g. `Goal/1/_history/1`. */
  location?: string
  /** Headers that only this answer has. */
  headers?: Readonly<Record<string, string>>
}>

/** What handlers work with. */
export type Api = Readonly<{
  records: Records
  validating: Validating
  /** FHIR base address without a slash at its end, e.g. `https://plans.example/fhir`. */
  baseUrl: string
  limits: Limits
  /** The CapabilityStatement, as text. */
  capability: string
  /** Performs one entry of a batch as the same request by itself would be; never throws. */
  perform: (cx: RequestContext, entry: EntryRequest) => Promise<ApiResponse>
  /** The change that an entry of a transaction asks for; throws as the same request by itself would, and where it writes no single resource. */
  changeOf: (cx: RequestContext, entry: EntryRequest) => Change
}>

/** The request that an entry of a batch stands for. */
export type EntryRequest = Readonly<{
  method: string
  /** Relative to the base, query included. */
  url: string
  resource: Resource | undefined
  conditions: Conditions
  prefer: Preferences
}>

export type Handler = (request: ApiRequest, api: Api) => Promise<ApiResponse>

export type Route = Readonly<{
  /** FHIR's name of the interaction (`read`, `search-type`) or `$` and the code of the operation. */
  name: string
  method: Method
  /** Path below the base: literal words, `[type]`, `[id]`, `[vid]`; empty for the base itself. */
  path: string
  /**
   * SMART v2 permission that a token needs for the type (http://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html).
   * `entries`: that of each entry. `token`: any token. `none`: not even a token.
   */
  scope: 'c' | 'r' | 'u' | 'd' | 's' | 'entries' | 'token' | 'none'
  /** A second permission that it needs as well. */
  alsoScope?: 'r' | 's'
  /** What the body holds: `optional-resource` may be absent, and so may `text`, a resource that the route reads by itself. */
  body: 'none' | 'resource' | 'optional-resource' | 'text' | 'bundle' | 'form' | 'patch'
  purpose: Purpose
  /** True where `Accept: text/html` is answered. */
  html?: boolean
  /** True where `Accept: application/pdf` is answered. */
  pdf?: boolean
  /** True where `Accept: application/json` is answered otherwise than with FHIR's JSON. */
  compact?: boolean
  /** True where `Prefer: respond-async` is followed. */
  asynchronous?: boolean
  /** Said with a 405 at this path: why another method is not served. */
  hint?: string
  /** The change that is asked for, where the route writes one resource: what can be an entry of a transaction. */
  change?: (request: ApiRequest) => Change
  handle: Handler
}>

/** What a route answers in besides FHIR's JSON. */
export type Offers = Pick<Route, 'html' | 'compact' | 'pdf'>

/** A route, with the values that the path holds for it: empty where it has none. */
export type Match = Readonly<{ route: Route; type: string; id: string; version: number | undefined }>
