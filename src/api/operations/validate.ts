import { servedType } from '../../definitions/served.ts'
import { stringifyFhirJson } from '../../fhir/json.ts'
import { type Issue, issue, Problem, problem } from '../../fhir/outcome.ts'
import type { StoredResource } from '../../records/types.ts'
import { validationOutcome } from '../../validation/report/outcome.ts'
import { requiredVersion } from '../conditions.ts'
import type { Api, ApiRequest, Handler } from '../route.ts'
import { type Examination, type Question, VALIDATE_INPUT } from '../validating/question.ts'
import type { Operation } from './operation.ts'
import { inputOfRequest } from './query-input.ts'

const QUERY = { profile: VALIDATE_INPUT.profile, mode: VALIDATE_INPUT.mode }

/** What the query asks for, and what the body holds. */
const questionOf = (request: ApiRequest): Omit<Question, 'submission'> & Partial<Question> => {
  const { profile = [], mode } = inputOfRequest<typeof QUERY, 'profile'>({ ...request, method: 'GET' }, QUERY, {
    repeated: ['profile'],
  })
  const { submission, resource } = request
  const sent =
    submission ?? (resource === undefined ? undefined : { text: stringifyFhirJson(resource), format: 'json' })
  return { profiles: profile, mode, ...(sent === undefined ? {} : { submission: sent }) }
}

/** What was sent, or where nothing was the resource that is stored. Throws `bad-request` where there is nothing to validate. */
const examined = async (request: ApiRequest, { records, validating }: Api): Promise<Examination> => {
  const { cx, type, id } = request
  const { submission, ...asked } = questionOf(request)
  const asker = 'clientId' in cx.caller ? cx.caller.clientId : cx.caller.kind
  const sent = submission === undefined ? undefined : await validating.examine({ ...asked, submission }, { asker })
  if (sent !== undefined && (sent.resource !== undefined || sent.report.findings.length > 0 || sent.mode === 'delete'))
    return sent
  if (id === '' || (sent?.brings ?? 0) > 0)
    throw problem(
      'bad-request',
      'parameter-missing',
      'There is nothing to validate. Send a resource as the body, or Parameters with the parameter resource.',
      { expression: 'resource', code: 'required' },
    )
  const stored = await records.read(cx, type, id)
  const profiles = sent?.profiles ?? asked.profiles
  return validating.examine({ ...asked, profiles, submission: { text: stored.body, format: 'json' } }, { asker })
}

/** What a write would find, or why it cannot be told. At the address of a resource who may not read it is refused, as of any read. */
const stored = async (
  { cx, id: addressed }: ApiRequest,
  { records }: Api,
  type: string,
  id: string,
): Promise<StoredResource | 'nothing' | 'hidden'> => {
  try {
    return await records.read(cx, type, id)
  } catch (error) {
    if (error instanceof Problem && (error.kind === 'not-found' || error.kind === 'gone')) return 'nothing'
    if (error instanceof Problem && error.kind === 'forbidden' && addressed === '') return 'hidden'
    throw error
  }
}

/** Whether a write of this mode would find what it needs. It is looked up as any read is: by the token's scopes, access and audit. */
const writeFindings = async (request: ApiRequest, api: Api, { mode, resource }: Examination): Promise<Issue[]> => {
  const type = request.type === '' ? (resource?.resourceType ?? '') : request.type
  const id = request.id === '' ? (resource?.id ?? '') : request.id
  if (mode === 'profile' || type === '') return []
  if (servedType(type) === undefined)
    return [
      issue(
        'resource-type-not-served',
        type,
        `KeyPlan stores no resources of type ${type}. GET metadata lists those that it does.`,
        {
          code: 'not-supported',
        },
      ),
    ]
  if (mode === 'create') {
    return resource?.id === undefined
      ? []
      : [
          issue(
            'id-replaced',
            `${type}.id`,
            'A create gives the resource a new id; this one would be passed over.',
            NOTE,
          ),
        ]
  }
  if (id === '')
    return [
      issue(
        'id-mismatch',
        `${type}.id`,
        `A resource needs an id for this mode (${mode}). Add it, or ask at its own address.`,
        {
          code: 'required',
        },
      ),
    ]
  const found = await stored(request, api, type, id)
  if (found === 'hidden')
    return [
      issue('not-readable', type, `This token may not read it, so it is not known whether the ${mode} would find it.`, {
        severity: 'warning',
        code: 'forbidden',
      }),
    ]
  if (found === 'nothing')
    return mode === 'update'
      ? [issue('update-creates', type, 'There is no such resource: an update would make it under this id.', NOTE)]
      : [issue('not-found', type, 'There is no such resource, so there is nothing to delete.', { code: 'not-found' })]
  const demanded = requiredVersion(request.conditions)
  const based = resource?.versionId === undefined ? undefined : Number(resource.versionId)
  return [
    ...(request.id !== '' && mode === 'update' && resource !== undefined && resource.id !== request.id
      ? [
          issue(
            'id-mismatch',
            `${type}.id`,
            'The id of the resource is not the id of the path: an update would be refused.',
            { code: 'invalid' },
          ),
        ]
      : []),
    ...(demanded !== undefined && demanded !== found.version
      ? [
          issue(
            'version-mismatch',
            'If-Match',
            `The current version is ${found.version}: with this If-Match the ${mode} would be refused.`,
            { code: 'conflict' },
          ),
        ]
      : []),
    ...(mode === 'update' && based !== undefined && based !== found.version
      ? [
          issue(
            'version-stale',
            `${type}.meta.versionId`,
            `This is based on another version than the current one, which is ${found.version}. Read it again before it is changed.`,
            {
              severity: 'warning',
              code: 'conflict',
            },
          ),
        ]
      : []),
  ]
}

const NOTE = { severity: 'information', code: 'informational' } as const

const handle: Handler = async (request, api) => {
  const found = await examined(request, api)
  const { report, resource } = found
  const findings: Issue[] = [...report.findings, ...(await writeFindings(request, api, found))]
  if (request.type !== '' && resource !== undefined && resource.resourceType !== request.type)
    findings.unshift(
      issue('resource-type-mismatch', 'resourceType', `The resource must be a ${request.type}, as the path says.`, {
        code: 'invalid',
      }),
    )
  return { status: 200, body: JSON.stringify(validationOutcome({ ...report, findings })) }
}

const common = {
  code: 'validate',
  type: 'Resource',
  body: 'text',
  purpose: 'care',
  input: VALIDATE_INPUT,
  handle,
} as const

/**
 * Everything that is wrong with a resource, whether it is sent or stored, and whether it could be written; nothing is
 * (http://hl7.org/fhir/R4/resource-operation-validate.html). 200 whatever is found: 4xx only where there is nothing to validate.
 */
export const validate: readonly Operation[] = [
  { ...common, level: 'system', methods: ['POST'], scope: 'token' },
  { ...common, level: 'type', methods: ['POST'], scope: 'token' },
  { ...common, level: 'instance', methods: ['GET', 'POST'], scope: 'r' },
]
