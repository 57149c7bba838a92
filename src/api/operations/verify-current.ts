import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { problem } from '../../fhir/outcome.ts'
import { parseEditionCode, readDigest } from '../../plan/edition.ts'
import type { AskedEdition, Standing } from '../../plan/verify-current.ts'
import { refuseParameters } from '../parameters.ts'
import { type Input, inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = {
  code: 'valueString',
  planId: 'valueString',
  version: 'valuePositiveInt',
  digest: 'valueString',
} as const

/** Whether a plan on paper is in force: by the code that was scanned, or by plan id, version and check code as they were read. */
export const verifyCurrent: Operation = {
  code: 'verify-current',
  type: 'CarePlan',
  level: 'type',
  methods: ['POST'],
  scope: 'r',
  body: 'resource',
  purpose: 'care',
  input: INPUT,
  hint: 'POST a Parameters resource with the scanned code, or with planId, version and digest.',
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    const standing = await records.verifyCurrent(cx, askedFor(inputOf(resource, INPUT)))
    return { status: 200, body: JSON.stringify(answer(standing, cx.now)) }
  },
}

const refused = (key: string, text: string) =>
  problem('bad-request', key, text, { expression: 'Parameters.parameter', code: 'value' })

const askedFor = ({ code, planId, version, digest }: Input<typeof INPUT>): AskedEdition => {
  if (code !== undefined) {
    if (planId !== undefined || version !== undefined || digest !== undefined)
      throw refused('edition-twice', 'Give the scanned code, or planId, version and digest, not both.')
    const edition = parseEditionCode(code)
    if (edition === undefined)
      throw refused(
        'code-malformed',
        'This is not the code of a plan. It begins with keyplan: and ends in 32 hexadecimal digits.',
      )
    return edition
  }
  if (planId === undefined || version === undefined)
    throw refused(
      'edition-missing',
      'Give the scanned code, or planId and version (and digest, the check code, if it can be read).',
    )
  if (digest === undefined) return { planId, version, digest: undefined }
  const read = readDigest(digest)
  if (read === undefined)
    throw refused('digest-malformed', 'The check code has 32 hexadecimal digits; spaces between them do not count.')
  return { planId, version, digest: read }
}

const answer = ({ standing, date, current, message }: Standing, now: Date): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'standing', valueCode: standing },
    { name: 'asOf', valueInstant: now.toISOString() },
    ...(date === undefined ? [] : [{ name: 'date', valueDateTime: date } satisfies ParametersParameter]),
    ...(current === undefined ? [] : [{ name: 'current', valuePositiveInt: current } satisfies ParametersParameter]),
    { name: 'message', valueString: message },
  ],
})
