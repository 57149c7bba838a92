import { problem } from '../fhir/outcome.ts'
import type { Format, Offers, Parameter } from './route.ts'

/** http://hl7.org/fhir/R4/http.html#mime-type. In a query the plus sign of `fhir+json` reads as a space. */
const JSON_FORMATS: ReadonlySet<string> = new Set([
  'json',
  'application/json',
  'application/fhir+json',
  'application/fhir json',
  'text/json',
])
const HTML_FORMATS: ReadonlySet<string> = new Set(['html', 'text/html'])
const PDF_FORMATS: ReadonlySet<string> = new Set(['pdf', 'application/pdf'])
const R4: ReadonlySet<string> = new Set(['4.0', '4.0.1'])

const offered = ({ html, compact, pdf }: Offers): string =>
  [
    'application/fhir+json',
    ...(compact ? ['application/json'] : []),
    ...(html ? ['text/html'] : []),
    ...(pdf ? ['application/pdf'] : []),
  ].join(' or ')

const notAcceptable = (offers: Offers, expression: string) =>
  problem(
    'not-acceptable',
    'format-not-served',
    `KeyPlan answers this as ${offered(offers)} of FHIR 4.0, not in the format that was asked for.`,
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

const formatOf = (range: string, { html, compact, pdf }: Offers): Format | undefined => {
  if (compact && range === 'application/json') return 'compact'
  if (range === '*/*' || range === 'application/*' || JSON_FORMATS.has(range)) return 'json'
  if (html && (range === 'text/*' || HTML_FORMATS.has(range))) return 'html'
  if (pdf && PDF_FORMATS.has(range)) return 'pdf'
  return undefined
}

const quality = (media: MediaRange): number => {
  const q = media.parameters.get('q')
  if (q === undefined) return 1
  const value = Number(q)
  return value >= 0 && value <= 1 ? value : 0
}

/**
 * The format to answer in: `_format` goes before `Accept` (http://hl7.org/fhir/R4/http.html#parameters). Throws
 * `not-acceptable` for XML, Turtle, another FHIR version and anything else that is not served.
 */
export const negotiate = (accept: string | undefined, format: string | undefined, offers: Offers): Format => {
  if (format !== undefined) {
    const media = mediaRange(format)
    const found = formatOf(media.range, offers)
    if (found === undefined || media.range.includes('*') || isOtherFhirVersion(media))
      throw notAcceptable(offers, '_format')
    return found
  }
  // The two that nearly all callers send.
  if (accept === undefined || accept === 'application/fhir+json' || accept === '*/*') return 'json'
  let best: Format | undefined
  let bestQuality = 0
  for (const text of accept.split(',')) {
    const media = mediaRange(text)
    const found = isOtherFhirVersion(media) ? undefined : formatOf(media.range, offers)
    if (found !== undefined && quality(media) > bestQuality) {
      best = found
      bestQuality = quality(media)
    }
  }
  if (best === undefined) throw notAcceptable(offers, 'Accept')
  return best
}

/** Passes where the body is JSON in UTF-8 of FHIR 4.0; throws `unsupported-media-type` otherwise, XML included. */
export const checkResourceType = (contentType: string | undefined): void => {
  if (contentType === 'application/fhir+json' || contentType === 'application/json') return
  checkMedia(contentType, JSON_FORMATS, 'application/fhir+json')
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

export type Rendering = Readonly<{ query: readonly Parameter[]; format: string | undefined; pretty: boolean }>

/** The query without `_format` and `_pretty`, and what these said. Throws `bad-request` where one is given twice or is no boolean. */
export const takeRendering = (query: readonly Parameter[]): Rendering => {
  let format: string | undefined
  let pretty: string | undefined
  const rest: Parameter[] = []
  for (const parameter of query) {
    const [name, value] = parameter
    if (name === '_format' && format === undefined) format = value
    else if (name === '_pretty' && pretty === undefined) pretty = value
    else if (name === '_format' || name === '_pretty')
      throw problem('bad-request', 'parameter-repeated', `${name} may be given once.`, { expression: name })
    else rest.push(parameter)
  }
  if (pretty !== undefined && pretty !== 'true' && pretty !== 'false') {
    throw problem('bad-request', 'parameter-malformed', '_pretty must be true or false.', { expression: '_pretty' })
  }
  return { query: rest, format, pretty: pretty === 'true' }
}
