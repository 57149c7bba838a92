import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { type Conflict, conflictsOf } from '../../plan/conflicts.ts'
import { refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const NONE =
  'No conflict was found in what is coded and in the phrases that are known. This does not say that there is none: read the plan.'

/** What in force for a person contradicts something else in force, or what Flags and Observations say beside it, of which type it is and which of the two prevails. */
export const planConflicts: Operation = {
  code: 'plan-conflicts',
  type: 'Patient',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: {},
  purpose: 'care',
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const person = await records.person(cx, id, '$plan-conflicts')
    const conflicts = conflictsOf(person, cx.now, await records.statements(cx, id, '$plan-conflicts'))
    const answer: Parameters = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'asOf', valueInstant: cx.now.toISOString() },
        ...conflicts.map((conflict) => ({ name: 'conflict', part: partsOf(conflict) })),
        ...(conflicts.length === 0 ? [{ name: 'message', valueString: NONE }] : []),
      ],
    }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const partsOf = ({ type, prevails, about, between, text }: Conflict): ParametersParameter[] => [
  { name: 'type', valueCode: type },
  { name: 'prevails', valueCode: prevails },
  ...about.map((intervention) => ({ name: 'about', valueCode: intervention })),
  ...between.map((reference) => ({ name: 'between', valueReference: { reference } })),
  { name: 'display', valueString: text },
]
