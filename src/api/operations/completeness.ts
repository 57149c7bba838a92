import type { Parameters } from 'fhir/r4.js'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** How complete a plan is: a score, what it counts, and what keeps a draft from coming into force. */
export const completeness: Operation = {
  code: 'completeness',
  type: 'CarePlan',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: {},
  purpose: 'care',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const { score, items, blocking } = await records.completeness(cx, id)
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'score', valueInteger: score },
        ...items.map(({ code, text, met }) => ({
          name: 'item',
          part: [
            { name: 'code', valueCode: code },
            { name: 'met', valueBoolean: met },
            { name: 'text', valueString: text },
          ],
        })),
        ...blocking.map(({ key, text, expression }) => ({
          name: 'blocking',
          part: [
            { name: 'key', valueCode: key },
            { name: 'text', valueString: text },
            ...(expression === undefined ? [] : [{ name: 'expression', valueString: expression }]),
          ],
        })),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}
