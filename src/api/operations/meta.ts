import type { Meta, Resource } from 'fhir/r4.js'
import { parseFhirJson } from '../../fhir/json.ts'
import type { StoredResource } from '../../records/types.ts'
import { refuseParameters } from '../parameters.ts'
import type { ApiResponse, Handler } from '../route.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** An element of FHIR is never empty: where there is no meta, there is no parameter (ele-1). */
const answer = (meta: Meta): ApiResponse => ({
  status: 200,
  body: JSON.stringify({
    resourceType: 'Parameters',
    ...(Object.keys(meta).length === 0 ? {} : { parameter: [{ name: 'return', valueMeta: meta }] }),
  }),
})

/** The meta of a resource as it is stored, with its version. */
export const metaOf = (stored: StoredResource): ApiResponse => ({
  ...answer((parseFhirJson(stored.body) as Resource).meta ?? {}),
  version: stored.version,
  lastUpdated: stored.lastUpdated,
})

const handle: Handler = async ({ cx, type, id, query, resource }, { records }) => {
  refuseParameters(query)
  inputOf(resource, {})
  if (id !== '') return metaOf(await records.read(cx, type, id))
  return answer(await records.labels(cx, type === '' ? undefined : [type]))
}

/**
 * The profiles, tags and security labels of a resource, or those that are in use in a type or in all of them
 * (http://hl7.org/fhir/R4/resource-operation-meta.html).
 */
export const meta: readonly Operation[] = (['system', 'type', 'instance'] as const).map((level) => ({
  code: 'meta',
  type: 'Resource',
  level,
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  purpose: 'care',
  input: {},
  handle,
}))
