import { COMPOSED, isPublished, PUBLISHED, SERVED, servedType } from '../definitions/served.ts'
import { problem } from '../fhir/outcome.ts'
import { isId } from '../fhir/resource.ts'
import { INTERACTIONS } from './interactions/index.ts'
import { OPERATIONS } from './operations/index.ts'
import { operationRoutes } from './operations/operation.ts'
import type { Match, Route } from './route.ts'

/** Everything that is served below the FHIR base. The CapabilityStatement and the test of the OpenAPI file read the same table. */
export const ROUTES: readonly Route[] = [...INTERACTIONS, ...OPERATIONS.flatMap(operationRoutes)]

const byPath = new Map<string, Map<string, Route>>()
for (const route of ROUTES) {
  const methods = byPath.get(route.path) ?? new Map<string, Route>()
  methods.set(route.method, route)
  byPath.set(route.path, methods)
}

/** The segments of a path below the base, decoded; one slash at the end is passed over. Throws `bad-request` for a broken escape. */
export const segmentsOf = (path: string): readonly string[] => {
  const segments = path.split('/').slice(1)
  if (segments.at(-1) === '') segments.pop()
  if (!path.includes('%')) return segments
  try {
    return segments.map(decodeURIComponent)
  } catch {
    throw problem(
      'bad-request',
      'url-malformed',
      'The path holds a percent sign that is not followed by UTF-8 in hexadecimal.',
    )
  }
}

const unknownPath = () =>
  problem(
    'not-found',
    'unknown-path',
    'KeyPlan serves nothing at this path. GET metadata below the base lists what it serves.',
    { code: 'not-supported' },
  )

const unknownType = (type: string) =>
  // Only what looks like a type name is repeated: a path may hold anything, an identifier of a person too.
  problem(
    'not-found',
    'unknown-type',
    `${/^[A-Z][A-Za-z]{1,40}$/.test(type) ? type : 'This'} is not a resource type that KeyPlan serves. It serves ${[...SERVED.map((served) => served.type), ...PUBLISHED].join(', ')}.`,
    { code: 'not-supported' },
  )

/** An operation is one of this type, or of any. */
const ofTypeOrAny = (type: string, rest: string): string => (byPath.has(type + rest) ? type : '[type]') + rest

/** What belongs to a person: the type that is searched is the last segment, or `*`. */
const COMPARTMENT = 'Patient/[id]/[compartment]'

/** The path with `[type]`, `[id]`, `[vid]` in the place of values; words that begin with `_` or `$` can be neither. */
const patternOf = (segments: readonly string[]): string => {
  const [type, second, third] = segments
  if (type === undefined) return ''
  if (!servedType(type)) {
    if (segments.length === 1 && byPath.has(type)) return type
    if (segments.length === 2 && type === '_async') return `${type}/[id]`
    if (!isPublished(type) && !COMPOSED.includes(type)) throw unknownType(type)
    // What is published has routes of its own, each with the name of the type.
    const instance = second !== undefined && !/^[$_]/.test(second)
    return [type, instance ? '[id]' : second, ...segments.slice(2)].join('/')
  }
  if (second === undefined) return '[type]'
  if (second.startsWith('$')) return segments.length === 2 ? ofTypeOrAny(type, `/${second}`) : ''
  if (second.startsWith('_')) return segments.length === 2 ? `[type]/${second}` : ''
  if (third === undefined) return '[type]/[id]'
  if (third.startsWith('$')) return segments.length === 3 ? ofTypeOrAny(type, `/[id]/${third}`) : ''
  if (segments.length === 3) return type === 'Patient' && /^[A-Z*]/.test(third) ? COMPARTMENT : `[type]/[id]/${third}`
  return segments.length === 4 ? `[type]/[id]/${third}/[vid]` : ''
}

const VERSION = /^[1-9][0-9]{0,8}$/

/**
 * The route for a method and the segments of a path, with the values that the path holds. HEAD is answered as GET is.
 * Throws `not-found` for a path or type that is not served, `method-not-allowed` with `Allow`, `bad-request` for a malformed id.
 */
export const match = (method: string, segments: readonly string[]): Match => {
  const pattern = patternOf(segments)
  const methods = segments.length > 0 && pattern === '' ? undefined : byPath.get(pattern)
  if (methods === undefined) throw unknownPath()
  const route = methods.get(method === 'HEAD' ? 'GET' : method)
  if (route === undefined) {
    const allowed = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : [])].join(', ')
    const hint = [...methods.values()].find((candidate) => candidate.hint !== undefined)?.hint
    throw problem(
      'method-not-allowed',
      'method-not-allowed',
      `This path answers ${allowed} only.${hint === undefined ? '' : ` ${hint}`}`,
      { headers: { Allow: allowed } },
    )
  }
  const instance = pattern.includes('[id]')
  const id = instance ? (segments[1] as string) : ''
  if (instance && !isId(id)) {
    throw problem(
      'bad-request',
      'id-malformed',
      'A resource id is 1 to 64 letters, digits, hyphens and full stops (http://hl7.org/fhir/R4/datatypes.html#id).',
    )
  }
  const vid = segments[3]
  if (vid !== undefined && !VERSION.test(vid))
    throw problem('not-found', 'unknown-version', 'There is no such version: versions are numbered from 1.')
  return {
    route,
    type:
      pattern === COMPARTMENT
        ? (segments[2] as string)
        : /^[A-Z]/.test(segments[0] ?? '')
          ? (segments[0] as string)
          : '',
    id,
    version: vid === undefined ? undefined : Number(vid),
  }
}
