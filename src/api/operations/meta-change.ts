import type { Meta } from 'fhir/r4.js'
import { issue, Problem } from '../../fhir/outcome.ts'
import type { MetaChange } from '../../fhir/patch/meta-change.ts'
import { labelIn, UNKNOWN_LABEL } from '../../plan/marks.ts'
import type { Changed } from '../../records/types.ts'
import { requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import type { ApiRequest } from '../route.ts'
import { inputOf } from './input.ts'
import { metaOf } from './meta.ts'
import type { Operation } from './operation.ts'

const INPUT = { meta: 'valueMeta' } as const

const CHANGED: readonly string[] = ['profile', 'tag', 'security']
/** What is the server's, or is not changed by this operation; the first that is there is named. */
const NOT_CHANGED = ['source', 'versionId', 'lastUpdated', 'id', 'extension'] as const

const changeOf = ({ resource }: ApiRequest, how: MetaChange['how']): MetaChange => {
  const { meta = {} } = inputOf(resource, INPUT, ['meta']) as { meta?: Meta }
  const at = 'Parameters.parameter[0].value'
  const unfit = Object.keys(meta).find((name) => !CHANGED.includes(name))
  if (unfit !== undefined) {
    const known = NOT_CHANGED.find((name) => name === unfit)
    throw new Problem('unprocessable', [
      issue(
        'meta-not-changed',
        known === undefined ? at : `${at}.${known}`,
        'Only profiles, tags and security labels are added and taken away by this operation.',
      ),
    ])
  }
  const { profile = [], tag = [], security = [] } = meta
  const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
  if (
    !Array.isArray(profile) ||
    !Array.isArray(tag) ||
    !Array.isArray(security) ||
    !profile.every(isText) ||
    ![...tag, ...security].every((one) => isText(one?.code))
  ) {
    throw new Problem('unprocessable', [
      issue(
        'meta-malformed',
        at,
        'meta holds a list of profiles (addresses), of tags or of security labels (codings with a code).',
      ),
    ])
  }
  if (security.some((coding) => labelIn(coding) === undefined)) {
    throw new Problem('unprocessable', [
      issue('label-unknown', `${at}.security`, UNKNOWN_LABEL, { code: 'code-invalid' }),
    ])
  }
  if (profile.length + tag.length + security.length === 0) {
    throw new Problem('bad-request', [
      issue('meta-empty', at, 'Name at least one profile, tag or security label.', { code: 'required' }),
    ])
  }
  return { how, profiles: profile, tags: tag, security }
}

/** An operation that makes a new version of a resource, with other profiles, tags or security labels, and answers with its meta. */
export const metaChange = (how: MetaChange['how']): Operation => ({
  code: `meta-${how}`,
  type: 'Resource',
  level: 'instance',
  methods: ['POST'],
  scope: 'u',
  body: 'resource',
  purpose: 'care',
  input: INPUT,
  handle: async (request, { records }) => {
    const { cx, type, id, query, conditions } = request
    refuseParameters(query)
    const patch = { format: 'meta' as const, ...changeOf(request, how) }
    const ifMatch = requiredVersion(conditions)
    const change = { do: 'patch' as const, type, id, patch, ...(ifMatch === undefined ? {} : { ifMatch }) }
    const { changed } = await records.transact(cx, [change], `$meta-${how}`)
    return metaOf((changed[0] as Changed).stored)
  },
})
