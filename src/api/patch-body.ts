import { parseJson } from '../fhir/json.ts'
import { Problem, problem } from '../fhir/outcome.ts'
import { readFhirPathPatch } from '../fhir/patch/fhirpath-patch.ts'
import { readJsonPatch } from '../fhir/patch/json-patch.ts'
import type { Patch } from '../fhir/patch/patch.ts'
import { textOfUtf8 } from '../fhir/utf8.ts'
import { resourceFormat } from './negotiate.ts'
import type { ApiRequest } from './route.ts'

const JSON_PATCH = 'application/json-patch+json'

/** The formats of a patch (http://hl7.org/fhir/R4/http.html#patch): JSON Patch, and FHIRPath Patch as a Parameters resource. */
export const PATCH_FORMATS: readonly string[] = [JSON_PATCH, 'application/fhir+json', 'application/fhir+xml']

/** The format of a patch as body. Throws `unsupported-media-type` with `Accept-Patch` (RFC 5789 section 2.2) for every other. */
export const patchFormat = (contentType: string | undefined): 'json-patch' | 'json' | 'xml' => {
  if (contentType !== undefined && /^application\/json-patch\+json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(contentType))
    return 'json-patch'
  try {
    return resourceFormat(contentType)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw problem(
      'unsupported-media-type',
      'content-type-not-read',
      `A patch is sent as ${JSON_PATCH}, or as a Parameters resource (FHIRPath Patch) of FHIR version 4.0.`,
      { expression: 'Content-Type', headers: { 'Accept-Patch': PATCH_FORMATS.join(', ') } },
    )
  }
}

/**
 * The patch that a request holds: a JSON document, a Parameters, or in an entry of a Bundle, which has room for resources alone, a Binary with the
 * JSON document (http://hl7.org/fhir/R4/http.html#patch). Throws `bad-request` where it is none of these, or no patch.
 */
export const patchOf = ({ document, resource }: Pick<ApiRequest, 'document' | 'resource'>): Patch => {
  if (document !== undefined) return { format: 'json', operations: readJsonPatch(document) }
  if (resource?.resourceType === 'Parameters') return { format: 'fhirpath', operations: readFhirPathPatch(resource) }
  const { contentType, data } = (resource?.resourceType === 'Binary' ? resource : {}) as {
    contentType?: unknown
    data?: unknown
  }
  if (contentType !== JSON_PATCH || typeof data !== 'string') {
    throw problem(
      'bad-request',
      'patch-malformed',
      `A patch is a Parameters resource (FHIRPath Patch); in a Bundle also a Binary whose contentType is ${JSON_PATCH}.`,
      { expression: resource?.resourceType ?? 'resource' },
    )
  }
  const text = textOfUtf8(Buffer.from(data, 'base64'))
  if (text === undefined) throw problem('malformed', 'body-not-utf-8', 'The patch is not UTF-8.', { code: 'invalid' })
  return { format: 'json', operations: readJsonPatch(parseJson(text)) }
}
