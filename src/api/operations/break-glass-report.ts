import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import type { GlassReport } from '../../records/permission/break-glass-report.ts'
import { malformedParameter, refuseParameters } from '../parameters.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { since: 'valueInstant', count: 'valuePositiveInt', after: 'valueString' } as const

const DEFAULT_COUNT = 50
const MOST_COUNT = 500

/** When the glass was broken, as far as the caller is told: patients of themselves, organisations of their persons, those who oversee of their staff too. */
export const breakGlassReport: Operation = {
  code: 'break-glass-report',
  type: 'Patient',
  level: 'type',
  methods: ['POST'],
  scope: 'r',
  body: 'optional-resource',
  purpose: 'administration',
  input: INPUT,
  hint: 'POST a Parameters resource; since, count and after may be left out.',
  handle: async ({ cx, query, resource }, { records }) => {
    refuseParameters(query)
    const { since, count = DEFAULT_COUNT, after } = inputOf(resource, INPUT)
    const { uses, next } = await records.breakGlassReport(cx, {
      since: new Date(since ?? 0),
      count: Math.min(count, MOST_COUNT),
      after: after === undefined ? undefined : positionOf(after),
    })
    const parameter: ParametersParameter[] = [
      ...uses.map((use) => ({ name: 'use', part: partsOf(use) })),
      ...(next === undefined ? [] : [{ name: 'next', valueString: `${next.at}/${next.id}` }]),
    ]
    const answer: Parameters = { resourceType: 'Parameters', ...(parameter.length === 0 ? {} : { parameter }) }
    return { status: 200, body: JSON.stringify(answer) }
  },
}

const partsOf = (use: GlassReport['uses'][number]): ParametersParameter[] => [
  { name: 'id', valueString: use.id },
  { name: 'person', valueReference: { reference: `Patient/${use.patient}` } },
  { name: 'user', valueIdentifier: { system: use.userSystem, value: use.userValue } },
  { name: 'client', valueString: use.client },
  { name: 'organization', valueString: use.organization },
  { name: 'role', valueCode: use.role },
  { name: 'reason', valueString: use.reason },
  { name: 'at', valueInstant: use.at },
  { name: 'until', valueInstant: use.until },
  { name: 'review', valueReference: { reference: `Task/${use.task}` } },
  ...(use.review === null ? [] : [{ name: 'reviewStatus', valueCode: use.review }]),
  ...use.seen.map((key) => ({ name: 'seen', valueReference: { reference: key } })),
]

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const positionOf = (after: string): GlassReport['next'] => {
  const [at = '', id = ''] = after.split('/')
  if (!Number.isNaN(Date.parse(at)) && UUID.test(id)) return { at, id }
  throw malformedParameter('after', 'after must be the value of next, as the page before had it.')
}
