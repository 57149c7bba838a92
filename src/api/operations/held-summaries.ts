import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { malformedParameter, refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { buckets: 'valueString' } as const

/** What is held here of a sender's summaries: digests of all in 1,024 buckets; of the buckets that are asked for, each summary's edition. */
export const heldSummaries: Operation = {
  code: 'held-summaries',
  type: 'Bundle',
  level: 'type',
  methods: ['POST'],
  scope: 's',
  body: 'optional-resource',
  purpose: 'sharing',
  input: INPUT,
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    const { buckets } = inputOf(resource, INPUT)
    if (buckets !== undefined) {
      const editions = await records.received.editions(cx, bucketsIn(buckets))
      return answer(editions.map((edition) => ({ name: 'summary', valueString: edition })))
    }
    const { digests, persons } = await records.received.digests(cx)
    return answer([
      { name: 'persons', valueUnsignedInt: persons },
      { name: 'digests', valueBase64Binary: digests },
    ])
  },
}

const answer = (parameter: ParametersParameter[]) => {
  const body: Parameters = { resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) }
  return { status: 200, body: JSON.stringify(body) }
}

const bucketsIn = (text: string): number[] => {
  const buckets = text.split(' ').map((word) => (/^\d{1,4}$/.test(word) ? Number(word) : Number.NaN))
  if (buckets.every((bucket) => bucket < 1_024) && buckets.length <= 1_024) return buckets
  throw malformedParameter('buckets', 'buckets must be numbers from 0 to 1023 with a blank between them.')
}
