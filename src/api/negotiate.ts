import { problem } from '../fhir/outcome.ts'
import { NO_PARAMETERS, parseQuery } from './parameters.ts'
import type { Format, Offers, Parameter } from './route.ts'

/** A format that an answer may have: what asks for it by name, in `Accept` or `_format`, and what asks for it among others. */
type Answered = Readonly<{ format: Format; says: string; names: ReadonlySet<string>; ranges: readonly string[] }>

/** http://hl7.org/fhir/R4/http.html#mime-type. In a query the plus sign of `fhir+json` reads as a space. */
const JSON_NAMES = ['json', 'application/json', 'application/fhir+json', 'application/fhir json', 'text/json']
const XML_NAMES = ['xml', 'application/xml', 'application/fhir+xml', 'application/fhir xml', 'text/xml']

const answered = (
  format: Format,
  says: string,
  names: readonly string[],
  ranges: readonly string[] = ['application/*', '*/*'],
): Answered => ({ format, says, names: new Set(names), ranges })

const FHIR = [answered('json', 'application/fhir+json', JSON_NAMES), answered('xml', 'application/fhir+xml', XML_NAMES)]
/** Only where it is named: whoever takes anything gets FHIR. */
const COMPACT = answered('compact', 'application/json', ['application/json'], [])
const PAGE = answered('html', 'text/html', ['html', 'text/html'], ['text/*', '*/*'])
const PAPER = answered('pdf', 'application/pdf', ['pdf', 'application/pdf'])
const R4: ReadonlySet<string> = new Set(['4.0', '4.0.1'])

/** In the order in which they are preferred where the caller has no preference. */
const answeredAs = ({ html, compact, pdf }: Offers): readonly Answered[] => [
  ...(compact ? [COMPACT] : []),
  ...FHIR,
  ...(html ? [PAGE] : []),
  ...(pdf ? [PAPER] : []),
]

const notAcceptable = (offers: Offers, expression: string) =>
  problem(
    'not-acceptable',
    'format-not-served',
    `KeyPlan answers this as ${[...FHIR, ...answeredAs(offers)]
      .map(({ says }) => says)
      .filter((says, index, all) => all.indexOf(says) === index)
      .join(' or ')} of FHIR 4.0, not in the format that was asked for.`,
    { expression },
  )

type MediaRange = Readonly<{ range: string; parameters: ReadonlyMap<string, string> }>

const mediaRange = (text: string): MediaRange => {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  return {
    range,
    parameters: new Map(
      parameters.map((parameter) => {
        const [name = '', value = ''] = parameter.split('=')
        return [name.trim(), value.trim().replaceAll('"', '')]
      }),
    ),
  }
}

const isOtherFhirVersion = (media: MediaRange): boolean => {
  const version = media.parameters.get('fhirversion')
  return version !== undefined && !R4.has(version)
}

const quality = (media: MediaRange): number => {
  const q = media.parameters.get('q')
  if (q === undefined) return 1
  const value = Number(q)
  return value >= 0 && value <= 1 ? value : 0
}

/** What `Accept` says of a format: how much it is wanted, by the range that names it most closely (RFC 9110 section 12.5.1), and where that stands. */
const wanted = ({ names, ranges }: Answered, accepted: readonly MediaRange[]): readonly [q: number, at: number] => {
  for (const matches of [
    (range: string) => names.has(range),
    ...ranges.map((wide) => (range: string) => range === wide),
  ]) {
    const at = accepted.findIndex(({ range }) => matches(range))
    if (at !== -1) return [quality(accepted[at] as MediaRange), at]
  }
  return [0, 0]
}

/**
 * The format to answer in: `_format` goes before `Accept` (http://hl7.org/fhir/R4/http.html#parameters). Throws
 * `not-acceptable` for Turtle, another FHIR version and anything else that is not served.
 */
export const negotiate = (accept: string | undefined, format: string | undefined, offers: Offers): Format => {
  if (format !== undefined) {
    const media = mediaRange(format)
    const found = answeredAs(offers).find(({ names }) => names.has(media.range))
    if (found === undefined || isOtherFhirVersion(media)) throw notAcceptable(offers, '_format')
    return found.format
  }
  // The two that nearly all callers send.
  if (accept === undefined || accept === 'application/fhir+json' || accept === '*/*') return 'json'
  const accepted = accept
    .split(',')
    .map(mediaRange)
    .filter((media) => !isOtherFhirVersion(media))
  let best: Format | undefined
  let bestQuality = 0
  let bestAt = 0
  for (const each of answeredAs(offers)) {
    const [q, at] = wanted(each, accepted)
    if (q > bestQuality || (q === bestQuality && q > 0 && at < bestAt)) {
      best = each.format
      bestQuality = q
      bestAt = at
    }
  }
  if (best === undefined) throw notAcceptable(offers, 'Accept')
  return best
}

/** How FHIR's JSON is written when it is sent. */
export type Rendering = Readonly<{ xml: boolean; pretty: boolean }>

export const PLAIN: Rendering = { xml: false, pretty: false }

/** How to tell a failure: as was asked for, as far as that can be known of a request that may not even be understood. Never throws. */
export const failureRendering = (accept: string | undefined, query: string): Rendering => {
  try {
    const { format, pretty } = takeRendering(parseQuery(query))
    return { xml: negotiate(accept, format, {}) === 'xml', pretty }
  } catch {
    return PLAIN
  }
}

/** The format of a resource as body: JSON or XML in UTF-8 of FHIR 4.0; throws `unsupported-media-type` otherwise. */
export const resourceFormat = (contentType: string | undefined): 'json' | 'xml' => {
  if (contentType === 'application/fhir+json' || contentType === 'application/json') return 'json'
  const { range } = mediaRange(contentType ?? '')
  checkMedia(contentType, new Set([...JSON_NAMES, ...XML_NAMES]), 'application/fhir+json or application/fhir+xml')
  return XML_NAMES.includes(range) ? 'xml' : 'json'
}

/** Passes where the body is a form; throws `unsupported-media-type` otherwise. */
export const checkFormType = (contentType: string | undefined): void => {
  checkMedia(contentType, new Set(['application/x-www-form-urlencoded']), 'application/x-www-form-urlencoded')
}

const checkMedia = (contentType: string | undefined, known: ReadonlySet<string>, wanted: string): void => {
  const media = mediaRange(contentType ?? '')
  const charset = media.parameters.get('charset') ?? 'utf-8'
  if (media.range.includes('/') && known.has(media.range) && charset === 'utf-8' && !isOtherFhirVersion(media)) return
  const said =
    contentType === undefined
      ? 'The request has a body and no Content-Type'
      : 'The Content-Type of the body is not one that KeyPlan reads'
  throw problem(
    'unsupported-media-type',
    'content-type-not-read',
    `${said}: send ${wanted} in UTF-8, FHIR version 4.0.`,
    { expression: 'Content-Type' },
  )
}

const NOTHING_SAID = { query: NO_PARAMETERS, shown: NO_PARAMETERS, format: undefined, pretty: false } as const

/** The query without `_format` and `_pretty`, these two, and what they said. Throws `bad-request` where one is given twice or is no boolean. */
export const takeRendering = (
  query: readonly Parameter[],
): Readonly<{
  query: readonly Parameter[]
  shown: readonly Parameter[]
  format: string | undefined
  pretty: boolean
}> => {
  if (query.length === 0) return NOTHING_SAID
  let format: string | undefined
  let pretty: string | undefined
  const rest: Parameter[] = []
  const shown: Parameter[] = []
  for (const parameter of query) {
    const [name, value] = parameter
    if (name !== '_format' && name !== '_pretty') {
      rest.push(parameter)
      continue
    }
    if ((name === '_format' ? format : pretty) !== undefined)
      throw problem('bad-request', 'parameter-repeated', `${name} may be given once.`, { expression: name })
    if (name === '_format') format = value
    else pretty = value
    shown.push(parameter)
  }
  if (pretty !== undefined && pretty !== 'true' && pretty !== 'false') {
    throw problem('bad-request', 'parameter-malformed', '_pretty must be true or false.', { expression: '_pretty' })
  }
  return { query: rest, shown, format, pretty: pretty === 'true' }
}
