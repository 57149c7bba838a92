import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { TimelineEvent } from '../../plan/timeline.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

/** Who decided what when about a plan, over its whole lineage, oldest first. */
export const timeline: Operation = {
  code: 'timeline',
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
    const events = await records.timeline(cx, id)
    const answer: Parameters = {
      resourceType: 'Parameters',
      ...(events.length === 0 ? {} : { parameter: events.map((event) => ({ name: 'event', part: partsOf(event) })) }),
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const partsOf = (event: TimelineEvent): ParametersParameter[] => [
  { name: 'when', valueDateTime: event.when },
  { name: 'act', valueCode: event.act },
  { name: 'who', valueReference: event.who },
  ...event.roles.map((role) => ({ name: 'role', valueString: role })),
  ...(event.organization === undefined ? [] : [{ name: 'organization', valueReference: event.organization }]),
  { name: 'plan', valueReference: { reference: event.plan } },
  ...(event.planVersion === undefined ? [] : [{ name: 'planVersion', valuePositiveInt: event.planVersion }]),
  ...(event.reason === undefined ? [] : [{ name: 'reason', valueCode: event.reason }]),
  ...(event.replacedBy === undefined ? [] : [{ name: 'replacedBy', valueReference: { reference: event.replacedBy } }]),
]
